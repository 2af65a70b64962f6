"""Searching the stock: one filter object behind the page and, later, the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models

from console.core.countries import is_country
from console.core.errors import DomainError
from console.numbers.models import DidType, StockNumber
from console.numbers.querysets import StockNumberQuerySet

PAGE_SIZE = 20
MOST_DIGITS = 14
_DIGITS = re.compile(r"[0-9]{1,14}")


class Match(models.TextChoices):
    """Where in the number the digits must stand."""

    STARTS = "starts", "at the start"
    CONTAINS = "contains", "anywhere"
    ENDS = "ends", "at the end"


class Capability(models.TextChoices):
    """What the number must be able to do."""

    VOICE = "voice", "Voice"
    SMS = "sms", "SMS"
    BOTH = "both", "Voice and SMS"


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which numbers are meant; `digits` are those after the country code.

    `errors` holds a sentence for each field that could not be read; such a filter finds nothing.
    """

    country: str
    type: str = ""
    digits: str = ""
    match: str = Match.STARTS
    capability: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> StockNumberQuerySet:
        """What is on offer and matches, in the order of the numbers; no query is made yet."""
        found = StockNumber.objects.on_offer().filter(country=self.country)
        if self.errors:
            return found.none()
        if self.type:
            found = found.filter(type=self.type)
        if self.capability in {Capability.VOICE, Capability.BOTH}:
            found = found.filter(voice_enabled=True)
        if self.capability in {Capability.SMS, Capability.BOTH}:
            found = found.filter(sms_enabled=True)
        return self._with_digits(found).order_by("national")

    def _with_digits(self, found: StockNumberQuerySet) -> StockNumberQuerySet:
        if not self.digits:
            return found
        if self.match == Match.ENDS:
            return found.filter(national__endswith=self.digits)
        if self.match == Match.CONTAINS:
            return found.filter(national__contains=self.digits)
        return found.starting_with(self.digits)


def read(values: Mapping[str, str], *, default_country: str) -> StockFilter:
    """The filter that a query string means; what cannot be read is named in `errors`."""
    errors: dict[str, str] = {}
    country = values.get("country", "") or default_country
    if not is_country(country):
        errors["country"] = "Choose a country from the list."
    digits = re.sub(r"[ ().\-]", "", values.get("digits", ""))
    if digits and not _DIGITS.fullmatch(digits):
        errors["digits"] = f"Use the digits 0 to 9 only, at most {MOST_DIGITS}."
    chosen = {
        "type": _choice(values, "type", DidType.values, errors),
        "match": _choice(values, "match", Match.values, errors) or Match.STARTS,
        "capability": _choice(values, "capability", Capability.values, errors),
    }
    return StockFilter(country=country, digits=digits, errors=errors, **chosen)


def _choice(
    values: Mapping[str, str], name: str, allowed: list[str], errors: dict[str, str]
) -> str:
    value = values.get(name, "")
    if value and value not in allowed:
        errors[name] = "Choose one from the list."
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """Numbers of one page; `after` is where the next one begins, "" on the last."""

    rows: list[StockNumber]
    after: str


def page_of(wanted: StockFilter, *, after: str = "") -> Page:
    """One page (one query) from behind the national number `after`; raises DomainError 400."""
    if after and not _DIGITS.fullmatch(after):
        raise DomainError("This page does not exist.", code="bad_page")
    found = wanted.rows()
    if after:
        found = found.filter(national__gt=after)
    rows = list(found[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return Page(rows, rows[-1].national if more else "")
