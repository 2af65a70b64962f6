"""What the page says about a challenge: from its rows, never from the broker (BG-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from console.core import clock
from sandbox.verification.models import (
    Challenge,
    ChallengeState,
    Channel,
    CodeDelivery,
    DeliveryState,
)

_WAITING = (DeliveryState.QUEUED, DeliveryState.SUBMITTING)
_SLOW, _DELAYED = timedelta(seconds=5), timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Status:
    """One sentence, its tone (info, ok, warn, bad), and whether it will change by itself."""

    text: str
    tone: str
    moving: bool


def status_of(challenge: Challenge, deliveries: Sequence[CodeDelivery]) -> Status:
    """Where the newest sending stands, in words; `deliveries` newest first. No query."""
    delivery = deliveries[0] if deliveries else None
    if not challenge.is_open:
        return _closed(challenge)
    if delivery is None or delivery.state in _WAITING:
        return _waiting(delivery.created_at if delivery else challenge.created_at)
    call = delivery.channel == Channel.CALL
    if delivery.state == DeliveryState.FAILED:
        words = "The call did not reach the phone." if call else "The SMS was not delivered."
        return Status(f"{words} Ask for another code, or for a call.", "bad", moving=False)
    if call and delivery.state == DeliveryState.DELIVERED:
        words = "The call has ended. Enter the code, or ask for another call."
        return Status(words, "ok", moving=False)
    if call:
        return Status("We are calling. Answer and press 1 to hear the code.", "ok", moving=True)
    minutes = settings.TRUST.otp_lifetime // 60
    return Status(
        f"Code sent by SMS. It is good for {minutes} minutes; use the newest code.",
        "ok",
        moving=delivery.state == DeliveryState.HANDED_OVER,
    )


def _waiting(since: datetime) -> Status:
    age = clock.now() - since
    if age > _DELAYED:
        return Status("Delayed; we have your request and keep trying", "warn", moving=True)
    if age > _SLOW:
        return Status("Waiting for our sender", "warn", moving=True)
    return Status("Sending the code…", "info", moving=True)


_CLOSED = {
    ChallengeState.VERIFIED: ("This number is verified.", "ok"),
    ChallengeState.EXPIRED: ("The code has expired. Ask for a new one.", "warn"),
    ChallengeState.EXHAUSTED: ("Too many wrong codes. Ask for a new one.", "bad"),
    ChallengeState.CANCELLED: ("This verification was called off.", "warn"),
    ChallengeState.UNDELIVERABLE: ("We could not send the code.", "bad"),
}


def _closed(challenge: Challenge) -> Status:
    text, tone = _CLOSED[ChallengeState(challenge.state)]
    return Status(text, tone, moving=False)
