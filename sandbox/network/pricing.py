"""What a country costs: the price list of the API, made of the rates in force."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import phonenumbers
from django.db.models import Min, Q
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from console.core import money
from console.core.countries import country_name, is_country
from console.core.errors import DomainError
from console.core.money import ZERO
from console.numbers.models import DidType, StockNumber
from sandbox.network.models import Rate
from sandbox.network.routing import prefixes_of

SIP_RATE: Final = ZERO
"""A leg to or from a SIP address leaves over no carrier and costs nothing."""


def price_list(iso: str) -> dict[str, Any]:
    """Prices to and from a country (compat/rest.md, Pricing); money as text. Two queries.

    Raises DomainError `invalid_parameter` for what is no country with telephones.
    """
    code = phonenumbers.country_code_for_region(iso) if is_country(iso) else 0
    if not code:
        raise DomainError(
            "country_iso parameter is invalid: no such country",
            code="invalid_parameter",
            field="country_iso",
        )
    toll_free = _toll_free(iso)
    reach = {*prefixes_of(f"+{code}"), *prefixes_of(toll_free)}
    found = list(Rate.objects.filter(Q(country=iso) | Q(prefix__in=reach)).order_by("prefix"))
    own = [rate for rate in found if rate.country == iso and not _is_toll_free(rate, toll_free)]
    base = _best(own, f"+{code}") or _best(found, f"+{code}")
    if base is None:
        raise DomainError("There is no rate for this country.", code="unavailable", status=503)
    free = _best(found, toll_free) or base
    return {
        "country": country_name(iso),
        "country_code": code,
        "country_iso": iso,
        # An MMS costs what one part of a text costs.
        **dict.fromkeys(("message", "mms"), _messages(own or [base], base, iso)),
        "phone_numbers": _numbers(iso),
        "voice": {
            "inbound": {
                "ip": _rate(SIP_RATE),
                "local": _rate(base.inbound),
                "tollfree": _rate(free.inbound),
            },
            "outbound": {
                "ip": _rate(SIP_RATE),
                "local": _rate(base.outbound),
                "rates": _prefixes(own, base, code),
                "tollfree": _rate(free.outbound),
            },
        },
    }


def _messages(own: list[Rate], base: Rate, iso: str) -> dict[str, Any]:
    return {
        "inbound": _rate(ZERO),
        "outbound": _rate(base.message),
        "outbound_networks_list": _networks(own, iso),
    }


def _rate(price: Decimal) -> dict[str, str]:
    return {"rate": money.text(price)}


def _toll_free(iso: str) -> str:
    """An example of the country's toll-free numbers; "" where there are none."""
    example = phonenumbers.example_number_for_type(iso, PhoneNumberType.TOLL_FREE)
    return phonenumbers.format_number(example, PhoneNumberFormat.E164) if example else ""


def _is_toll_free(rate: Rate, toll_free: str) -> bool:
    return "toll-free" in rate.name or (len(rate.prefix) > 4 and toll_free.startswith(rate.prefix))


def _best(rates: list[Rate], number: str) -> Rate | None:
    """The rate of the longest prefix of the number; of a country's own the shortest will do."""
    fitting = [rate for rate in rates if number.startswith(rate.prefix)]
    longest = max(fitting, key=lambda rate: len(rate.prefix), default=None)
    return longest or min(
        (rate for rate in rates if number and rate.prefix.startswith(number)),
        key=lambda rate: len(rate.prefix),
        default=None,
    )


def _prefixes(own: list[Rate], base: Rate, code: int) -> list[dict[str, Any]]:
    """Prefixes of one rate stand together, without the plus."""
    grouped: dict[Decimal, list[str]] = {}
    for rate in own or [base]:
        grouped.setdefault(rate.outbound, []).append(rate.prefix.removeprefix("+") or str(code))
    return [{"prefix": prefixes, "rate": money.text(price)} for price, prefixes in grouped.items()]


def _networks(own: list[Rate], iso: str) -> list[dict[str, str]]:
    prices = sorted({rate.message for rate in own})
    return [{"group_name": iso, "rate": money.text(price)} for price in prices]


def _numbers(iso: str) -> dict[str, dict[str, str]]:
    """The cheapest number in stock of each type; 0 where there is none (one query)."""
    stock = StockNumber.objects.filter(country=iso).order_by().values_list("type")
    cheapest = dict(stock.annotate(Min("monthly_rate")))
    kinds = {"local": DidType.LOCAL, "tollfree": DidType.TOLLFREE}
    return {name: _rate(cheapest.get(kind, ZERO)) for name, kind in kinds.items()}
