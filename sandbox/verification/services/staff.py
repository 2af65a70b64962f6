"""What only staff do: let an account verify again (section 2, "staff unlock" and "frozen")."""

from __future__ import annotations

from django.db import transaction

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.accounts.models import Account
from console.core import limits
from sandbox.verification import buckets


def unfreeze(*, account: Account, actor: Actor) -> None:
    """Ends the account's locks and streaks; the counts of its windows stay. Audited."""
    with transaction.atomic():
        limits.unlock(buckets.unconverted(account))
        limits.unlock(buckets.wrong_codes_of_account(account))
        record(action="verification.unfrozen", actor=actor, account=account)
