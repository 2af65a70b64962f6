"""What the clock does for accounts that are closing."""

from __future__ import annotations

from datetime import timedelta

from console.core.periodic import periodic
from console.privacy import erasing, keeping


@periodic(every=timedelta(minutes=5), title="Erase deleted accounts")
def erase_closed_accounts() -> None:
    """Erases accounts whose fourteen days are over, a slice at a time."""
    erasing.erase_due()


@periodic(every=timedelta(minutes=10), forgets=True, title="Delete old call records")
def prune_call_records() -> None:
    """Deletes call records over their time, in batches; what their months came to stays."""
    keeping.prune()
