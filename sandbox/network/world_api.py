"""Prices and numbers over the API (compat/rest.md, Pricing and Lookup)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.fields import Args, Text
from console.api.operations import OBJECT, Resource, operation
from sandbox.network import lookup, pricing

PRICING: Final = "Pricing"
LOOKUP: Final = "Lookup"


class PricingArgs(Args):
    """Which country."""

    country_iso = Text(
        required=True, allow_blank=False, max_length=2, help_text="Two capitals, such as US."
    )


class LookupArgs(Args):
    """What is asked about the number."""

    type = Text(required=True, allow_blank=False, max_length=16, help_text="carrier")


class RateObject(serializers.Serializer[Any]):
    """A price in US dollars, as text."""

    rate = serializers.CharField()


class NetworkRate(RateObject):
    """The price of a message to a network."""

    group_name = serializers.CharField()


class PrefixRate(RateObject):
    """The price a minute to numbers that begin so."""

    prefix = serializers.ListField(child=serializers.CharField())


class MessagePrices(serializers.Serializer[Any]):
    """One part of a message."""

    inbound = RateObject()
    outbound = RateObject()
    outbound_networks_list = NetworkRate(many=True)


class NumberPrices(serializers.Serializer[Any]):
    """A number a month, the cheapest in stock."""

    local = RateObject()
    tollfree = RateObject()


class InboundPrices(NumberPrices):
    """A minute of a call that comes in."""

    ip = RateObject()


class OutboundPrices(InboundPrices):
    """A minute of a call that goes out."""

    rates = PrefixRate(many=True)


class VoicePrices(serializers.Serializer[Any]):
    """A minute of a call."""

    inbound = InboundPrices()
    outbound = OutboundPrices()


class PricingObject(serializers.Serializer[Any]):
    """What a country costs."""

    country = serializers.CharField()
    country_code = serializers.IntegerField()
    country_iso = serializers.CharField()
    message = MessagePrices()
    mms = MessagePrices()
    phone_numbers = NumberPrices()
    voice = VoicePrices()


class CountryObject(serializers.Serializer[Any]):
    """A country by name and by ISO 3166."""

    name = serializers.CharField()
    iso2 = serializers.CharField()
    iso3 = serializers.CharField()


class FormatObject(serializers.Serializer[Any]):
    """Ways to write a number."""

    e164 = serializers.CharField()
    national = serializers.CharField()
    international = serializers.CharField()
    rfc3966 = serializers.CharField()


class CarrierObject(serializers.Serializer[Any]):
    """Who serves a number; codes of ITU-T E.212 for mobile ones."""

    mobile_country_code = serializers.CharField()
    mobile_network_code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    ported = serializers.CharField()


class LookupObject(serializers.Serializer[Any]):
    """What is known about a number."""

    phone_number = serializers.CharField()
    country = CountryObject()
    format = FormatObject()
    carrier = CarrierObject()
    resource_uri = serializers.CharField()


class Pricing(Resource):
    """`Pricing/`."""

    @operation(
        "pricing_get",
        summary="Get the prices of a country",
        tag=PRICING,
        args=PricingArgs,
        answer=PricingObject,
        kind=OBJECT,
        errors=(400,),
        example={"country_iso": "US"},
        python="client.pricing.get('US')",
        node="client.pricings.get('US')",
    )
    def get(self, call: ApiCall) -> Reply:
        """Of the rates in force; an unknown country is 400."""
        return Reply(200, pricing.price_list(call.args["country_iso"]))


class Lookup(Resource):
    """`/v1/Number/{number}`, outside of the account's path."""

    @operation(
        "lookup_get",
        summary="Look up a number",
        tag=LOOKUP,
        args=LookupArgs,
        answer=LookupObject,
        kind=OBJECT,
        errors=(400, 404),
        example={"type": "carrier"},
        python="client.lookup.get('+12025550142')",
        node="client.lookup.get('+12025550142')",
    )
    def get(self, call: ApiCall, number: str) -> Reply:
        """Country, ways to write it, carrier; the simulated network's own where it is simulated."""
        lookup.require_known_type(call.args["type"])
        return Reply(200, lookup.look_up(number))


urlpatterns = [path("Pricing/", Pricing.as_view())]
outside = [path("Number/<str:number>/", Lookup.as_view())]
