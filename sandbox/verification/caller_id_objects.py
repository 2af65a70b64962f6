"""What `VerifiedCallerId` takes and answers (compat/rest.md)."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from console.api.fields import Args, PageArgs, Text
from console.api.paging import Row
from console.core import clock
from sandbox.fence.models import SandboxNumber

COLUMNS: Final = (
    *("public_id", "e164", "alias", "region", "created_at", "verified_at"),
    "subaccount__auth_id",
)


class Initiate(Args):
    """Which number is to be proved, and how."""

    phone_number = Text(required=True, allow_blank=False, max_length=32)
    alias = Text(required=False, max_length=80)
    channel = serializers.ChoiceField(choices=["sms", "call"], required=False)
    country = Text(required=False, max_length=2)
    subaccount = Text(required=False, max_length=20)


class Verify(Args):
    """The code that came."""

    otp = Text(required=True, allow_blank=False, max_length=64, trim_whitespace=False)


class CallerIdFilter(PageArgs):
    """Which numbers a list shows."""

    country = Text(required=False, max_length=2)
    subaccount = Text(required=False, max_length=20)
    alias = Text(required=False, max_length=80)


class CallerIdUpdate(Args):
    """What of a number can be set."""

    alias = Text(required=False, max_length=80)
    subaccount = Text(required=False, max_length=20)


class CallerIdObject(serializers.Serializer[Any]):
    """A number whose proof holds."""

    alias = serializers.CharField()
    country = serializers.CharField()
    created_at = serializers.DateTimeField()
    modified_at = serializers.DateTimeField()
    phone_number = serializers.CharField()
    subaccount = serializers.CharField()
    verification_uuid = serializers.UUIDField()


class Initiated(serializers.Serializer[Any]):
    """The id to send the code with."""

    message = serializers.CharField()
    verification_uuid = serializers.UUIDField()


class Verified(serializers.Serializer[Any]):
    """The number that was just proved."""

    alias = serializers.CharField()
    channel = serializers.CharField()
    country = serializers.CharField()
    created_at = serializers.DateTimeField()
    phone_number = serializers.CharField()
    subaccount = serializers.CharField()
    verification_uuid = serializers.UUIDField()


def shape(row: Row) -> Row:
    """A row of `COLUMNS` as the API shows it."""
    return {
        "alias": row["alias"],
        "country": row["region"],
        "created_at": clock.zulu(row["created_at"]),
        "modified_at": clock.zulu(row["verified_at"] or row["created_at"]),
        "phone_number": row["e164"],
        "subaccount": row["subaccount__auth_id"] or "",
        "verification_uuid": str(row["public_id"]),
    }


def object_of(number: SandboxNumber) -> Row:
    """A number as the API shows it."""
    facts = {name: getattr(number, name) for name in COLUMNS[:-1]}
    sub = number.subaccount.auth_id if number.subaccount else ""
    return shape({**facts, "subaccount__auth_id": sub})
