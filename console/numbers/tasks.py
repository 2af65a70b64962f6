"""What runs by itself for numbers."""

from __future__ import annotations

from datetime import timedelta

from console.core.periodic import periodic
from console.numbers import renewals


@periodic(every=timedelta(hours=1), title="Renew rented numbers")
def renew_numbers() -> None:
    """Pays the months of rented numbers that begin (BG-11)."""
    renewals.renew_due()
