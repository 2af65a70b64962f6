"""What arguments name, looked up in the caller's scope (TEN-03)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.api.call import ApiCall
from console.core.errors import DomainError

COMPARISONS: Final = ("gt", "gte", "lt", "lte")


def invalid(name: str, why: str = "") -> DomainError:
    """The refusal of an argument, in the compatible API's words."""
    said = f"{name} parameter is invalid" + (f": {why}" if why else "")
    return DomainError(said, code="invalid_parameter", field=name)


def subaccount_named(call: ApiCall, auth_id: str | None) -> Subaccount | None:
    """The subaccount that an argument names; the scope's own when none is named.

    Raises DomainError 400 on `subaccount` for one that is not the caller's (one query).
    """
    if not auth_id or (call.subaccount is not None and call.subaccount.auth_id == auth_id):
        return call.subaccount
    if call.subaccount is None:
        mine = Subaccount.objects.for_account(call.account).filter(auth_id=auth_id)
        if (found := mine.first()) is not None:
            return found
    raise DomainError(
        "subaccount parameter is invalid: no such subaccount",
        code="invalid_subaccount",
        field="subaccount",
    )


def moments(raw: dict[str, Any], name: str, column: str) -> Q:
    """A filter on a time: `name` and `name__gt` and so on, in UTC (cdr.md, Filters).

    One SDK writes a single underscore. A plain value means that second or minute.
    """
    asked = Q()
    for suffix, value in _given(raw, name):
        begin, length = moment(value, name)
        if suffix:
            asked &= Q(**{f"{column}__{suffix}": begin})
        else:
            asked &= Q(**{f"{column}__gte": begin, f"{column}__lt": begin + length})
    return asked


def numbers(raw: dict[str, Any], name: str, column: str) -> Q:
    """A filter on a whole number: `name` and its comparisons."""
    asked = Q()
    for suffix, value in _given(raw, name):
        text = str(value)
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
            raise invalid(name, "it is a whole number")
        asked &= Q(**{f"{column}__{suffix}" if suffix else column: int(text)})
    return asked


def days(raw: dict[str, Any], name: str, column: str) -> Q:
    """A filter on a date, `YYYY-MM-DD`: `name` and its comparisons."""
    asked = Q()
    for suffix, value in _given(raw, name):
        try:
            day = date.fromisoformat(str(value))
        except ValueError as error:
            raise invalid(name, "it is written YYYY-MM-DD") from error
        asked &= Q(**{f"{column}__{suffix}" if suffix else column: day})
    return asked


def compared(*names: str) -> frozenset[str]:
    """Every spelling of filters with comparisons, for an `Args.heeded`."""
    return frozenset(
        f"{name}{line}{suffix}" for name in names for line in ("__", "_") for suffix in COMPARISONS
    )


def _given(raw: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    spelled = [("", name), *((s, f"{name}{line}{s}") for s in COMPARISONS for line in ("__", "_"))]
    return [(suffix, raw[one]) for suffix, one in spelled if raw.get(one) not in (None, "")]


def moment(value: Any, name: str) -> tuple[datetime, timedelta]:
    """The moment that `YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]` means in UTC, and how exact it is."""
    text = str(value).strip().replace("T", " ", 1)
    lengths = {10: timedelta(days=1), 16: timedelta(minutes=1), 19: timedelta(seconds=1)}
    try:
        if not text.isascii() or len(text) < 10 or text[4] != "-":
            raise ValueError
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None or not 1971 < found.year < 9000:
            raise ValueError  # beyond, comparing and converting would overflow
    except ValueError as error:
        raise invalid(name, "it is written YYYY-MM-DD HH:MM[:SS], in UTC") from error
    begin = datetime.combine(found.date(), found.time() or time.min, tzinfo=ZoneInfo("UTC"))
    return begin, lengths.get(len(text), timedelta(microseconds=1))


def local(account: Account) -> ZoneInfo:
    """The account's time zone, for the offsets of records."""
    return ZoneInfo(account.time_zone)


def stamp(value: datetime | None, zone: ZoneInfo, *, fine: bool = False) -> str | None:
    """`2025-03-04 10:00:07+00:00` in the zone; with microseconds when `fine`; None stays None."""
    if value is None:
        return None
    return value.astimezone(zone).isoformat(" ", "microseconds" if fine else "seconds")
