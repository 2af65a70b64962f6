"""The filter of call records: one object behind the page, the download and, later, the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.records.models import CallState, Cdr, Direction, LegKind

# The words of the filter bar, in the order of its fields; also the names in links and exports.
NAMES = ("since", "until", "number", "direction", "leg", "cause", "application", "state")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which call records are meant. Times are aware, UTC; `until` is exclusive.

    `number` matches either party, exactly or by its beginning. `cause` is a hangup cause code.
    `errors` holds a sentence for each field that could not be read; such a filter matches nothing.
    """

    since: datetime | None = None
    until: datetime | None = None
    number: str = ""
    direction: str = ""
    leg: str = ""
    cause: int | None = None
    application: str = ""
    state: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return self != CallFilter()

    def rows(self, account: Account, subaccount: Subaccount | None = None) -> TenantQuerySet[Cdr]:
        """The records of the account that match, in no order; no query is made yet."""
        found = Cdr.objects.for_account(account, subaccount)
        if self.errors:
            return found.none()
        return found.filter(self._condition())

    def _condition(self) -> Q:
        exact = {
            "direction": self.direction,
            "leg": self.leg,
            "app_id": self.application,
            "state": self.state,
        }
        wanted = Q(**{name: value for name, value in exact.items() if value})
        if self.since:
            wanted &= Q(ended_at__gte=self.since)
        if self.until:
            wanted &= Q(ended_at__lt=self.until)
        if self.cause is not None:
            wanted &= Q(hangup_code=self.cause)
        if self.number:
            wanted &= begins_with("from_number", self.number) | begins_with(
                "to_number", self.number
            )
        return wanted


def begins_with(column: str, beginning: str) -> Q:
    """That a party is the number, or begins with it; both databases use the column's index."""
    # A range, not LIKE: it uses the index on both databases whatever their collation.
    if beginning.startswith("+") and len(beginning) >= 12:
        return Q(**{column: beginning})
    return Q(**{f"{column}__gte": beginning, f"{column}__lt": beginning + "\U0010ffff"})


def read(values: Mapping[str, str], *, time_zone: str = "UTC") -> CallFilter:
    """The filter that a query string means; what cannot be read is named in `errors`.

    Dates and times without an offset are in `time_zone`; a bare date as `until` includes its day.
    """
    given = {name: values.get(name, "").strip()[: _LONGEST + 1] for name in NAMES}
    errors: dict[str, str] = {}
    since = read_moment(given["since"], time_zone, errors, "since")
    until = read_moment(given["until"], time_zone, errors, "until", whole_day=True)
    if since and until and since >= until:
        errors["until"] = "The end must be after the beginning."
    return CallFilter(
        since=since,
        until=until,
        number=read_number(given["number"], errors),
        direction=read_choice(given["direction"], Direction.values, errors, "direction"),
        leg=read_choice(given["leg"], LegKind.values, errors, "leg"),
        cause=_cause(given["cause"], errors),
        application=_application(given["application"], errors),
        state=read_choice(given["state"], CallState.values, errors, "state"),
        errors=errors,
    )


def read_moment(
    text: str, zone: str, errors: dict[str, str], name: str, *, whole_day: bool = False
) -> datetime | None:
    """The moment that a field holds, in UTC; a sentence in `errors` when it holds none."""
    if not text:
        return None
    try:
        if not text.isascii():  # other scripts' digits would be read too
            raise ValueError
        day = parse_date(text)
        moment = (
            datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001
        )
        if moment is None:
            raise ValueError
        if day and whole_day:
            moment += timedelta(days=1)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        errors[name] = "Write a date such as 2026-03-02, or a date and time."
        return None


def read_choice(text: str, allowed: list[str], errors: dict[str, str], name: str) -> str:
    """The word, when it is one of `allowed`; else "" and a sentence in `errors`."""
    if text and text not in allowed:
        errors[name] = f"Choose one of: {', '.join(allowed)}."
        return ""
    return text


def _cause(text: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        errors["cause"] = "A hangup cause is a number such as 4000."
        return None
    return int(text)


def _application(text: str, errors: dict[str, str]) -> str:
    if text and not (text.isascii() and text.isalnum() and len(text) <= 40):
        errors["application"] = "Choose an application from the list."
        return ""
    return text


def read_number(text: str, errors: dict[str, str]) -> str:
    """A number or its beginning with the plus, or a SIP address; a sentence under `number`."""
    if not text:
        return ""
    if text.startswith("sip:"):
        return text
    bare = text.translate(str.maketrans("", "", " ()-."))
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15):
        errors["number"] = "Write a number, or its beginning, such as +1415."
        return ""
    return f"+{digits}"
