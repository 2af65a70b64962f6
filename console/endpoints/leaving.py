"""What becomes of a deleted subaccount's endpoints."""

from __future__ import annotations

from console.accounts.actors import Actor
from console.accounts.models import Subaccount
from console.accounts.services import on_subaccount_delete
from console.endpoints.models import Endpoint
from console.endpoints.services import delete_endpoint


@on_subaccount_delete
def leave(*, subaccount: Subaccount, cascade: bool, actor: Actor, ip: str) -> None:
    """Deletes them, or moves them to the main account."""
    theirs = Endpoint.objects.for_account(subaccount.account, subaccount)
    if not cascade:
        theirs.update(subaccount=None)
        return
    for endpoint in theirs.select_related("account"):
        delete_endpoint(endpoint=endpoint, actor=actor, ip=ip)
