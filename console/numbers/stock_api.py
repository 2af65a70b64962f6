"""Searching and renting numbers over the API (compat/rest.md, PhoneNumber)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.fields import Args, Flag, Joined, PageArgs, Text, Whole
from console.api.operations import ACTION, PAGE, Resource, operation
from console.api.paging import Row, page
from console.api.scope import invalid
from console.applications.api import application_named
from console.core import converters  # noqa: F401 - registers e164
from console.core.countries import country_name, is_country
from console.core.money import text as money_text
from console.core.unchanged import UNCHANGED
from console.numbers import services
from console.numbers.models import DidType, StockNumber
from console.numbers.search import Capability, StockFilter

TAG: Final = "PhoneNumber"
_COLUMNS: Final = (
    "number",
    "national",
    "country",
    "region",
    "city",
    "type",
    "setup_rate",
    "monthly_rate",
    "sms_enabled",
    "sms_rate",
    "voice_enabled",
    "voice_rate",
)
_PAPERS: Final = "Numbers of the sandbox need no papers."
_NO_PLACE: Final = "The stock knows cities and regions, no exchanges."


class PhoneNumberSearch(PageArgs):
    """What to look for."""

    country_iso = Text(required=True, allow_blank=False, max_length=2)
    type = Text(required=False, max_length=8)
    pattern = Text(required=False, max_length=14, help_text="Digits after the country code.")
    npanxx = Whole(required=False, min_value=200_200, max_value=999_999)
    region = Text(required=False, max_length=48)
    city = Text(required=False, max_length=48)
    services = Joined(required=False, separator=",", most=3)
    local_calling_area = Flag(required=False)
    eligible = Flag(required=False)

    later = {"local_calling_area": _NO_PLACE, "lata": _NO_PLACE, "rate_center": _NO_PLACE}


class PhoneNumberBuy(Args):
    """Where the number is to point."""

    app_id = Text(required=False, max_length=17)

    later = {
        "verification_info": _PAPERS,
        "compliance_application_id": _PAPERS,
        "cnam_lookup": "Caller name look-ups are not offered.",
        "ha_enable": "No fallback number is rented along.",
    }


class PhoneNumberObject(serializers.Serializer[Any]):
    """A number on offer; rates are US dollars, five places."""

    city = serializers.CharField()
    country = serializers.CharField()
    lata = serializers.IntegerField(allow_null=True)
    mms_enabled = serializers.BooleanField()
    mms_rate = serializers.CharField()
    monthly_rental_rate = serializers.CharField()
    number = serializers.CharField()
    prefix = serializers.CharField()
    prerequisites = serializers.ListField(child=serializers.JSONField())
    rate_center = serializers.CharField(allow_null=True)
    region = serializers.CharField()
    resource_uri = serializers.CharField()
    restriction = serializers.CharField(allow_null=True)
    restriction_text = serializers.CharField(allow_null=True)
    setup_rate = serializers.CharField()
    sms_enabled = serializers.BooleanField()
    sms_rate = serializers.CharField()
    sub_type = serializers.CharField()
    type = serializers.CharField()
    voice_enabled = serializers.BooleanField()
    voice_rate = serializers.CharField()


class Bought(serializers.Serializer[Any]):
    """One number of the answer."""

    number = serializers.CharField()
    status = serializers.CharField()


class PhoneNumberBought(serializers.Serializer[Any]):
    """What became of each number."""

    message = serializers.CharField()
    numbers = Bought(many=True)
    status = serializers.CharField()


def _shape(call: ApiCall) -> Any:
    base = call.base

    def shape(row: Row) -> Row:
        digits, kind = row["number"].removeprefix("+"), row["type"]
        fixed = kind in {DidType.LOCAL, DidType.NATIONAL}
        return {
            "city": row["city"],
            "country": country_name(row["country"]).upper(),
            "lata": None,
            "mms_enabled": row["sms_enabled"],
            "mms_rate": money_text(row["sms_rate"]),
            "monthly_rental_rate": money_text(row["monthly_rate"]),
            "number": digits,
            "prefix": row["national"][:3],
            "prerequisites": [],
            "rate_center": None,
            "region": ", ".join(filter(None, (row["region"], country_name(row["country"])))),
            "resource_uri": f"{base}PhoneNumber/{digits}/",
            "restriction": None,
            "restriction_text": None,
            "setup_rate": money_text(row["setup_rate"]),
            "sms_enabled": row["sms_enabled"],
            "sms_rate": money_text(row["sms_rate"]),
            "sub_type": kind,
            "type": "fixed" if fixed else kind,
            "voice_enabled": row["voice_enabled"],
            "voice_rate": money_text(row["voice_rate"]),
        }

    return shape


def _wanted(call: ApiCall) -> Any:
    args = call.args
    country = args["country_iso"].upper()
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise invalid("country_iso", "it is two letters, such as US")
    if not is_country(country):
        return StockNumber.objects.none()
    kind, digits = args.get("type", ""), str(args.get("npanxx") or args.get("pattern") or "")
    if kind not in {"", "fixed", "any", *DidType.values}:
        raise invalid("type", "it is local, national, mobile, tollfree or fixed")
    if digits and not (digits.isascii() and digits.isdigit()):
        raise invalid("pattern", "it is digits")
    asked = StockFilter(
        country=country,
        type="" if kind in {"fixed", "any"} else kind,
        digits=digits,
        capability=_capability(args.get("services", [])),
    )
    rows = asked.rows()
    if kind == "fixed":
        rows = rows.filter(type__in=[DidType.LOCAL, DidType.NATIONAL])
    for place in ("region", "city"):
        if name := args.get(place):
            rows = rows.filter(**{f"{place}__iexact": name})
    return rows


def _capability(services_: list[str]) -> str:
    """Any number that takes texts takes those with media too."""
    if set(services_) - {"voice", "sms", "mms"}:
        raise invalid("services", "it is voice, sms or mms, or several with commas")
    wanted = {"voice" if one == "voice" else "sms" for one in services_}
    return Capability.BOTH if len(wanted) == 2 else next(iter(wanted), "")


class PhoneNumbers(Resource):
    """`PhoneNumber/`."""

    @operation(
        "phone_number_search",
        summary="Search numbers to rent",
        tag=TAG,
        args=PhoneNumberSearch,
        answer=PhoneNumberObject,
        kind=PAGE,
        errors=(400,),
        example={"country_iso": "US", "type": "local", "pattern": "415"},
        python='client.numbers.search(country_iso="US", type="local", pattern="415")',
        node='client.numbers.search("US", {type: "local", pattern: "415"})',
    )
    def get(self, call: ApiCall) -> Reply:
        """The stock of a country, in the order of the numbers."""
        return page(call, _wanted(call).values(*_COLUMNS), _shape(call))


class OnePhoneNumber(Resource):
    """`PhoneNumber/{number}/`."""

    @operation(
        "phone_number_buy",
        summary="Rent a number",
        tag=TAG,
        args=PhoneNumberBuy,
        answer=PhoneNumberBought,
        kind=ACTION,
        status=201,
        errors=(400, 404, 429),
        python='client.numbers.buy("14155550142")',
        node='client.numbers.buy("14155550142")',
    )
    def post(self, call: ApiCall, number: str) -> Reply:
        """Takes set-up and the first month from the credit."""
        app_id = call.args.get("app_id") or ""
        services.rent_number(
            account=call.account,
            number=number,
            actor=call.credential,
            application=application_named(call, "app_id", app_id) if app_id else UNCHANGED,
            subaccount=call.subaccount,
            ip=call.ip,
        )
        told = [{"number": number.removeprefix("+"), "status": "Success"}]
        return Reply(201, {"message": "created", "numbers": told, "status": "fulfilled"})


urlpatterns = [
    path("PhoneNumber/", PhoneNumbers.as_view()),
    path("PhoneNumber/<e164:number>/", OnePhoneNumber.as_view()),
]
