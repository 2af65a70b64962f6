"""What runs by itself for numbers."""

from __future__ import annotations

from datetime import timedelta

from console.core.periodic import periodic
from console.numbers import renewals


@periodic(every=timedelta(hours=1))
def renew_numbers() -> None:
    """Pays the months that begin; tolerates a double start and a missed tick (BG-11)."""
    renewals.renew_due()
