"""What becomes of a deleted subaccount's DIDs."""

from __future__ import annotations

from console.accounts.actors import Actor
from console.accounts.models import Subaccount
from console.accounts.services import on_subaccount_delete
from console.numbers.models import RentedNumber
from console.numbers.services import release_number


@on_subaccount_delete
def leave(*, subaccount: Subaccount, cascade: bool, actor: Actor, ip: str) -> None:
    """Releases them, or moves them to the main account."""
    theirs = RentedNumber.objects.for_account(subaccount.account, subaccount).living()
    if not cascade:
        theirs.update(subaccount=None)
        return
    for rented in theirs.select_related("account"):
        release_number(rented=rented, actor=actor, ip=ip)
