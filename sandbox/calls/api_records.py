"""Call records over the API: filters, columns, and how a record is written (compat/cdr.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from rest_framework import serializers

from console.accounts.models import Account
from console.api.call import ApiCall
from console.api.fields import PageArgs, Text, Whole
from console.api.paging import Row
from console.api.scope import subaccount_named
from console.core import clock, money
from console.core.errors import DomainError, NotFound
from console.records.models import Cdr

WINDOW: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=30)
COLUMNS: Final = (
    *("call_uuid", "parent_call_uuid", "direction", "state", "from_number", "to_number"),
    *("initiated_at", "answered_at", "ended_at", "duration", "billed_duration", "rate", "amount"),
    *("hangup_code", "hangup_name", "hangup_source", "conference_uuid", "stir_verification"),
    *("stir_attestation", "source_ip", "cnam_lookup"),
)
_LOOKUPS: Final = ("gt", "gte", "lt", "lte")
_FORMATS: Final = (
    ("%Y-%m-%d %H:%M", timedelta(minutes=1)),
    ("%Y-%m-%d %H:%M:%S", timedelta(seconds=1)),
    ("%Y-%m-%d %H:%M:%S.%f", timedelta(microseconds=1)),
)
# One SDK collapses the double underscore of filters that it does not know.
_SPANS: Final = frozenset(
    f"{name}{bar}{lookup}"
    for name in ("end_time", "bill_duration")
    for bar in ("__", "_")
    for lookup in _LOOKUPS
)


class CallFilter(PageArgs):
    """Which calls a list shows. `end_time` and `bill_duration` also take __gt, __gte, __lt, __lte.

    Times are UTC, `YYYY-MM-DD HH:MM[:SS[.ffffff]]`; without one the last seven days are searched.
    """

    heeded = _SPANS | {"cursor"}

    status = Text(required=False, help_text="live or queued: calls that have no record yet.")
    subaccount = Text(required=False, max_length=20)
    call_direction = Text(required=False, help_text="inbound or outbound.")
    from_number = Text(required=False, max_length=128, help_text="A number or how it begins.")
    to_number = Text(required=False, max_length=128, help_text="A number or how it begins.")
    bill_duration = Whole(required=False, min_value=0)
    end_time = Text(required=False, max_length=40)
    parent_call_uuid = Text(required=False, max_length=40)
    hangup_cause_code = Whole(required=False, min_value=0)
    hangup_source = Text(required=False, max_length=24)
    stir_verification = Text(required=False, max_length=24)


class CallObject(serializers.Serializer[Any]):
    """The record of a leg that has ended."""

    call_uuid = serializers.CharField()
    parent_call_uuid = serializers.CharField(allow_null=True)
    call_direction = serializers.CharField()
    call_state = serializers.CharField()
    from_number = serializers.CharField()
    to_number = serializers.CharField()
    initiation_time = serializers.CharField()
    answer_time = serializers.CharField(allow_null=True)
    end_time = serializers.CharField()
    call_duration = serializers.IntegerField()
    bill_duration = serializers.IntegerField()
    billed_duration = serializers.IntegerField()
    total_rate = serializers.CharField()
    total_amount = serializers.CharField()
    hangup_cause_code = serializers.IntegerField()
    hangup_cause_name = serializers.CharField()
    hangup_source = serializers.CharField()
    conference_uuid = serializers.CharField(allow_null=True)
    stir_verification = serializers.CharField()
    stir_attestation = serializers.CharField()
    source_ip = serializers.CharField(allow_null=True)
    cnam_lookup = serializers.CharField(allow_null=True)
    resource_uri = serializers.CharField()


def wanted(call: ApiCall) -> QuerySet[Cdr, Row]:
    """The records that the filters name, newest first. Raises DomainError `invalid_parameter`."""
    args = call.args
    scope = subaccount_named(call, args.get("subaccount"))
    rows = Cdr.objects.for_account(call.account, scope).filter(_when(call.raw))
    if direction := args.get("call_direction"):
        if direction not in ("inbound", "outbound"):
            raise wrong("call_direction", "it is inbound or outbound")
        rows = rows.filter(direction=direction)
    for name in ("from_number", "to_number"):
        if number := args.get(name):
            rows = rows.filter(_begins(name, number))
    if parent := args.get("parent_call_uuid"):
        rows = rows.filter(parent_call_uuid=_uuid(parent, "parent_call_uuid"))
    if "hangup_cause_code" in args:
        rows = rows.filter(hangup_code=args["hangup_cause_code"])
    for name in ("hangup_source", "stir_verification"):
        if value := args.get(name):
            rows = rows.filter(**{name: value})
    rows = rows.filter(_lasting(call.raw))
    found: QuerySet[Cdr, Row] = rows.order_by("-ended_at", "-id").values(*COLUMNS)
    return found


def one(call: ApiCall, call_uuid: UUID) -> Row:
    """The record of one leg. Raises NotFound, also while the leg still lives."""
    mine = Cdr.objects.for_account(call.account, call.subaccount)
    row: Row | None = mine.filter(call_uuid=call_uuid).values(*COLUMNS).first()
    if row is None:
        raise NotFound
    return row


def shape(call: ApiCall) -> Callable[[Row], Row]:
    """How a row of `COLUMNS` is written for this account: its time zone, its path."""
    zone, base = _zone(call.account), call.base

    def write(row: Row) -> Row:
        return {
            "call_uuid": str(row["call_uuid"]),
            "parent_call_uuid": _text(row["parent_call_uuid"]),
            "call_direction": row["direction"],
            "call_state": row["state"],
            "from_number": row["from_number"],
            "to_number": row["to_number"].removeprefix("+"),
            "initiation_time": _local(row["initiated_at"], zone),
            "answer_time": _local(row["answered_at"], zone),
            "end_time": _local(row["ended_at"], zone),
            "call_duration": row["duration"],
            "bill_duration": row["duration"],
            "billed_duration": row["billed_duration"],
            "total_rate": money.text(row["rate"]),
            "total_amount": money.text(row["amount"]),
            "hangup_cause_code": row["hangup_code"],
            "hangup_cause_name": row["hangup_name"],
            "hangup_source": row["hangup_source"],
            "conference_uuid": _text(row["conference_uuid"]),
            "stir_verification": row["stir_verification"],
            "stir_attestation": row["stir_attestation"],
            "source_ip": row["source_ip"],
            "cnam_lookup": row["cnam_lookup"] or None,
            "resource_uri": f"{base}Call/{row['call_uuid']}/",
        }

    return write


def wrong(name: str, why: str) -> DomainError:
    """The refusal of one argument."""
    return DomainError(f"{name} parameter is invalid: {why}", code="invalid_parameter", field=name)


def _begins(name: str, number: str) -> Q:
    bare = number.strip().removeprefix("+")
    return Q(**{f"{name}__startswith": bare}) | Q(**{f"{name}__startswith": f"+{bare}"})


def _given(raw: Row, name: str) -> dict[str, str]:
    """What was said of a filter with lookups, by lookup; "" for the plain name."""
    found = {"": raw.get(name)}
    found |= {one: raw.get(f"{name}__{one}", raw.get(f"{name}_{one}")) for one in _LOOKUPS}
    return {one: str(value).strip() for one, value in found.items() if value not in (None, "")}


def _lasting(raw: Row) -> Q:
    asked = Q()
    for lookup, text in _given(raw, "bill_duration").items():
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise wrong("bill_duration", "it is a whole number of seconds")
        asked &= Q(**{f"duration__{lookup or 'exact'}": int(text)})
    return asked


def _when(raw: Row) -> Q:
    """The window of `end_time` (compat/cdr.md: 7 days by default, 30 at most)."""
    asked, low, high = Q(), None, None
    for lookup, text in _given(raw, "end_time").items():
        moment, step = _moment(text)
        if not lookup:
            return Q(ended_at__gte=moment, ended_at__lt=moment + step)
        asked &= Q(**{f"ended_at__{lookup}": moment})
        if lookup in ("gt", "gte"):
            low = max(low or moment, moment)
        else:
            high = min(high or moment, moment)
    if low is None and high is None:
        return Q(ended_at__gte=clock.now() - WINDOW)
    if low is not None and high is not None:
        if high - low > LONGEST:
            raise wrong("end_time", f"it spans {LONGEST.days} days at most")
        return asked
    if low is not None:
        return asked & Q(ended_at__lte=low + LONGEST)
    assert high is not None
    return asked & Q(ended_at__gte=high - LONGEST)


def _moment(text: str) -> tuple[datetime, timedelta]:
    """A UTC moment, and how exactly it was given."""
    for form, step in _FORMATS:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if 1971 < moment.year < 9000:
            return moment, step
    raise wrong("end_time", "write YYYY-MM-DD HH:MM:SS, in UTC")


def _uuid(text: str, name: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise wrong(name, "it is a call UUID") from error


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _zone(account: Account) -> ZoneInfo:
    return ZoneInfo(account.time_zone)


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(zone).replace(microsecond=0).isoformat(sep=" ")
