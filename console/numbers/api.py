"""Rented numbers over the API (compat/rest.md, Number)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, changed, deleted
from console.api.fields import Args, Joined, PageArgs, Text
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, page
from console.api.scope import compared, days, invalid, subaccount_named
from console.applications.api import application_named
from console.core import converters  # noqa: F401 - registers e164
from console.core.countries import country_name
from console.core.money import text as money_text
from console.core.unchanged import UNCHANGED
from console.numbers import own_carrier, services
from console.numbers.models import DidType, RentedNumber

TAG: Final = "Number"
_COLUMNS: Final = (
    "number",
    "alias",
    "rented_on",
    "renewal_date",
    "application__app_id",
    "subaccount__auth_id",
    "stock__carrier",
    "stock__city",
    "stock__country",
    "stock__region",
    "stock__type",
    "stock__monthly_rate",
    "stock__sms_enabled",
    "stock__sms_rate",
    "stock__voice_enabled",
    "stock__voice_rate",
)
_NOT_ACTED_ON: Final = "Stored nowhere: caller name look-ups are not offered."


class NumberFilter(PageArgs):
    """Which numbers a list shows."""

    type = Text(required=False, max_length=8)
    number_startswith = Text(required=False, max_length=16)
    subaccount = Text(required=False, max_length=20)
    alias = Text(required=False, max_length=80)
    services = Joined(required=False, separator=",", most=3)
    renewal_date = Text(required=False, max_length=10)

    heeded = compared("renewal_date")
    later = {"cnam_lookup": _NOT_ACTED_ON}


class NumberAdd(Args):
    """Numbers of a carrier of your own."""

    numbers = Joined(required=True, separator=",", most=20)
    carrier = Text(required=True, allow_blank=False, max_length=48)
    region = Text(required=True, allow_blank=False, max_length=48)
    number_type = Text(required=False, max_length=8)
    app_id = Text(required=False, max_length=17)
    subaccount = Text(required=False, max_length=20)


class NumberUpdate(Args):
    """What of a rented number can be set."""

    app_id = Text(required=False, max_length=17, help_text="Empty takes the application away.")
    subaccount = Text(required=False, max_length=20)
    alias = Text(required=False, max_length=80)

    later = {
        "cnam_lookup": _NOT_ACTED_ON,
        "verification_info": "Numbers of the sandbox need no papers.",
        "compliance_application_id": "Numbers of the sandbox need no papers.",
    }


class NumberObject(serializers.Serializer[Any]):
    """A rented number; rates are US dollars, five places."""

    active = serializers.BooleanField()
    added_on = serializers.CharField()
    alias = serializers.CharField(allow_null=True)
    application = serializers.CharField(allow_null=True)
    carrier = serializers.CharField()
    city = serializers.CharField()
    cnam_lookup = serializers.CharField(allow_null=True)
    compliance_application_id = serializers.CharField(allow_null=True)
    compliance_status = serializers.CharField(allow_null=True)
    country = serializers.CharField()
    mms_enabled = serializers.BooleanField()
    mms_rate = serializers.CharField()
    monthly_rental_rate = serializers.CharField()
    number = serializers.CharField()
    number_type = serializers.CharField()
    region = serializers.CharField()
    renewal_date = serializers.CharField()
    resource_uri = serializers.CharField()
    sms_enabled = serializers.BooleanField()
    sms_rate = serializers.CharField()
    sub_account = serializers.CharField(allow_null=True)
    tendlc_campaign_id = serializers.CharField(allow_null=True)
    tendlc_registration_status = serializers.CharField()
    toll_free_sms_verification = serializers.CharField(allow_null=True)
    voice_enabled = serializers.BooleanField()
    voice_rate = serializers.CharField()


def _shape(call: ApiCall) -> Any:
    base = call.base

    def shape(row: Row) -> Row:
        digits, sub = row["number"].removeprefix("+"), row["subaccount__auth_id"]
        app_id, country = row["application__app_id"], country_name(row["stock__country"])
        return {
            "active": True,
            "added_on": row["rented_on"].date().isoformat(),
            "alias": row["alias"] or None,
            "application": f"{base}Application/{app_id}/" if app_id else None,
            "carrier": row["stock__carrier"],
            "city": row["stock__city"],
            "cnam_lookup": "disabled",
            "compliance_application_id": None,
            "compliance_status": None,
            "country": country,
            # A number that takes texts takes those with media, at a part's price (sandbox.messages).
            "mms_enabled": row["stock__sms_enabled"],
            "mms_rate": money_text(row["stock__sms_rate"]),
            "monthly_rental_rate": money_text(row["stock__monthly_rate"]),
            "number": digits,
            "number_type": row["stock__type"],
            "region": ", ".join(filter(None, (row["stock__region"], country))),
            "renewal_date": row["renewal_date"].isoformat(),
            "resource_uri": f"{base}Number/{digits}/",
            "sms_enabled": row["stock__sms_enabled"],
            "sms_rate": money_text(row["stock__sms_rate"]),
            "sub_account": f"/v1/Account/{sub}/" if sub else None,
            "tendlc_campaign_id": None,
            "tendlc_registration_status": "UNREGISTERED",
            "toll_free_sms_verification": None,
            "voice_enabled": row["stock__voice_enabled"],
            "voice_rate": money_text(row["stock__voice_rate"]),
        }

    return shape


def _filtered(call: ApiCall) -> Any:
    args = call.args
    scope = subaccount_named(call, args.get("subaccount"))
    rows = RentedNumber.objects.for_account(call.account, scope).living()
    if kind := args.get("type"):
        if kind not in {*DidType.values, "fixed"}:
            raise invalid("type", f"it is one of {', '.join(DidType.values)}")
        rows = rows.filter(stock__type=DidType.LOCAL if kind == "fixed" else kind)
    if start := args.get("number_startswith"):
        if not start.removeprefix("+").isdecimal() or not start.isascii():
            raise invalid("number_startswith", "it is digits")
        rows = rows.filter(number__startswith="+" + start.removeprefix("+"))
    if alias := args.get("alias"):
        rows = rows.filter(alias=alias)
    for able in args.get("services", []):
        if able not in {"voice", "sms", "mms"}:
            raise invalid("services", "it is voice, sms or mms, or several with commas")
        column = "voice" if able == "voice" else "sms"
        rows = rows.filter(**{f"stock__{column}_enabled": True})
    return rows.filter(days(call.raw, "renewal_date", "renewal_date"))


class Numbers(Resource):
    """`Number/`."""

    @operation(
        "number_list",
        summary="List rented numbers",
        tag=TAG,
        args=NumberFilter,
        answer=NumberObject,
        kind=PAGE,
        errors=(400,),
        python='client.numbers.list(services=["voice"])',
        node='client.numbers.list({services: "voice"})',
    )
    def get(self, call: ApiCall) -> Reply:
        """In the order of the numbers."""
        return page(call, _filtered(call).order_by("number").values(*_COLUMNS), _shape(call))

    @operation(
        "number_add",
        summary="Add numbers of your own carrier",
        tag=TAG,
        args=NumberAdd,
        kind=ACTION,
        example={"numbers": "14155550177", "carrier": "Example Telecom", "region": "California"},
        python='client.numbers.create(numbers="14155550177", carrier="Example Telecom", region="California")',
        node='client.numbers.addOwnNumber("14155550177", "Example Telecom", "California")',
    )
    def post(self, call: ApiCall) -> Reply:
        """For full accounts; all of the numbers or none."""
        args = call.args
        own_carrier.add_own_numbers(
            account=call.account,
            numbers=args["numbers"],
            carrier=args["carrier"],
            region=args["region"],
            number_type=args.get("number_type", ""),
            application=application_named(call, "app_id", args.get("app_id") or ""),
            subaccount=subaccount_named(call, args.get("subaccount")),
            actor=call.credential,
            ip=call.ip,
        )
        return changed()


class OneNumber(Resource):
    """`Number/{number}/`, with or without a plus."""

    def _find(self, call: ApiCall, number: str) -> RentedNumber:
        return services.find_number(account=call.account, number=number, subaccount=call.subaccount)

    @operation(
        "number_get",
        summary="Get a rented number",
        tag=TAG,
        answer=NumberObject,
        python='client.numbers.get("14155550142")',
        node='client.numbers.get("14155550142")',
    )
    def get(self, call: ApiCall, number: str) -> Reply:
        """What it costs, what it can do, and where it points."""
        self._find(call, number)
        mine = RentedNumber.objects.for_account(call.account, call.subaccount).living()
        return Reply(200, _shape(call)(mine.filter(number=number).values(*_COLUMNS).get()))

    @operation(
        "number_update",
        summary="Point a number at an application, or name it",
        tag=TAG,
        args=NumberUpdate,
        kind=ACTION,
        example={"app_id": "21000000000000001", "alias": "Front desk"},
        python='client.numbers.update("14155550142", app_id="21000000000000001", alias="Front desk")',
        node='client.numbers.update("14155550142", {appId: "21000000000000001", alias: "Front desk"})',
    )
    def post(self, call: ApiCall, number: str) -> Reply:
        """What is not given stays as it is."""
        args, found = call.args, self._find(call, number)
        # A null takes the application away, as an empty text does (rest.md).
        unlinks = "app_id" in call.raw and not call.raw["app_id"]
        application = application_named(call, "app_id", args.get("app_id") or "")
        services.update_number(
            rented=found,
            actor=call.credential,
            alias=args.get("alias", UNCHANGED),
            application=application if args.get("app_id") or unlinks else UNCHANGED,
            subaccount=subaccount_named(call, args["subaccount"])
            if args.get("subaccount")
            else UNCHANGED,
            ip=call.ip,
        )
        return changed()

    @operation(
        "number_unrent",
        summary="Release a number",
        tag=TAG,
        kind=NOTHING,
        python='client.numbers.delete("14155550142")',
        node='client.numbers.unrent("14155550142")',
    )
    def delete(self, call: ApiCall, number: str) -> Reply:
        """It goes back to the stock at once."""
        services.release_number(rented=self._find(call, number), actor=call.credential, ip=call.ip)
        return deleted()


urlpatterns = [
    path("Number/", Numbers.as_view()),
    path("Number/<e164:number>/", OneNumber.as_view()),
]
