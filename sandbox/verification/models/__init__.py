"""Challenges and sessions with what was done about them, and what stops them."""

from __future__ import annotations

from sandbox.verification.models.challenges import (
    CHECKABLE_STATES,
    OPEN_STATES,
    Challenge,
    ChallengeState,
    Channel,
    CheckOutcome,
    CodeCheck,
    CodeDelivery,
    DeliveryState,
)
from sandbox.verification.models.sessions import (
    WAITING_ATTEMPTS,
    AttemptState,
    SessionAttempt,
    SessionChannel,
    SessionState,
    VerifySession,
)
from sandbox.verification.models.switches import DoNotContact, KillSwitch, SwitchScope

__all__ = [
    "CHECKABLE_STATES",
    "OPEN_STATES",
    "WAITING_ATTEMPTS",
    "AttemptState",
    "Challenge",
    "ChallengeState",
    "Channel",
    "CheckOutcome",
    "CodeCheck",
    "CodeDelivery",
    "DeliveryState",
    "DoNotContact",
    "KillSwitch",
    "SessionAttempt",
    "SessionChannel",
    "SessionState",
    "SwitchScope",
    "VerifySession",
]
