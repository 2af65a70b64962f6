"""Periodic work of the API."""

from __future__ import annotations

from datetime import timedelta

from console.api import requests
from console.core.periodic import periodic


@periodic(every=timedelta(hours=1), forgets=True)
def forget_old_requests() -> None:
    """Bodies after a week, rows after thirty days (trust.md section 11)."""
    requests.forget_old()
