"""Applications over the API (compat/rest.md, Application)."""

from __future__ import annotations

from typing import Any, Final, cast

from django.conf import settings
from django.urls import path
from rest_framework import serializers

from console.accounts.models import Account, Subaccount
from console.api.call import ApiCall, Reply, changed, created, deleted
from console.api.fields import Args, Flag, PageArgs, Text, Url, Verb
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Listing, Row, page
from console.api.scope import invalid, subaccount_named
from console.applications import services
from console.applications.models import Application
from console.core.errors import DomainError
from console.core.unchanged import UNCHANGED

TAG: Final = "Application"
_COLUMNS: Final = (
    "app_id",
    "name",
    "answer_url",
    "answer_method",
    "fallback_answer_url",
    "fallback_method",
    "hangup_url",
    "hangup_method",
    "message_url",
    "message_method",
    "default_number_app",
    "default_endpoint_app",
    "enabled",
    "public_uri",
    "log_incoming_messages",
    "subaccount__auth_id",
)


class ApplicationFields(Args):
    """What of an application can be set."""

    answer_url = Url(required=False, help_text="Asked for XML when a call comes in.")
    answer_method = Verb(required=False)
    hangup_url = Url(required=False, help_text="Told when a call ends; else the answer URL.")
    hangup_method = Verb(required=False)
    fallback_answer_url = Url(required=False, help_text="Asked when the answer URL fails.")
    fallback_method = Verb(required=False)
    message_url = Url(required=False, help_text="Told of texts to its numbers.")
    message_method = Verb(required=False)
    default_number_app = Flag(required=False)
    default_endpoint_app = Flag(required=False)
    public_uri = Flag(required=False)
    log_incoming_messages = Flag(required=False)
    subaccount = Text(required=False, max_length=20)


class ApplicationCreate(ApplicationFields):
    """A new application."""

    app_name = Text(required=True, allow_blank=False, max_length=80)


class ApplicationUpdate(ApplicationFields):
    """A changed application; what is not given stays."""

    app_name = Text(required=False, allow_blank=False, max_length=80)


class ApplicationFilter(PageArgs):
    """Which applications a list shows."""

    subaccount = Text(required=False, max_length=20)
    app_name = Text(required=False, max_length=80)


class ApplicationDelete(Args):
    """What becomes of its endpoints."""

    cascade = Flag(required=False, default=True, help_text="Delete its endpoints too.")
    new_endpoint_application = Text(required=False, max_length=17)


class ApplicationObject(serializers.Serializer[Any]):
    """An application: its URLs with their methods."""

    answer_method = serializers.CharField()
    answer_url = serializers.CharField()
    app_id = serializers.CharField()
    app_name = serializers.CharField()
    application_type = serializers.CharField()
    default_app = serializers.BooleanField()
    default_endpoint_app = serializers.BooleanField()
    enabled = serializers.BooleanField()
    fallback_answer_url = serializers.CharField()
    fallback_method = serializers.CharField()
    hangup_method = serializers.CharField()
    hangup_url = serializers.CharField()
    log_incoming_message = serializers.BooleanField()
    log_incoming_messages = serializers.BooleanField()
    message_method = serializers.CharField()
    message_url = serializers.CharField()
    public_uri = serializers.BooleanField()
    resource_uri = serializers.CharField()
    sip_uri = serializers.CharField()
    sub_account = serializers.CharField(allow_null=True)


class ApplicationMade(serializers.Serializer[Any]):
    """The new application's id."""

    message = serializers.CharField()
    app_id = serializers.CharField()


def _shape(call: ApiCall) -> Any:
    base, host = call.base, settings.SIP_DOMAIN.removeprefix("phone.")

    def shape(row: Row) -> Row:
        app_id, sub = row["app_id"], row["subaccount__auth_id"]
        return {
            "answer_method": row["answer_method"],
            "answer_url": row["answer_url"],
            "app_id": app_id,
            "app_name": row["name"],
            "application_type": "XML",
            "default_app": row["default_number_app"],
            "default_endpoint_app": row["default_endpoint_app"],
            "enabled": row["enabled"],
            "fallback_answer_url": row["fallback_answer_url"],
            "fallback_method": row["fallback_method"],
            "hangup_method": row["hangup_method"],
            # Empty means the answer URL, and the compatible API shows that.
            "hangup_url": row["hangup_url"] or row["answer_url"],
            "log_incoming_message": row["log_incoming_messages"],
            "log_incoming_messages": row["log_incoming_messages"],
            "message_method": row["message_method"],
            "message_url": row["message_url"],
            "public_uri": row["public_uri"],
            "resource_uri": f"{base}Application/{app_id}/",
            "sip_uri": f"sip:{app_id}@app.{host}",
            "sub_account": f"/v1/Account/{sub}/" if sub else None,
        }

    return shape


