"""The stock of a fresh install: a few thousand numbers in 20 countries, all of them fiction.

From each range the upper half is stock, so that the lower half stays free for phones that people
verify and call from.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import phonenumbers

from console.core.fiction import FICTION, FictionRange
from console.core.number_types import NumberType
from console.core.seeding import seed
from console.numbers.models import DidType, StockNumber

_MOST_OF_A_RANGE = 60
_BATCH = 500
_NORTH_AMERICA = {"US", "CA"}
_TEXTS = {NumberType.MOBILE, NumberType.FIXED_LINE_OR_MOBILE}
# US dollars: a month, once, a minute, a message.
_RATES = {
    DidType.LOCAL: ("0.80", "0", "0.00550", "0.00550"),
    DidType.MOBILE: ("1.50", "0.50", "0.00850", "0.00750"),
    DidType.TOLLFREE: ("1.00", "0", "0.01800", "0.00550"),
    DidType.NATIONAL: ("1.20", "0.50", "0.00900", "0"),
}
_NORTH_AMERICAN_LOCAL = ("0.50", "0", "0.00550", "0.00550")


@seed("number stock")
def seed_stock() -> str:
    """Adds what is missing (one query when nothing is); never touches what is there."""
    known = set(StockNumber.objects.values_list("number", flat=True))
    missing = [number for number in _stock() if number.number not in known]
    StockNumber.objects.bulk_create(missing, batch_size=_BATCH, ignore_conflicts=True)
    return f"{len(missing)} added" if missing else "complete"


def _stock() -> Iterator[StockNumber]:
    for place in FICTION:
        if place.type is NumberType.PREMIUM_RATE:
            continue
        for index in _indexes(place):
            yield _number(place, place.number(index))


def _indexes(place: FictionRange) -> range:
    if place.size == 1 and place.type is NumberType.MOBILE:
        return range(int(place.prefix[-1]) % 2)  # single mobiles: the odd ones
    first = place.size // 2
    return range(first, min(place.size, first + _MOST_OF_A_RANGE))


def _number(place: FictionRange, e164: str) -> StockNumber:
    kind = _kind(place)
    local_american = kind is DidType.LOCAL and place.region in _NORTH_AMERICA
    rates = _NORTH_AMERICAN_LOCAL if local_american else _RATES[kind]
    monthly, setup, voice, sms = map(Decimal, rates)
    prefix = f"+{phonenumbers.country_code_for_region(place.region)}"
    return StockNumber(
        number=e164,
        national=e164.removeprefix(prefix),
        country=place.region,
        region=place.area,
        city=place.place,
        type=kind,
        sms_enabled=place.type in _TEXTS,
        monthly_rate=monthly,
        setup_rate=setup,
        voice_rate=voice,
        sms_rate=sms,
    )


def _kind(place: FictionRange) -> DidType:
    if place.type is NumberType.MOBILE:
        return DidType.MOBILE
    if place.type is NumberType.TOLL_FREE:
        return DidType.TOLLFREE
    return DidType.LOCAL if place.place else DidType.NATIONAL
