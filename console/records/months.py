"""What a month's call records came to: kept when the records go (trust.md section 11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from console.accounts.models import Account
from console.core.money import ZERO
from console.records.models import Cdr, CdrMonth

COLUMNS = ("pk", "ended_at", "direction", "answered_at", "billed_duration", "amount")


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    answered: int = 0
    billed_seconds: int = 0
    amount: Decimal = ZERO


@transaction.atomic
def put_away(*, account_id: int, before: datetime, batch: int) -> int:
    """Deletes the account's oldest records that ended earlier, and adds them to their months.

    Gives how many. The rows are locked first, so that a twin at the same time counts none of them.
    """
    old = Cdr.objects.unscoped("retention").filter(account=account_id, ended_at__lt=before)
    locked = old.order_by("ended_at", "pk").select_for_update(skip_locked=True)
    rows = list(locked.values_list(*COLUMNS)[:batch])
    for (month, direction), one in sorted(_sums(rows).items()):
        key: dict[str, Any] = {"account_id": account_id, "month": month, "direction": direction}
        kept, _ = CdrMonth.objects.unscoped("retention").get_or_create(**key)
        CdrMonth.objects.unscoped("retention").filter(pk=kept.pk).update(
            calls=F("calls") + one.calls,
            answered=F("answered") + one.answered,
            billed_seconds=F("billed_seconds") + one.billed_seconds,
            amount=F("amount") + one.amount,
        )
    Cdr.objects.unscoped("retention").filter(pk__in=[row[0] for row in rows]).delete()
    return len(rows)


def months_of(account: Account) -> list[CdrMonth]:
    """The account's months, newest first: those of the last two years (one query)."""
    return list(CdrMonth.objects.for_account(account).order_by("-month", "direction")[:48])


def _sums(
    rows: Iterable[tuple[int, datetime, str, datetime | None, int, Decimal]],
) -> dict[tuple[date, str], _Sum]:
    sums: dict[tuple[date, str], _Sum] = defaultdict(_Sum)
    for _, ended_at, direction, answered_at, billed, amount in rows:
        one = sums[date(ended_at.year, ended_at.month, 1), direction]
        one.calls += 1
        one.answered += answered_at is not None
        one.billed_seconds += billed
        one.amount += amount
    return sums
