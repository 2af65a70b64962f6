"""How long an account's call records are kept (trust.md section 11): 90 days, or what it chose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from console.accounts import audit
from console.accounts.models import Account, User
from console.core import clock
from console.core.errors import DomainError
from console.exports.models import OPEN, Export
from console.records.models import Cdr, RecordsKept
from console.records.months import put_away

DAYS, FEWEST, MOST = RecordsKept.USUAL, RecordsKept.FEWEST, RecordsKept.MOST
BATCH: Final = 1000
BATCHES_A_RUN: Final = 20
_EXPORTS_HOLD: Final = timedelta(days=1)


def days_of(account: Account) -> int:
    """For how many days the account keeps call records (one query)."""
    chosen = RecordsKept.objects.for_account(account).values_list("days", flat=True)
    return chosen.first() or DAYS


@transaction.atomic
def keep_for(*, account: Account, days: int, actor: User, ip: str = "") -> None:
    """Sets it; what is older goes within the hour. Raises DomainError outside 7 to 400."""
    if not FEWEST <= days <= MOST:
        raise DomainError(
            f"Choose {FEWEST} to {MOST} days.", code="records_kept_refused", field="days"
        )
    RecordsKept.objects.unscoped("one row an account").update_or_create(
        account=account, defaults={"days": days}
    )
    audit.record(
        action="account.records_kept",
        actor=actor,
        account=account,
        object_type="account",
        object_id=account.auth_id,
        data={"days": days},
        ip=ip,
    )


def prune() -> int:
    """Deletes what is over its time, twenty batches at most; gives how many records."""
    gone, left = 0, BATCHES_A_RUN
    for account_id, before in _due():
        while left and (count := put_away(account_id=account_id, before=before, batch=BATCH)):
            gone, left = gone + count, left - 1
        if not left:
            break
    return gone


def _due() -> Iterator[tuple[int, datetime]]:
    """Accounts with records over their time, by id; not those that an export is reading (CSV-03).

    An export that waits for disk space holds them for a day at most.
    """
    now = clock.now()
    reading = Export.objects.unscoped("retention").filter(
        state__in=OPEN, created_at__gt=now - _EXPORTS_HOLD
    )
    others = RecordsKept.objects.unscoped("retention").exclude(days=DAYS)
    chosen = dict(others.values_list("account", "days"))
    for days in sorted({DAYS, *chosen.values()}):
        before = now - timedelta(days=days)
        theirs = [pk for pk, wish in chosen.items() if wish == days]
        old = Cdr.objects.unscoped("retention").filter(account=OuterRef("pk"), ended_at__lt=before)
        whose = Account.objects.exclude(pk__in=reading.values("account")).filter(Exists(old))
        whose = whose.exclude(pk__in=chosen) if days == DAYS else whose.filter(pk__in=theirs)
        for account_id in whose.order_by("pk").values_list("pk", flat=True):
            yield account_id, before
