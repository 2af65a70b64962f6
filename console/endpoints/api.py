"""Endpoints over the API (compat/rest.md, Endpoint)."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import path
from rest_framework import serializers

from console.accounts.models import Account, Subaccount
from console.api.call import ApiCall, Reply, changed, created, deleted
from console.api.fields import Args, PageArgs, Text
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Listing, Row
from console.api.scope import subaccount_named
from console.applications.api import application_named
from console.core import clock
from console.core.unchanged import UNCHANGED
from console.endpoints import services
from console.endpoints.models import Endpoint

TAG: Final = "Endpoint"
_COLUMNS: Final = (
    "endpoint_id",
    "username",
    "alias",
    "application__app_id",
    "registered_until",
    "sip_contact",
    "sip_user_agent",
    "subaccount__auth_id",
)


class EndpointCreate(Args):
    """A new SIP user; the server appends twelve digits to the name."""

    username = Text(required=True, allow_blank=False, max_length=40)
    password = Text(required=True, allow_blank=False, max_length=64, trim_whitespace=False)
    alias = Text(required=True, allow_blank=False, max_length=80)
    app_id = Text(required=False, max_length=17)
    subaccount = Text(required=False, max_length=20)


class EndpointUpdate(Args):
    """What of an endpoint can be changed; the name cannot."""

    password = Text(required=False, max_length=64, trim_whitespace=False)
    alias = Text(required=False, max_length=80)
    app_id = Text(required=False, max_length=17)

    heeded = frozenset({"username"})  # the SDKs send it along


class EndpointFilter(PageArgs):
    """Which endpoints a list shows."""

    subaccount = Text(required=False, max_length=20)


class EndpointObject(serializers.Serializer[Any]):
    """An endpoint; contact, expiry and program are there while it is registered."""

    alias = serializers.CharField()
    application = serializers.CharField(allow_null=True)
    endpoint_id = serializers.CharField()
    resource_uri = serializers.CharField()
    sip_registered = serializers.ChoiceField(choices=["true", "false"])
    sip_uri = serializers.CharField()
    sub_account = serializers.CharField(allow_null=True)
    username = serializers.CharField()
    sip_contact = serializers.CharField(required=False)
    sip_expires = serializers.CharField(required=False)
    sip_user_agent = serializers.CharField(required=False)


class EndpointMade(serializers.Serializer[Any]):
    """The new endpoint with the name it got."""

    message = serializers.CharField()
    alias = serializers.CharField()
    endpoint_id = serializers.CharField()
    username = serializers.CharField()


def _shape(call: ApiCall) -> Any:
    base, now = call.base, clock.now()

    def shape(row: Row) -> Row:
        until, sub, app_id = (
            row["registered_until"],
            row["subaccount__auth_id"],
            row["application__app_id"],
        )
        registered = until is not None and until > now
        found = {
            "alias": row["alias"],
            "application": f"{base}Application/{app_id}/" if app_id else None,
            "endpoint_id": row["endpoint_id"],
            "resource_uri": f"{base}Endpoint/{row['endpoint_id']}/",
            "sip_registered": "true" if registered else "false",
            "sip_uri": f"sip:{row['username']}@{settings.SIP_DOMAIN}",
            "sub_account": f"/v1/Account/{sub}/" if sub else None,
            "username": row["username"],
        }
        if registered:
            found |= {
                "sip_contact": row["sip_contact"],
                "sip_expires": until.strftime("%Y-%m-%d %H:%M:%S"),
                "sip_user_agent": row["sip_user_agent"],
            }
        return found

    return shape


def _rows(account: Account, subaccount: Subaccount | None) -> Any:
    mine = Endpoint.objects.for_account(account, subaccount)
    return mine.order_by("-created_at", "-id").values(*_COLUMNS)


_LIST: Final = Listing(_rows)


class Endpoints(Resource):
    """`Endpoint/`."""

    @operation(
        "endpoint_list",
        summary="List endpoints",
        tag=TAG,
        args=EndpointFilter,
        answer=EndpointObject,
        kind=PAGE,
        errors=(400,),
        takes_async=True,
        python="client.endpoints.list()",
        node="client.endpoints.list()",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first."""
        scope = subaccount_named(call, call.args.get("subaccount"))
        return _LIST.page(call, scope, _shape(call))

    @operation(
        "endpoint_create",
        summary="Create an endpoint",
        tag=TAG,
        args=EndpointCreate,
        answer=EndpointMade,
        kind=ACTION,
        status=201,
        takes_async=True,
        example={"username": "alice", "password": "tin-can-and-string", "alias": "Alice"},
        python='client.endpoints.create(username="alice", password="tin-can-and-string", alias="Alice")',
        node='client.endpoints.create("alice", "tin-can-and-string", "Alice")',
    )
    def post(self, call: ApiCall) -> Reply:
        """The password is kept only as SIP's digest hash."""
        args = call.args
        app_id = args.get("app_id") or ""
        made = services.create_endpoint(
            account=call.account,
            subaccount=subaccount_named(call, args.get("subaccount")),
            actor=call.credential,
            name=args["username"],
            alias=args["alias"],
            password=args["password"],
            application=application_named(call, "app_id", app_id) if app_id else UNCHANGED,
            ip=call.ip,
        ).endpoint
        return created(username=made.username, alias=made.alias, endpoint_id=made.endpoint_id)


