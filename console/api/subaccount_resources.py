"""Subaccounts over the API (compat/rest.md, Subaccount); for the main account's token only."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import OuterRef, Subquery
from django.urls import path
from rest_framework import serializers

from console.accounts import services
from console.accounts.models import AuthToken, Subaccount
from console.api.call import ApiCall, Reply, base_path, changed, created, deleted
from console.api.fields import Args, Flag, Text
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, page
from console.core.unchanged import UNCHANGED

TAG: Final = "Subaccount"
_COLUMNS: Final = ("auth_id", "name", "enabled", "created_at", "modified_at", "hint")


class SubaccountCreate(Args):
    """A new subaccount."""

    name = Text(required=True, allow_blank=False, max_length=80)
    enabled = Flag(required=False, default=False, help_text="Its token works from the start.")


class SubaccountUpdate(Args):
    """A changed subaccount; what is not given stays."""

    name = Text(required=False, allow_blank=False, max_length=80)
    enabled = Flag(required=False)


class SubaccountDelete(Args):
    """What becomes of its applications, endpoints and numbers."""

    cascade = Flag(required=False, default=False, help_text="Delete them too; else they move.")


class SubaccountObject(serializers.Serializer[Any]):
    """A subaccount. Its token is shown at creation only; later its first and last characters."""

    account = serializers.CharField()
    auth_id = serializers.CharField()
    auth_token = serializers.CharField()
    created = serializers.DateField()
    enabled = serializers.BooleanField()
    modified = serializers.DateField(allow_null=True)
    name = serializers.CharField()
    new_auth_token = serializers.CharField()
    resource_uri = serializers.CharField()


class SubaccountMade(serializers.Serializer[Any]):
    """The new subaccount's credentials, given this once."""

    message = serializers.CharField()
    auth_id = serializers.CharField()
    auth_token = serializers.CharField()


def _rows(call: ApiCall) -> Any:
    current = AuthToken.objects.for_account(call.account).filter(expires_at=None)
    hints = current.filter(subaccount=OuterRef("pk")).values("hint")[:1]
    mine = Subaccount.objects.for_account(call.account)
    return mine.annotate(hint=Subquery(hints)).order_by("-created_at", "-pk").values(*_COLUMNS)


def _shape(call: ApiCall) -> Any:
    parent = base_path(call.account)

    def shape(row: Row) -> Row:
        touched = row["modified_at"] != row["created_at"]
        # ACC-10: the token itself was shown once; here it is only told apart from others.
        return {
            "account": parent,
            "auth_id": row["auth_id"],
            "auth_token": row["hint"] or "",
            "created": row["created_at"].date().isoformat(),
            "enabled": row["enabled"],
            "modified": row["modified_at"].date().isoformat() if touched else None,
            "name": row["name"],
            "new_auth_token": row["hint"] or "",
            "resource_uri": f"{parent}Subaccount/{row['auth_id']}/",
        }

    return shape


class Subaccounts(Resource):
    """`Subaccount/`."""

    @operation(
        "subaccount_list",
        summary="List subaccounts",
        tag=TAG,
        answer=SubaccountObject,
        kind=PAGE,
        errors=(400, 403),
        main_only=True,
        python="client.subaccounts.list(limit=20, offset=0)",
        node="client.subaccounts.list({limit: 20, offset: 0})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first."""
        return page(call, _rows(call), _shape(call))

    @operation(
        "subaccount_create",
        summary="Create a subaccount",
        tag=TAG,
        args=SubaccountCreate,
        answer=SubaccountMade,
        kind=ACTION,
        status=201,
        errors=(400, 403),
        main_only=True,
        example={"name": "Branch", "enabled": True},
        python='client.subaccounts.create(name="Branch", enabled=True)',
        node='client.subaccounts.create("Branch", true)',
    )
    def post(self, call: ApiCall) -> Reply:
        """Its token is in this answer and nowhere else. It is disabled unless you say otherwise."""
        made = services.create_subaccount(
            account=call.account,
            name=call.args["name"],
            enabled=call.args.get("enabled", False),
            actor=call.credential,
            ip=call.ip,
        )
        return created(auth_id=made.subaccount.auth_id, auth_token=made.token)


class OneSubaccount(Resource):
    """`Subaccount/{auth_id}/`."""

    @operation(
        "subaccount_get",
        summary="Get a subaccount",
        tag=TAG,
        answer=SubaccountObject,
        errors=(403, 404),
        main_only=True,
        python='client.subaccounts.get("SAQWERTYUIOPASDFGHJK")',
        node='client.subaccounts.get("SAQWERTYUIOPASDFGHJK")',
    )
    def get(self, call: ApiCall, sub_id: str) -> Reply:
        """One subaccount of the account."""
        services.find_subaccount(account=call.account, auth_id=sub_id)
        return Reply(200, _shape(call)(_rows(call).filter(auth_id=sub_id).get()))

    @operation(
        "subaccount_update",
        summary="Rename, enable or disable a subaccount",
        tag=TAG,
        args=SubaccountUpdate,
        kind=ACTION,
        errors=(400, 403, 404),
        main_only=True,
        example={"name": "Branch", "enabled": True},
        python='client.subaccounts.update("SAQWERTYUIOPASDFGHJK", name="Branch", enabled=True)',
        node='client.subaccounts.update("SAQWERTYUIOPASDFGHJK", "Branch", true)',
    )
    def post(self, call: ApiCall, sub_id: str) -> Reply:
        """The Python SDK always sends `enabled`, false by default: say what you want."""
        services.update_subaccount(
            subaccount=services.find_subaccount(account=call.account, auth_id=sub_id),
            actor=call.credential,
            name=call.args.get("name", UNCHANGED),
            enabled=call.args.get("enabled", UNCHANGED),
            ip=call.ip,
        )
        return changed()

    @operation(
        "subaccount_delete",
        summary="Delete a subaccount",
        tag=TAG,
        args=SubaccountDelete,
        kind=NOTHING,
        errors=(403, 404),
        main_only=True,
        python='client.subaccounts.delete("SAQWERTYUIOPASDFGHJK", cascade=True)',
        node='client.subaccounts.delete("SAQWERTYUIOPASDFGHJK", true)',
    )
    def delete(self, call: ApiCall, sub_id: str) -> Reply:
        """Its records stay; its other things move to the main account unless `cascade`."""
        services.delete_subaccount(
            subaccount=services.find_subaccount(account=call.account, auth_id=sub_id),
            cascade=call.args.get("cascade", False),
            actor=call.credential,
            ip=call.ip,
        )
        return deleted()


urlpatterns = [
    path("Subaccount/", Subaccounts.as_view()),
    path("Subaccount/<str:sub_id>/", OneSubaccount.as_view()),
]
