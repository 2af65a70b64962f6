"""Refusals of verification; what each may tell is set by OTP-11 and OTP-12."""

from __future__ import annotations

from console.core.errors import DomainError, LimitReached, Unavailable
from console.core.limits import BucketFull

_HOUR = 3600


class CannotSend(LimitReached):
    """Something about the number that is not the asker's business stands in the way (OTP-12).

    Held by other accounts, on the do-not-contact list, busy because of someone else: one shape,
    one sentence, one wait.
    """

    code = "cannot_send_now"

    def __init__(self) -> None:
        super().__init__(
            "We can't send to this number right now.", field="number", retry_after=_HOUR
        )


class TooSoon(LimitReached):
    """The wait between two sendings is not over (OTP-07)."""

    code = "resend_too_soon"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Please wait {seconds} seconds before you ask for another code.", retry_after=seconds
        )


class CodeRefused(DomainError):
    """Wrong, expired, exhausted or unknown: one shape (OTP-11).

    `attempts_left` is None unless the asker owns an open challenge.
    """

    code = "code_not_accepted"

    def __init__(self, *, attempts_left: int | None = None) -> None:
        left = "" if attempts_left is None else f" {_tries(attempts_left)} left."
        super().__init__(f"This code is not accepted. Use the newest code.{left}", field="code")
        self.attempts_left = attempts_left


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


class Paused(Unavailable):
    """A kill switch is on (OTP-20)."""

    code = "verification_paused"

    def __init__(self) -> None:
        super().__init__("Verification is paused. Please try again later.", retry_after=_HOUR)


def from_bucket(full: BucketFull) -> LimitReached:
    """What the asker is told about a full bucket: their own ones by name, others alike (OTP-12)."""
    if not full.bucket.own:
        return CannotSend()
    if full.retry_after is None:
        return LimitReached(
            "Sending codes is frozen for this account until our staff have looked at it.",
            code="verification_frozen",
        )
    reason = _REASONS.get(full.bucket.kind, "Too many requests")
    return LimitReached(f"{reason}. {_wait(full.retry_after)}", retry_after=full.retry_after)


_REASONS = {
    "otp_account": "This account has asked for as many codes as it may for now",
    "verify_account": "This account has sent as many codes as it may for now",
    "verify_wrong_number": "Too many wrong codes for this recipient",
    "verify_check": "You are trying codes too fast",
    "otp_ip": "Too many codes were asked for from your network",
    "otp_ip48": "Too many codes were asked for from your network",
    "number_added": "This account has added as many numbers as a trial may in 30 days",
    "otp_wrong_number": "Too many wrong codes for this number",
    "otp_wrong_account": "Too many wrong codes on this account",
    "otp_check_account": "You are trying codes too fast",
    "otp_check_ip": "You are trying codes too fast",
}


def _wait(seconds: int) -> str:
    if seconds < 90:
        return f"Try again in {seconds} seconds."
    if seconds < 5400:
        return f"Try again in {-(-seconds // 60)} minutes."
    return f"Try again in {-(-seconds // _HOUR)} hours."
