"""Account: the tenant itself (compat/rest.md, Account)."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from console.accounts.models import Account, AccountState, Subaccount
from console.accounts.services.settings import update_details
from console.api.call import ApiCall, Reply, base_path, changed
from console.api.fields import Args, Text
from console.api.operations import ACTION, Resource, operation
from console.core.money import text as money_text


class AccountUpdate(Args):
    """What of an account can be set."""

    name = Text(required=False, max_length=80)
    city = Text(required=False, max_length=80)
    address = Text(required=False, max_length=200)
    state = Text(required=False, max_length=80)
    timezone = Text(required=False, max_length=48, help_text="IANA name, such as Europe/Berlin.")


class AccountObject(serializers.Serializer[Any]):
    """The account; `cash_credits` are US dollars with five places."""

    account_type = serializers.ChoiceField(choices=["standard", "developer"])
    address = serializers.CharField()
    auth_id = serializers.CharField()
    auto_recharge = serializers.BooleanField()
    billing_mode = serializers.ChoiceField(choices=["prepaid", "postpaid"])
    cash_credits = serializers.CharField()
    city = serializers.CharField()
    name = serializers.CharField()
    resource_uri = serializers.CharField()
    state = serializers.CharField()
    timezone = serializers.CharField()


def shape(account: Account, subaccount: Subaccount | None) -> dict[str, Any]:
    """The account as the API shows it; a trial is a `developer` account.

    A subaccount sees its own id and name, and the credit that it shares.
    """
    scope = subaccount or account
    return {
        "account_type": "standard" if account.state == AccountState.ACTIVE else "developer",
        "address": account.address,
        "auth_id": scope.auth_id,
        "auto_recharge": False,
        "billing_mode": "prepaid",
        "cash_credits": money_text(account.credit),
        "city": account.city,
        "name": scope.name,
        "resource_uri": base_path(account, subaccount),
        "state": account.region_name,
        "timezone": account.time_zone,
    }


class AccountResource(Resource):
    """`/v1/Account/{auth_id}/`."""

    @operation(
        "account_get",
        summary="Get the account",
        tag="Account",
        answer=AccountObject,
        errors=(),
        python="client.account.get()",
        node="client.accounts.get()",
    )
    def get(self, call: ApiCall) -> Reply:
        """The account, credit and time zone."""
        return Reply(200, shape(call.account, call.subaccount))

    @operation(
        "account_update",
        summary="Change the account's name, address or time zone",
        tag="Account",
        args=AccountUpdate,
        kind=ACTION,
        main_only=True,
        example={"name": "Ada Example", "city": "Leeds"},
        python='client.account.update(name="Ada Example", city="Leeds")',
        node='client.accounts.update({name: "Ada Example", city: "Leeds"})',
    )
    def post(self, call: ApiCall) -> Reply:
        """What is not given stays as it is."""
        args = call.args
        update_details(
            account=call.account,
            actor=call.credential,
            ip=call.ip,
            name=args.get("name"),
            city=args.get("city"),
            address=args.get("address"),
            region_name=args.get("state"),
            time_zone=args.get("timezone"),
        )
        return changed()


urlpatterns = [path("", AccountResource.as_view())]
