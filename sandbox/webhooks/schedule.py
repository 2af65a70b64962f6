"""When a notification is tried again (HOOK-04; trust section 2, after Standard Webhooks)."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from console.core import randomness

# Waits after the first, second … failed try.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LAST_ATTEMPT = len(WAITS) + 1
LONGEST_RETRY_AFTER = timedelta(hours=24)


def wait_after(failures: int, *, retry_after: str, now: datetime) -> timedelta | None:
    """How long to wait when so many tries have failed; None when that was the last one.

    The schedule, 20 % up or down, or what the server asked for in Retry-After when that is
    longer, up to 24 hours.
    """
    if failures >= LAST_ATTEMPT:
        return None
    planned = WAITS[failures - 1] * (0.8 + randomness.below(4001) / 10_000)
    return max(planned, min(asked_for(retry_after, now=now), LONGEST_RETRY_AFTER))


def asked_for(retry_after: str, *, now: datetime) -> timedelta:
    """What a Retry-After header says: seconds or a date (RFC 9110 10.2.3); zero when unreadable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        moment = parsedate_to_datetime(text)
        return max(timedelta(0), moment - now)
    except (TypeError, ValueError, OverflowError):
        # Also a date without a zone, which cannot be compared.
        return timedelta(0)
