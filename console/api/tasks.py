"""Periodic work of the API."""

from __future__ import annotations

from datetime import timedelta

from console.api import requests
from console.core.periodic import periodic


@periodic(every=timedelta(hours=1), forgets=True, title="Forget old API requests")
def forget_old_requests() -> None:
    """Empties API requests after a week and deletes them after 30 days (trust.md section 11)."""
    requests.forget_old()
