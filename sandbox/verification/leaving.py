"""What becomes of a deleted subaccount's sandbox numbers."""

from __future__ import annotations

from console.accounts.actors import Actor
from console.accounts.models import Subaccount
from console.accounts.services import on_subaccount_delete
from sandbox.fence.models import SandboxNumber


@on_subaccount_delete
def leave(*, subaccount: Subaccount, cascade: bool, actor: Actor, ip: str) -> None:
    """They stay the account's, which they served all along (GATE-07)."""
    theirs = SandboxNumber.objects.for_account(subaccount.account, subaccount)
    theirs.update(subaccount=None)
