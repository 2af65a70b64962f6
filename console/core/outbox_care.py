"""Looking after the outbox: what waits, what was given up, and another chance for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Count, Min, Q

from console.core import clock, outbox
from console.core.errors import NotFound
from console.core.models import Lease, OutboxRow, OutboxState, Queue

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue now: rows that are due, that wait for their time, under way and given up.

    `oldest` is when the longest overdue row was due (None: nothing is due), `late` how long ago
    that was, in whole seconds.
    """

    name: str
    due: int = 0
    waiting: int = 0
    running: int = 0
    dead: int = 0
    oldest: datetime | None = None
    late: int = 0


def queue_states() -> list[QueueState]:
    """Every queue, in the order of their names in the code (one query)."""
    now = clock.now()
    pending = Q(state=OutboxState.PENDING)
    rows = (
        OutboxRow.objects.exclude(state=OutboxState.DONE)
        .order_by()
        .values("queue")
        .annotate(
            due=Count("pk", filter=pending & Q(next_at__lte=now)),
            waiting=Count("pk", filter=pending & Q(next_at__gt=now)),
            running=Count("pk", filter=Q(state=OutboxState.LEASED)),
            dead=Count("pk", filter=Q(state=OutboxState.DEAD)),
            oldest=Min("next_at", filter=pending & Q(next_at__lte=now)),
        )
    )
    found = {
        str(row["queue"]): QueueState(
            name=row["queue"],
            due=row["due"],
            waiting=row["waiting"],
            running=row["running"],
            dead=row["dead"],
            oldest=row["oldest"],
            late=_seconds(row["oldest"], now),
        )
        for row in rows
    }
    return [found.get(name, QueueState(name)) for name in Queue.values]


def _seconds(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0


def broker_answers() -> bool:
    """Whether the broker takes a connection within a second (no query).

    Without it nothing is lost: the relay runs due rows late, or by itself.
    """
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except Exception:
        return False
    return True


def beat_leads() -> bool:
    """Whether a process runs the periodic jobs and wakes what is due (one query)."""
    return Lease.objects.filter(name="beat", until__gt=clock.now()).exists()


def dead_rows(*, queue: str = "", size: int = PAGE_SIZE) -> list[OutboxRow]:
    """The newest rows that were given up, payloads left out (one query, by `outbox_dead`)."""
    rows = OutboxRow.objects.filter(state=OutboxState.DEAD).defer("payload")
    if queue:
        rows = rows.filter(queue=queue)
    return list(rows.order_by("-created_at", "-pk")[:size])


@transaction.atomic
def revive(row_id: UUID) -> OutboxRow:
    """Gives a dead row its tries back, due now, and wakes a worker after the commit (BG-06).

    Raises NotFound when it is not dead (any more). Two queries.
    """
    now = clock.now()
    dead = OutboxRow.objects.filter(pk=row_id, state=OutboxState.DEAD)
    if not dead.update(
        state=OutboxState.PENDING, attempts=0, next_at=now, lease_until=None, done_at=None
    ):
        raise NotFound("This row is not given up any more.")
    row = OutboxRow.objects.get(pk=row_id)
    outbox.wake(row.pk, queue=row.queue)
    return row
