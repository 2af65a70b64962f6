"""What becomes of a deleted subaccount's applications."""

from __future__ import annotations

from console.accounts.actors import Actor
from console.accounts.models import Subaccount
from console.accounts.services import on_subaccount_delete
from console.applications.models import Application
from console.applications.services import delete_application


@on_subaccount_delete
def leave(*, subaccount: Subaccount, cascade: bool, actor: Actor, ip: str) -> None:
    """Deletes them, or moves them to the main account."""
    theirs = Application.objects.for_account(subaccount.account, subaccount)
    if not cascade:
        # The account keeps its own defaults.
        theirs.update(subaccount=None, default_number_app=False, default_endpoint_app=False)
        return
    for application in theirs.select_related("account"):
        delete_application(application=application, actor=actor, ip=ip)
