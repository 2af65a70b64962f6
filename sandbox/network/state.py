"""What a handset shows, as sandbox-api.md writes it (`GET Handset/{e164}/`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeAlias
from uuid import UUID

from console.accounts.models import Account
from sandbox.network.models import HandsetCall, HandsetCaption, HandsetMessage

State: TypeAlias = dict[str, Any]
SHOWN_MESSAGES = 50
SHOWN_CALLS = 20
WATCHED_CALLS = 12
"""How many of the newest calls a page shows, and so how many a live page watches."""


def recent_messages(account: Account, number: str, limit: int) -> list[HandsetMessage]:
    """The phone's newest messages first (one query)."""
    found = HandsetMessage.objects.for_account(account).filter(number=number)
    return list(found.order_by("-id")[:limit])


def recent_calls(account: Account, number: str, limit: int) -> list[HandsetCall]:
    """The phone's newest calls first, with their captions in order (two queries)."""
    found = HandsetCall.objects.for_account(account).filter(number=number)
    return list(found.order_by("-started_at", "pk").prefetch_related("captions")[:limit])


def fingerprint(account_id: int, number: str) -> str:
    """Changes whenever the phone notices something; two index look-ups."""
    reason = "a member's open handset, checked when it was opened"
    newest = (
        HandsetMessage.objects.unscoped(reason)
        .filter(account=account_id, number=number)
        .order_by("-id")
        .values_list("id", flat=True)
        .first()
    )
    calls = (
        HandsetCall.objects.unscoped(reason)
        .filter(account=account_id, number=number)
        .order_by("-started_at", "pk")
        .values_list("call_uuid", "version")[:WATCHED_CALLS]
    )
    return _mark(newest, calls)


def fingerprint_of(messages: Sequence[HandsetMessage], calls: Sequence[HandsetCall]) -> str:
    """The same from rows that are loaded, newest first; no query."""
    newest = messages[0].pk if messages else None
    return _mark(newest, [(call.pk, call.version) for call in calls[:WATCHED_CALLS]])


def _mark(newest: int | None, calls: Iterable[tuple[UUID, int]]) -> str:
    parts = [str(newest or 0), *(f"{uuid}.{version}" for uuid, version in calls)]
    return blake2b("|".join(parts).encode(), digest_size=9).hexdigest()


def state_json(
    number: str, messages: Sequence[HandsetMessage], calls: Sequence[HandsetCall]
) -> State:
    """The contract's object; sealed texts are opened, so it is for the account's members only."""
    return {
        "number": number,
        "messages": [_message(one) for one in messages],
        "calls": [_call(one) for one in calls],
    }


def _message(message: HandsetMessage) -> State:
    return {
        "message_uuid": str(message.message_uuid),
        "direction": message.direction,
        "from": message.from_number,
        "to": message.to_number,
        "text": message.shown(),
        "received_at": message.received_at.isoformat(),
    }


def _call(call: HandsetCall) -> State:
    return {
        "call_uuid": str(call.call_uuid),
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "state": call.state,
        "heard": [_caption(one) for one in call.captions.all() if not one.mine],
        "said": [_caption(one) for one in call.captions.all() if one.mine],
        "digits_sent": call.digits_sent,
        "started_at": call.started_at.isoformat(),
        "answered_at": _iso(call.answered_at),
        "ended_at": _iso(call.ended_at),
        "hangup_cause": call.hangup_cause,
    }


def _caption(caption: HandsetCaption) -> State:
    return {"kind": caption.kind, "text": caption.shown(), "at": caption.at.isoformat()}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
