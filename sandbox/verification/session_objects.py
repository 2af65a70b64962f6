"""What verify sessions take and answer (compat/rest.md, Verify session). No answer holds a code."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from console.api.fields import Args, PageArgs, Text, Url, Verb, Whole
from console.api.paging import Row
from console.core import clock
from console.core.money import text as money_text
from sandbox.verification.models import SessionState, VerifySession
from sandbox.verification.sessions.finding import ALIAS

TIMES: Final = {
    f"session_time{join}{how}": how or "exact"
    for how in ("", "lt", "lte", "gt", "gte")
    for join in (("__", "_") if how else ("",))
}


class SessionCreate(Args):
    """Whom to send a code, and how."""

    recipient = Text(required=True, allow_blank=False, max_length=32)
    app_uuid = serializers.UUIDField(required=False)
    channel = serializers.ChoiceField(choices=["sms", "voice"], required=False)
    url = Url(required=False, help_text="Told of every change.")
    method = Verb(required=False)
    locale = Text(required=False, max_length=16, help_text="en, es, fr or de; else English.")
    brand_name = Text(required=False, max_length=64)
    app_hash = Text(required=False, max_length=64)
    code_length = Whole(required=False, min_value=4, max_value=8)
    dtmf = Text(required=False, max_length=8, help_text="The key that says the code on a call.")
    fraud_check = serializers.ChoiceField(choices=["enabled", "disabled"], required=False)
    otp = Text(required=False, max_length=64, help_text="Your own code, 4 to 8 digits.")
    later = {"fraud_check": "kept and shown; the limits of a number hold in any case"}


class SessionValidate(Args):
    """The code that the recipient typed."""

    otp = Text(required=True, allow_blank=False, max_length=64, trim_whitespace=False)


class SessionFilter(PageArgs):
    """Which sessions a list shows; times also as `session_time__gt` and the like."""

    subaccount = Text(required=False, max_length=20)
    status = serializers.ChoiceField(choices=SessionState.values, required=False)
    country = Text(required=False, max_length=2)
    alias = Text(required=False, max_length=80)
    app_uuid = serializers.UUIDField(required=False)
    recipient = Text(required=False, max_length=32)
    brand_name = Text(required=False, max_length=64)
    app_hash = Text(required=False, max_length=64)
    heeded = frozenset(TIMES)


class SessionObject(serializers.Serializer[Any]):
    """A session with its attempts and what they cost."""

    session_uuid = serializers.UUIDField()
    app_uuid = serializers.UUIDField()
    alias = serializers.CharField()
    recipient = serializers.CharField()
    channel = serializers.CharField()
    locale = serializers.CharField()
    status = serializers.ChoiceField(choices=SessionState.values)
    count = serializers.IntegerField()
    requestor_ip = serializers.CharField()
    destination_country_iso2 = serializers.CharField()
    destination_network = serializers.CharField(allow_null=True)
    attempt_details = serializers.ListField(child=serializers.DictField())
    charges = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class SessionMade(serializers.Serializer[Any]):
    """The id to validate with."""

    message = serializers.CharField()
    session_uuid = serializers.UUIDField()


def shape(session: VerifySession) -> Row:
    """The session as the API shows it; its attempts are prefetched."""
    attempts = sorted(session.attempts.all(), key=lambda one: one.sequence)
    total = sum((one.charge for one in attempts), session.validation_charge)
    return {
        "session_uuid": str(session.public_id),
        "app_uuid": str(session.app_uuid),
        "alias": ALIAS,
        "recipient": session.e164.removeprefix("+"),
        "channel": session.channel,
        "locale": session.locale,
        "status": session.shown_state,
        "count": len(attempts),
        "requestor_ip": session.requestor_ip or "",
        "destination_country_iso2": session.region,
        "destination_network": None,
        "attempt_details": [
            {
                "channel": one.channel,
                "attempt_uuid": str(one.public_id),
                "status": one.shown_state,
                "time": clock.zulu(one.settled_at or one.created_at),
            }
            for one in attempts
        ],
        "charges": {
            "total_charge": money_text(total),
            "validation_charge": money_text(session.validation_charge),
            "attempt_charges": [
                {
                    "attempt_uuid": str(one.public_id),
                    "channel": one.channel,
                    "charge": money_text(one.charge),
                }
                for one in attempts
            ],
        },
        "created_at": clock.zulu(session.created_at),
        "updated_at": clock.zulu(session.updated_at),
    }
