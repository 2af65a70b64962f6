"""The time scale of the simulated telephone network: rings and waits, not codes or sessions."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings


def scaled(seconds: float) -> timedelta:
    """How long `seconds` on the telephone last on the clock: a fifth of them at scale 5."""
    return timedelta(seconds=seconds / settings.TIME_SCALE)
