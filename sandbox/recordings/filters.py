"""The filters of the list of recordings (compat/rest.md, Recording)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from console.api.call import ApiCall
from console.api.scope import COMPARISONS, invalid, moment, moments
from console.core import clock

WINDOW: Final = timedelta(days=7)
LONGEST_SPAN: Final = timedelta(days=30)
STORAGE: Final = "recording_storage_duration"
_DAY: Final = timedelta(days=1)
_NAMES: Final = ("from_number", "to_number", "conference_name", "mpc_name")


def wanted(call: ApiCall) -> Q:
    """The condition that the list's arguments make; raises DomainError for what cannot be read."""
    args, asked = call.args, _times(call.raw) & _ages(call.raw)
    for name in _NAMES:
        if text := args.get(name):
            asked &= Q(**{f"{name}__in": {text, f"+{text.lstrip('+')}", text.lstrip("+")}})
    for name in ("call_uuid", "conference_uuid", "mpc_uuid"):
        if text := args.get(name):
            try:
                asked &= Q(**{name: UUID(text)})
            except ValueError as error:
                raise invalid(name) from error
    return asked


def _times(raw: dict[str, Any]) -> Q:
    """The last 7 days by default; from one end 30 days; both ends at most 30 days apart."""
    asked = moments(raw, "add_time", "created_at")
    by_age = any(_spelled(raw, STORAGE, suffix) for suffix in ("", *COMPARISONS))
    if asked and by_age:
        raise invalid(STORAGE, "it cannot be used together with add_time")
    begin, end = _end(raw, ("gt", "gte")), _end(raw, ("lt", "lte"))
    if begin and end and end - begin > LONGEST_SPAN:
        raise invalid("add_time", "the span is at most 30 days")
    if begin and not end:
        return asked & Q(created_at__lte=begin + LONGEST_SPAN)
    if end and not begin:
        return asked & Q(created_at__gte=end - LONGEST_SPAN)
    if not asked and not by_age:
        return Q(created_at__gte=clock.now() - WINDOW)
    return asked


def _end(raw: dict[str, Any], suffixes: tuple[str, ...]) -> datetime | None:
    given = next((one for s in suffixes if (one := _spelled(raw, "add_time", s))), None)
    return moment(given, "add_time")[0] if given else None


def _spelled(raw: dict[str, Any], name: str, suffix: str) -> Any:
    spellings = [f"{name}__{suffix}", f"{name}_{suffix}"] if suffix else [name]
    return next((raw[one] for one in spellings if raw.get(one) not in (None, "")), None)


def _ages(raw: dict[str, Any]) -> Q:
    """How many whole days it has been kept, as bounds of its time."""
    asked = Q()
    now = clock.now()
    for suffix in ("", *COMPARISONS):
        given = _spelled(raw, STORAGE, suffix)
        if given is None:
            continue
        text = str(given)
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            raise invalid(STORAGE, "it is a whole number of days")
        young, old = now - int(text) * _DAY, now - (int(text) + 1) * _DAY
        asked &= {
            "": Q(created_at__lte=young, created_at__gt=old),
            "gt": Q(created_at__lte=old),
            "gte": Q(created_at__lte=young),
            "lt": Q(created_at__gt=young),
            "lte": Q(created_at__gt=old),
        }[suffix]
    return asked
