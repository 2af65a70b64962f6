"""How many numbers an account may hold, and how many accounts a number (NUM-10)."""

from __future__ import annotations

from console.accounts.models import Account
from console.core import clock
from console.core.errors import LimitReached
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.fence.policy import current_policy


def require_room(account: Account, *, but: SandboxNumber | None = None) -> None:
    """Raises LimitReached when a trial holds all the numbers it may (two queries).

    Call it while `buckets.allowance` is locked. `but` is a number that it holds already.
    """
    if not account.on_trial:
        return
    limit = current_policy().verified_numbers
    held = SandboxNumber.objects.for_account(account).counted(at=clock.now())
    if but is not None:
        held = held.exclude(pk=but.pk)
    if held.count() >= limit:
        raise LimitReached(
            f"A trial account has {limit} sandbox numbers. Remove one first.", field="number"
        )


def held_elsewhere(account: Account, e164: str) -> bool:
    """Whether as many other accounts as may have proved this number already (two queries)."""
    limit = current_policy().accounts_per_number
    proved = SandboxNumber.objects.unscoped("how many accounts hold a number").filter(
        e164=e164, state=NumberState.VERIFIED, expires_at__gt=clock.now()
    )
    return proved.exclude(account=account).values("account").distinct().count() >= limit