def _rows(account: Account, subaccount: Subaccount | None) -> Any:
    mine = Application.objects.for_account(account, subaccount)
    return mine.order_by("-created_at", "-id").values(*_COLUMNS)


_LIST: Final = Listing(_rows)


def _fields(args: dict[str, Any]) -> services.Fields:
    given = {name: one for name, one in args.items() if name not in {"subaccount", "app_name"}}
    if "app_name" in args:
        given["name"] = args["app_name"]
    return cast("services.Fields", given)  # the names are those of Args


class Applications(Resource):
    """`Application/`."""

    @operation(
        "application_list",
        summary="List applications",
        tag=TAG,
        args=ApplicationFilter,
        answer=ApplicationObject,
        kind=PAGE,
        errors=(400,),
        takes_async=True,
        python="client.applications.list(limit=20, offset=0)",
        node="client.applications.list({limit: 20, offset: 0})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first."""
        scope = subaccount_named(call, call.args.get("subaccount"))
        if name := call.args.get("app_name"):
            return page(call, _rows(call.account, scope).filter(name=name), _shape(call))
        return _LIST.page(call, scope, _shape(call))

    @operation(
        "application_create",
        summary="Create an application",
        tag=TAG,
        args=ApplicationCreate,
        answer=ApplicationMade,
        kind=ACTION,
        status=201,
        takes_async=True,
        example={"app_name": "ivr", "answer_url": "https://app.example.com/answer/"},
        python='client.applications.create(app_name="ivr", answer_url="https://app.example.com/answer/")',
        node='client.applications.create("ivr", {answerUrl: "https://app.example.com/answer/"})',
    )
    def post(self, call: ApiCall) -> Reply:
        """The first document of a call comes from its answer URL."""
        made = services.create_application(
            account=call.account,
            subaccount=subaccount_named(call, call.args.get("subaccount")),
            actor=call.credential,
            ip=call.ip,
            **_fields(call.args),
        )
        return created(app_id=made.app_id)


class OneApplication(Resource):
    """`Application/{app_id}/`."""

    @operation(
        "application_get",
        summary="Get an application",
        tag=TAG,
        answer=ApplicationObject,
        takes_async=True,
        python='client.applications.get("21000000000000001")',
        node='client.applications.get("21000000000000001")',
    )
    def get(self, call: ApiCall, app_id: str) -> Reply:
        """One application of the account."""
        services.find_application(account=call.account, app_id=app_id, subaccount=call.subaccount)
        mine = Application.objects.for_account(call.account, call.subaccount)
        return Reply(200, _shape(call)(mine.filter(app_id=app_id).values(*_COLUMNS).get()))

    @operation(
        "application_update",
        summary="Change an application",
        tag=TAG,
        args=ApplicationUpdate,
        kind=ACTION,
        takes_async=True,
        example={"answer_url": "https://app.example.com/other/"},
        python='client.applications.update("21000000000000001", answer_url="https://app.example.com/other/")',
        node='client.applications.update("21000000000000001", {answerUrl: "https://app.example.com/other/"})',
    )
    def post(self, call: ApiCall, app_id: str) -> Reply:
        """What is not given stays as it is."""
        found = services.find_application(
            account=call.account, app_id=app_id, subaccount=call.subaccount
        )
        named = call.args.get("subaccount")
        services.update_application(
            application=found,
            actor=call.credential,
            subaccount=(subaccount_named(call, named) if named else None) or UNCHANGED,
            ip=call.ip,
            **_fields(call.args),
        )
        return changed()

    @operation(
        "application_delete",
        summary="Delete an application",
        tag=TAG,
        args=ApplicationDelete,
        kind=NOTHING,
        takes_async=True,
        python='client.applications.delete("21000000000000001", cascade=False)',
        node='client.applications.delete("21000000000000001")',
    )
    def delete(self, call: ApiCall, app_id: str) -> Reply:
        """Its numbers stay rented, without an application."""
        account, sub = call.account, call.subaccount
        found = services.find_application(account=account, app_id=app_id, subaccount=sub)
        heir = call.args.get("new_endpoint_application") or ""
        services.delete_application(
            application=found,
            actor=call.credential,
            delete_endpoints=call.args.get("cascade", True) and not heir,
            move_endpoints_to=application_named(call, "new_endpoint_application", heir),
            ip=call.ip,
        )
        return deleted()


def application_named(call: ApiCall, name: str, app_id: str) -> Application | None:
    """The application that an argument names; None for "". Raises DomainError 400 on `name`."""
    try:
        return services.pick_application(
            account=call.account, app_id=app_id, subaccount=call.subaccount, field=name
        )
    except DomainError as error:
        raise invalid(name, "no such application") from error


urlpatterns = [
    path("Application/", Applications.as_view()),
    path("Application/<str:app_id>/", OneApplication.as_view()),
]
