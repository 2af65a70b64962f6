"""Message records as the API filters and shows them (compat/cdr.md section 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from rest_framework import serializers

from console.api.call import ApiCall
from console.api.paging import Row
from console.api.scope import COMPARISONS, invalid, local, moment, moments, numbers, stamp
from console.core import clock
from console.core.message_errors import MESSAGE_ERRORS
from console.core.money import ZERO
from console.core.money import text as money_text
from console.records.filters import begins_with, read_number
from console.records.models import Direction
from sandbox.messages.api_media import uuid_of
from sandbox.messages.states import State

COLUMNS: Final = (
    "uuid",
    "direction",
    "state",
    "type",
    "from_number",
    "to_number",
    "country",
    "units",
    "rate",
    "amount",
    "error_code",
    "message_time",
    "sent_at",
    "updated_at",
    "log",
    "dlt",
    "requester_ip",
    "powerpack__uuid",
)
WINDOW: Final = timedelta(days=7)
LONGEST_SPAN: Final = timedelta(days=30)
_STATES: Final = {*State.values, "read"}
_TYPES: Final = {"sms", "mms", "whatsapp"}


class MessageObject(serializers.Serializer[Any]):
    """The record of a message; amounts are US dollars, times in the account's zone."""

    carrier_fees = serializers.CharField()
    carrier_fees_rate = serializers.CharField()
    conversation_expiration_timestamp = serializers.CharField()
    conversation_id = serializers.CharField()
    conversation_origin = serializers.CharField()
    destination_country_iso2 = serializers.CharField(allow_null=True)
    destination_network = serializers.CharField(allow_null=True)
    dlt_entity_id = serializers.CharField()
    dlt_template_category = serializers.CharField()
    dlt_template_id = serializers.CharField()
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField()
    from_number = serializers.CharField()
    is_domestic = serializers.BooleanField(allow_null=True)
    log = serializers.CharField()
    message_direction = serializers.CharField()
    message_sent_time = serializers.CharField(allow_null=True)
    message_state = serializers.CharField()
    message_time = serializers.CharField()
    message_type = serializers.CharField()
    message_updated_time = serializers.CharField()
    message_uuid = serializers.CharField()
    powerpack_id = serializers.CharField(allow_null=True)
    replaced_sender = serializers.CharField()
    requester_ip = serializers.CharField()
    resource_uri = serializers.CharField()
    tendlc_campaign_id = serializers.CharField()
    tendlc_registration_status = serializers.CharField()
    to_number = serializers.CharField()
    total_amount = serializers.CharField()
    total_rate = serializers.CharField()
    units = serializers.IntegerField()


def shaped(call: ApiCall) -> Callable[[Row], Row]:
    """Turns a row of `COLUMNS` into what the API shows; no query."""
    base, zone, home = call.base, local(call.account), call.account.region

    def shape(row: Row) -> Row:
        error, pack = row["error_code"], row["powerpack__uuid"]
        country = row["country"] or None
        return {
            **_OF_NOTHING,
            "destination_country_iso2": country,
            "dlt_entity_id": row["dlt"].get("dlt_entity_id", ""),
            "dlt_template_category": row["dlt"].get("dlt_template_category", ""),
            "dlt_template_id": row["dlt"].get("dlt_template_id", ""),
            "error_code": None if error is None else str(error),
            "error_message": "" if error is None else MESSAGE_ERRORS.get(error, ""),
            "from_number": row["from_number"].removeprefix("+"),
            "is_domestic": country == home if country else None,
            "log": row["log"],
            "message_direction": row["direction"],
            "message_sent_time": stamp(row["sent_at"], zone, fine=True),
            "message_state": row["state"],
            "message_time": stamp(row["message_time"], zone, fine=True),
            "message_type": row["type"],
            "message_updated_time": stamp(row["updated_at"], zone, fine=True),
            "message_uuid": str(row["uuid"]),
            "powerpack_id": str(pack) if pack else None,
            "requester_ip": row["requester_ip"] or "",
            "resource_uri": f"{base}Message/{row['uuid']}/",
            "to_number": row["to_number"].removeprefix("+"),
            "total_amount": money_text(row["amount"]),
            "total_rate": money_text(row["rate"]),
            "units": row["units"],
        }

    return shape


_OF_NOTHING: Final = {
    "carrier_fees": money_text(ZERO),
    "carrier_fees_rate": money_text(ZERO),
    "conversation_expiration_timestamp": "",
    "conversation_id": "",
    "conversation_origin": "",
    "destination_network": None,
    "replaced_sender": "",
    "tendlc_campaign_id": "",
    "tendlc_registration_status": "",
}


def wanted_rows(call: ApiCall) -> Q:
    """The filters of `GET Message/`; raises DomainError 400 for one that cannot be read."""
    args = call.args
    asked = _times(call.raw) & _errors(call.raw)
    asked &= _word(args, "message_direction", "direction", set(Direction.values))
    asked &= _word(args, "message_state", "state", _STATES)
    asked &= _word(args, "message_type", "type", _TYPES)
    if country := args.get("destination_country_iso2"):
        asked &= Q(country=country.upper())
    if pack := args.get("powerpack_id"):
        asked &= Q(powerpack__uuid=uuid_of(pack))
    for name in ("from_number", "to_number"):
        if text := args.get(name):
            asked &= _party(name, text)
    return asked


def _errors(raw: dict[str, Any]) -> Q:
    """By error code; `000` are the messages that are fine (cdr.md section 3)."""
    given = str(raw.get("error_code") or "")
    if given and not given.strip("0"):
        return Q(error_code=None)
    return numbers(raw, "error_code", "error_code")


def _word(args: dict[str, Any], name: str, column: str, known: set[str]) -> Q:
    word = args.get(name)
    if not word:
        return Q()
    if word not in known:
        raise invalid(name, f"it is one of {', '.join(sorted(known))}")
    return Q(**{column: word})


def _party(name: str, text: str) -> Q:
    wrong: dict[str, str] = {}
    number = read_number(text, wrong)
    if wrong:
        raise invalid(name, "it is a number or its beginning")
    return begins_with(name, number)


def _times(raw: dict[str, Any]) -> Q:
    """The last 7 days by default; from one end 30 days; both ends at most 30 days apart."""
    asked = moments(raw, "message_time", "message_time")
    begin, end = _end(raw, "gt"), _end(raw, "lt")
    if begin and end and end - begin > LONGEST_SPAN:
        raise invalid("message_time", "the span is at most 30 days")
    if begin and not end:
        return asked & Q(message_time__lte=begin + LONGEST_SPAN)
    if end and not begin:
        return asked & Q(message_time__gte=end - LONGEST_SPAN)
    if not asked:
        return Q(message_time__gte=clock.now() - WINDOW)
    return asked


def _end(raw: dict[str, Any], way: str) -> datetime | None:
    suffixes = [suffix for suffix in COMPARISONS if suffix.startswith(way)]
    names = [f"message_time{line}{suffix}" for suffix in suffixes for line in ("__", "_")]
    given = next((raw[name] for name in names if raw.get(name) not in (None, "")), None)
    return None if given is None else moment(given, "message_time")[0]
