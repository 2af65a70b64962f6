"""The waits between codes (OTP-07, section 2 "Voice offered")."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from console.core import clock
from console.core.numbers import canonical_number
from sandbox.verification.models import Challenge


def voice_wait(challenge: Challenge, *, failed: bool) -> int:
    """Seconds until the call is offered; no query (section 2, "Voice offered").

    At once for numbers that are or may be a fixed line, else 30 s on or after a failed SMS.
    """
    if failed or canonical_number(challenge.e164).voice_early:
        return 0
    offered_at = challenge.created_at + timedelta(seconds=settings.TRUST.otp_voice_after)
    left = offered_at - clock.now()
    return whole_seconds(left) if left > timedelta(0) else 0


def cooldown(sends: int) -> int:
    """Seconds to wait after the n-th sending of a challenge (OTP-07)."""
    trust = settings.TRUST
    steps = (trust.otp_cooldown_1, trust.otp_cooldown_2, trust.otp_cooldown_3, trust.otp_cooldown_4)
    return int(steps[min(sends, len(steps)) - 1])


def whole_seconds(span: timedelta) -> int:
    """The span rounded up to whole seconds, at least one."""
    return max(1, -(-int(span.total_seconds() * 1000) // 1000))
