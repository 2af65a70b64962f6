"""What is known about a number: country, ways to write it, carrier (compat/rest.md, Lookup).

In the simulated network the carrier is the first of the number's route, and no number is ported.
"""

from __future__ import annotations

from typing import Any, Final

import phonenumbers
from phonenumbers import PhoneNumberFormat as Form

from console.core.countries_iso3 import iso3
from console.core.errors import DomainError, NotFound
from console.core.number_types import NumberType
from console.core.numbers import Number, canonical_number
from sandbox.network.models import Carrier
from sandbox.network.routing import routes_for

# Mobile country codes (ITU-T E.212) of the countries of the stock.
_MCC: Final = {
    "AT": "232", "AU": "505", "BE": "206", "BR": "724", "CA": "302", "CH": "228", "DE": "262",
    "ES": "214", "FR": "208", "GB": "234", "IE": "272", "IN": "404", "JP": "440", "MX": "334",
    "NL": "204", "NZ": "530", "PL": "260", "SE": "240", "SG": "525", "US": "310",
}  # fmt: skip
_KINDS: Final = {
    NumberType.MOBILE: "mobile",
    NumberType.FIXED_LINE_OR_MOBILE: "mobile",
    NumberType.OUTCOME: "mobile",
    NumberType.FIXED_LINE: "fixed",
    NumberType.VOIP: "voip",
    NumberType.TOLL_FREE: "tollfree",
    NumberType.PREMIUM_RATE: "premium",
}


def look_up(raw: str) -> dict[str, Any]:
    """Everything about the number; two queries.

    Raises DomainError `invalid_number`, or NotFound for numbers of no country.
    """
    number = canonical_number(raw, bare_digits=True, field="number")
    if len(number.region) != 2 or not number.region.isalpha():
        raise NotFound("Nothing is known about this number.", field="number")
    return {
        "phone_number": number.e164,
        "country": {
            "name": number.country,
            "iso2": number.region,
            "iso3": iso3(number.region),
        },
        "format": _forms(number.e164),
        "carrier": _carrier(number),
        "resource_uri": f"/v1/Number/{number.e164}?type=carrier",
    }


def require_known_type(kind: str) -> None:
    """Raises DomainError `invalid_parameter`: only `carrier` can be asked for."""
    if kind != "carrier":
        raise DomainError(
            "type parameter is invalid: it is carrier", code="invalid_parameter", field="type"
        )


def _forms(e164: str) -> dict[str, str]:
    parsed = phonenumbers.parse(e164, None)
    forms = {
        "e164": Form.E164,
        "national": Form.NATIONAL,
        "international": Form.INTERNATIONAL,
        "rfc3966": Form.RFC3966,
    }
    return {name: phonenumbers.format_number(parsed, form) for name, form in forms.items()}


def _carrier(number: Number) -> dict[str, str]:
    choice = routes_for(number.e164, plan=True)
    carrier = next(iter((*choice.failed, *choice.carriers)), None)
    kind = _KINDS.get(number.type, "other")
    mobile = kind == "mobile"
    return {
        "mobile_country_code": _MCC.get(number.region, "") if mobile else "",
        "mobile_network_code": _network_code(carrier) if mobile and carrier else "",
        "name": carrier.name if carrier else "",
        "type": kind,
        "ported": "no",
    }


def _network_code(carrier: Carrier) -> str:
    """Two or three digits that stay the same for a carrier."""
    return f"{carrier.pk % 1000:02d}"
