"""What begins at a handset: its own calls and texts, told to the layers above by outbox rows."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from console.accounts.models import Account
from console.core import limits, randomness
from console.core.errors import DomainError, LimitReached
from console.core.models import Queue
from console.core.outbox import enqueue
from sandbox.network import reach
from sandbox.network.models import (
    CallDirection,
    CallState,
    HandsetCall,
    HandsetMessage,
    MessageDirection,
)
from sandbox.network.services import require_handset, sendable

CALL_KIND = "call.incoming"
TEXT_KIND = "sms.incoming"
LONGEST_TEXT = 1600
MOST_LIVING_CALLS = 50
MOST_A_MINUTE = 120
"""Calls and texts of all handsets of an account: each is work for the platform."""


def place_call(*, account: Account, number: str, to: str) -> UUID:
    """Calls a DID or a SIP address of this account and gives the call's id at once.

    An endpoint may dial anything: its application decides what becomes of it (GATE-05).

    The engine gets an outbox row `call.incoming`: `call_uuid, account, from, to`. Ten queries.
    Raises NotFound, DomainError `invalid_number`, `callee_not_yours` or `no_voice`, LimitReached.
    """
    require_handset(account=account, number=number)
    _count(account)
    if number.startswith("sip:"):
        called = reach.dialled(to)
    else:
        called = reach.callee(account=account, to=to)
    if not called.voice:
        raise DomainError("This number takes texts only.", code="no_voice", field="to")
    call_uuid = randomness.new_uuid()
    with transaction.atomic():
        living = HandsetCall.objects.for_account(account).filter(number=number)
        if living.exclude(state=CallState.ENDED).count() >= MOST_LIVING_CALLS:
            raise LimitReached("This phone is in too many calls; hang up first.", code="too_many")
        HandsetCall.objects.create(
            call_uuid=call_uuid,
            account=account,
            number=number,
            direction=CallDirection.OUTBOUND,
            from_number=number,
            to_number=called.to,
        )
        enqueue(
            kind=CALL_KIND,
            queue=Queue.CALLS,
            dedupe_key=f"incoming:{call_uuid}",
            payload={
                "call_uuid": str(call_uuid),
                "account": account.auth_id,
                "from": number,
                "to": called.to,
            },
        )
    return call_uuid


def send_message(*, account: Account, number: str, to: str, text: str) -> UUID:
    """Texts a DID of this account and gives the message's id at once.

    The layer of messages gets an outbox row `sms.incoming`: `message_uuid, account, from, to`; the
    text stays in the handset's row, because a text may hold anything (see `text_of`). Nine queries.
    Raises NotFound, DomainError `invalid_number`, `callee_not_yours`, `no_sms`, `invalid_text`.
    """
    require_handset(account=account, number=number)
    if number.startswith("sip:"):
        raise DomainError("An endpoint takes and makes calls only.", code="no_sms", field="to")
    _count(account)
    _check_text(text)
    receiver, kind = reach.platform_line(to)
    receiver = receiver or _texted(account, to)
    message_uuid = randomness.new_uuid()
    with transaction.atomic():
        HandsetMessage.objects.create(
            account=account,
            number=number,
            key=f"sent:{message_uuid}",
            message_uuid=message_uuid,
            direction=MessageDirection.OUTBOUND,
            from_number=number,
            to_number=receiver,
            platform=bool(kind),
            text=text,
        )
        enqueue(
            kind=kind or TEXT_KIND,
            queue=Queue.OTP if kind else Queue.CALLS,
            dedupe_key=f"incoming:{message_uuid}",
            payload={
                "message_uuid": str(message_uuid),
                "account": account.auth_id,
                "from": number,
                "to": receiver,
            },
        )
    return message_uuid


def text_of(message_uuid: UUID) -> str:
    """The words of a message that a handset sent (one query); "" when it is deleted already."""
    sent = HandsetMessage.objects.unscoped("the worker carries the message on")
    found = sent.filter(message_uuid=message_uuid, direction=MessageDirection.OUTBOUND).first()
    return found.shown() if found else ""


def _count(account: Account) -> None:
    minute = limits.Window(MOST_A_MINUTE, 60)
    bucket = limits.Bucket(kind="handset_out", subject=account.auth_id, windows=(minute,))
    try:
        limits.take([bucket])
    except limits.BucketFull as full:
        raise LimitReached(
            "Your handsets have called and texted too often in a minute. Wait a little.",
            code="too_many",
            retry_after=full.retry_after,
        ) from full


def _texted(account: Account, to: str) -> str:
    called = reach.callee(account=account, to=to)
    if not called.sms:
        raise DomainError("This number takes calls only.", code="no_sms", field="to")
    return called.to


def _check_text(text: str) -> None:
    if not text.strip():
        raise DomainError("Write something to send.", code="invalid_text", field="text")
    if len(text) > LONGEST_TEXT:
        message = f"A text has at most {LONGEST_TEXT} characters."
        raise DomainError(message, code="invalid_text", field="text")
    if not sendable(text):
        message = "The text holds characters that no phone can send."
        raise DomainError(message, code="invalid_text", field="text")
