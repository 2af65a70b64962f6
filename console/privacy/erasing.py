"""Erasing what a closed account leaves behind (PRIV-02): in small batches, any of them twice.

What stays: the auth id, so that it is never given again; keyed hashes of limits, so that deleting
is no way round them (OTP-09); and the audit log for its 400 days.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError, Q

from console.accounts.models import (
    Account,
    AccountState,
    MailboxItem,
    MailMessage,
    Membership,
    User,
)
from console.accounts.services import change_state
from console.core import clock
from console.core.models import OutboxRow
from console.exports import files as export_files
from console.exports.models import Export
from console.numbers.models import RentedNumber, StockNumber
from console.privacy.belongings import Belonging, belongings
from console.privacy.models import AccountClosure
from sandbox.recordings import files as recording_files
from sandbox.recordings.models import Recording

BATCH: Final = 500
BATCHES_A_RUN: Final = 40


def erase_due() -> int:
    """Goes on erasing what is due; gives how many accounts are done. Short: forty batches."""
    due = AccountClosure.objects.unscoped("the clock erases what is due, whose it may be").filter(
        erased_at=None, erase_at__lte=clock.now()
    )
    done, left = 0, BATCHES_A_RUN
    for closure in due.select_related("account").order_by("erase_at")[:10]:
        left = _erase(closure, left)
        if left <= 0:
            break
        done += 1
    return done


def _erase(closure: AccountClosure, batches: int) -> int:
    """Gives how many batches are left; 0 or less when it must go on another time."""
    account = closure.account
    if account.state != AccountState.CLOSED:
        change_state(account, AccountState.CLOSED, "system", "fourteen days are over")
    _forget_people(account)
    _give_numbers_back(account)
    while batches > 0 and (
        busy := [one for one in belongings(audit=False) if _batch(account, one)]
    ):
        batches -= len(busy)
    if batches > 0:
        _finish(closure)
    return batches


def _batch(account: Account, one: Belonging) -> bool:
    """Deletes some rows of a table with their files; False when it had none."""
    rows = list(one.rows(account)[:BATCH])
    if not rows:
        return False
    keys = [row.pk for row in rows]
    for row in rows:
        if isinstance(row, Recording):
            recording_files.remove(row)
        elif isinstance(row, Export):
            export_files.remove(row.pk)
    # Where another table of the account's still points here, that one goes first.
    with suppress(ProtectedError):
        one.model._base_manager.filter(pk__in=keys).delete()
    return True


def _forget_people(account: Account) -> None:
    """Members who are in no other account go with their sessions and letters; staff stay."""
    here = Membership.objects.filter(account=account).values("user")
    elsewhere = Membership.objects.exclude(account=account).values("user")
    leaving = User.objects.filter(pk__in=here, is_staff=False).exclude(pk__in=elsewhere)
    for person in leaving:
        with transaction.atomic():
            keys = UserSession.objects.filter(user=person).values_list("session_key", flat=True)
            Session.objects.filter(session_key__in=list(keys)).delete()
            MailMessage.objects.filter(to=person.email).delete()
            MailboxItem.objects.filter(to=person.email).delete()
            person.delete()


def _give_numbers_back(account: Account) -> None:
    mine: Any = RentedNumber._base_manager.filter(account=account, released_at=None)
    with transaction.atomic():
        StockNumber.objects.filter(rentals__in=mine).update(available=True)
        mine.update(released_at=clock.now())


def _finish(closure: AccountClosure) -> None:
    account = closure.account
    named = Q(payload__account=account.pk) | Q(payload__account=account.auth_id)
    with transaction.atomic():
        OutboxRow.objects.filter(named | Q(payload__auth_id=account.auth_id)).delete()
        Account.objects.filter(pk=account.pk).update(
            name="", city="", address="", region_name="", credit=0
        )
        AccountClosure.objects.for_account(account).filter(pk=closure.pk).update(
            erased_at=clock.now()
        )