class OneEndpoint(Resource):
    """`Endpoint/{endpoint_id}/`."""

    @operation(
        "endpoint_get",
        summary="Get an endpoint",
        tag=TAG,
        answer=EndpointObject,
        takes_async=True,
        python='client.endpoints.get("14000000000001")',
        node='client.endpoints.get("14000000000001")',
    )
    def get(self, call: ApiCall, endpoint_id: str) -> Reply:
        """One endpoint, and whether a phone is registered with it."""
        services.find_endpoint(
            account=call.account, endpoint_id=endpoint_id, subaccount=call.subaccount
        )
        mine = Endpoint.objects.for_account(call.account, call.subaccount)
        row = mine.filter(endpoint_id=endpoint_id).values(*_COLUMNS).get()
        return Reply(200, _shape(call)(row))

    @operation(
        "endpoint_update",
        summary="Change an endpoint",
        tag=TAG,
        args=EndpointUpdate,
        kind=ACTION,
        takes_async=True,
        example={"alias": "Alice's desk"},
        python='client.endpoints.update("14000000000001", alias="Alice\'s desk")',
        node='client.endpoints.update("14000000000001", {alias: "Alice\'s desk"})',
    )
    def post(self, call: ApiCall, endpoint_id: str) -> Reply:
        """A new password ends the registration made with the old one."""
        args = call.args
        found = services.find_endpoint(
            account=call.account, endpoint_id=endpoint_id, subaccount=call.subaccount
        )
        services.update_endpoint(
            endpoint=found,
            actor=call.credential,
            alias=args.get("alias") or UNCHANGED,
            password=args.get("password") or UNCHANGED,
            application=application_named(call, "app_id", args["app_id"])
            if "app_id" in args
            else UNCHANGED,
            ip=call.ip,
        )
        return changed()

    @operation(
        "endpoint_delete",
        summary="Delete an endpoint",
        tag=TAG,
        kind=NOTHING,
        takes_async=True,
        python='client.endpoints.delete("14000000000001")',
        node='client.endpoints.delete("14000000000001")',
    )
    def delete(self, call: ApiCall, endpoint_id: str) -> Reply:
        """Its name is never given again."""
        found = services.find_endpoint(
            account=call.account, endpoint_id=endpoint_id, subaccount=call.subaccount
        )
        services.delete_endpoint(endpoint=found, actor=call.credential, ip=call.ip)
        return deleted()


urlpatterns = [
    path("Endpoint/", Endpoints.as_view()),
    path("Endpoint/<str:endpoint_id>/", OneEndpoint.as_view()),
]
