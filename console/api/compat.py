"""The compatibility report: what a customer's own traffic sent in vain (product.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Max, Sum

from console.accounts.models import Account
from console.api.models import CompatNote, Heeding
from console.core import clock

if TYPE_CHECKING:
    from console.api.call import ApiCall

DAYS: Final = 7
KEPT: Final = timedelta(days=30)
_MOST: Final = 20
_TABLE: Final = CompatNote._meta.db_table


@dataclass(frozen=True, slots=True)
class Unheeded:
    """Something sent in vain: `kind` is `parameter` or `attribute`, `place` where it stood."""

    kind: str
    place: str
    name: str
    heeding: str = Heeding.IGNORED
    why: str = ""


def note_parameters(call: ApiCall) -> None:
    """Counts the request's arguments that had no, or half an, effect (one query each)."""
    found = [
        Unheeded("parameter", call.operation, name, Heeding.PARTLY if why else Heeding.IGNORED, why)
        for name, _, why in call.unheeded[:_MOST]
    ]
    note(account=call.account, found=found, last=str(call.api_id))


def note(*, account: Account, found: Iterable[Unheeded], last: str) -> None:
    """Counts each once more for today; `last` is the api_id or call UUID that shows it.

    One statement each, so that parallel requests lose no count.
    """
    now = clock.now()
    statement = (
        f"INSERT INTO {_TABLE} (account_id, day, kind, place, name, heeding, why, count, last,"  # noqa: S608
        " seen_at) VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s, %s) ON CONFLICT"
        " (account_id, day, kind, place, name) DO UPDATE SET"
        f" count = {_TABLE}.count + 1, last = excluded.last, seen_at = excluded.seen_at,"
        " heeding = excluded.heeding, why = excluded.why"
    )
    day = connection.ops.adapt_datefield_value(now.date())
    moment = connection.ops.adapt_datetimefield_value(now)
    rows = [
        (account.pk, day, one.kind, one.place[:64], one.name[:64], str(one.heeding), one.why[:200])
        for one in found
    ]
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(statement, [*row, last[:36], moment])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: how often in the last seven days, and the newest example."""

    kind: str
    place: str
    name: str
    heeding: str
    why: str
    count: int
    last: str


def report(*, account: Account) -> list[Line]:
    """What the account sent in vain in the last seven days, most often first (two queries)."""
    since = (clock.now() - timedelta(days=DAYS - 1)).date()
    mine = CompatNote.objects.for_account(account).filter(day__gte=since)
    sums = mine.values("kind", "place", "name").annotate(total=Sum("count"), newest=Max("pk"))
    totals = {row["newest"]: row["total"] for row in sums.order_by("-total")[:200]}
    rows = mine.in_bulk(list(totals))
    return [
        Line(one.kind, one.place, one.name, one.get_heeding_display(), one.why, total, one.last)
        for pk, total in totals.items()
        if (one := rows.get(pk)) is not None
    ]


def forget_old() -> int:
    """Deletes what is older than thirty days; gives how many rows."""
    old = CompatNote.objects.unscoped("retention").filter(day__lt=(clock.now() - KEPT).date())
    return old.delete()[0]
