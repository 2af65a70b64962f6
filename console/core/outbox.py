"""The outbox: what must happen is a row, written with its cause; the broker only wakes (law 1).

`enqueue` writes the row inside the caller's transaction and wakes a worker after the commit.
`run` claims a row by conditional update, so that a second delivery finds nothing to do (BG-02).
Handlers may run twice: a worker may die between a handler's effect and the row's completion. One
that must have its effect exactly once calls `complete(row)` inside its own transaction.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from console.core import clock
from console.core.logs import scrub
from console.core.models import OutboxRow, OutboxState, Queue

log = structlog.get_logger(__name__)
Payload = dict[str, Any]
Handler = Callable[[Payload, OutboxRow], None]
HANDLERS: dict[str, Handler] = {}
RUN_TASK = "console.core.tasks.run_outbox_row"

# Celery keeps waits of up to this long itself; longer ones stay in `next_at` (BG-07).
LONGEST_COUNTDOWN = timedelta(seconds=30)
WOKEN_AT_ONCE = 100
_BACKOFF = (1, 5, 15, 60, 120)


class Later(Exception):
    """Raised by a handler: not yet; run again after `delay`. Does not count as a failure."""

    def __init__(self, delay: timedelta, reason: str = "") -> None:
        super().__init__(reason)
        self.delay = delay


class GiveUp(Exception):
    """Raised by a handler: this row can never succeed; it is dead at once."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Registers the function that carries out rows of `kind`."""

    def register(function: Handler) -> Handler:
        if HANDLERS.setdefault(kind, function) is not function:
            raise RuntimeError(f"two handlers for {kind}")
        return function

    return register


def enqueue(
    *,
    kind: str,
    queue: Queue,
    payload: Payload,
    dedupe_key: str = "",
    delay: timedelta = timedelta(0),
) -> OutboxRow | None:
    """Writes a row (one query) and wakes a worker after the commit.

    Gives None when a row with the same `dedupe_key` is there already. `payload` is JSON without
    secrets. Must be called inside the transaction that holds the cause.
    """
    row = OutboxRow(kind=kind, queue=queue, payload=payload, next_at=clock.now() + delay)
    row.dedupe_key = dedupe_key or str(row.id)
    if dedupe_key:
        made = OutboxRow.objects.bulk_create([row], ignore_conflicts=True)
        if not made or not OutboxRow.objects.filter(pk=row.pk).exists():
            return None
    else:
        row.save(force_insert=True)
    wake(row.id, queue=queue, delay=delay)
    return row


def enqueue_many(rows: list[OutboxRow]) -> None:
    """Writes rows whose dedupe keys are fresh (one query) and wakes workers after the commit.

    Of very many rows the first hundred are published; the relay brings the others while the workers
    are busy with those, so that whoever asked need not wait for a thousand answers of the broker.
    """
    for row in rows:
        row.dedupe_key = row.dedupe_key or str(row.id)
    OutboxRow.objects.bulk_create(rows, batch_size=500)
    for row in rows[:WOKEN_AT_ONCE]:
        wake(row.id, queue=row.queue, delay=row.next_at - clock.now())


def wake(row_id: UUID, *, queue: str, delay: timedelta = timedelta(0)) -> None:
    """Publishes the row's id after the commit; a broker that is gone only delays it (BG-03)."""
    if delay <= LONGEST_COUNTDOWN:
        transaction.on_commit(lambda: publish(row_id, queue=queue, delay=delay))


def publish(row_id: UUID, *, queue: str, delay: timedelta = timedelta(0)) -> bool:
    """Tells the broker at once; False when it does not answer, which is logged, not raised."""
    try:
        current_app.send_task(
            RUN_TASK,
            args=[str(row_id)],
            queue=queue,
            countdown=max(0.0, delay.total_seconds()) or None,
            retry=False,
            ignore_result=True,
        )
    except Exception as error:
        log.warning("broker_unreachable", outbox_row=str(row_id), error=type(error).__name__)
        return False
    return True


def run(row_id: UUID) -> bool:
    """Claims the row and carries it out; False when there was nothing to claim."""
    row = _claim(row_id)
    if row is None:
        return False
    # The attempt is written before running, so that a row which kills its worker counts (BG-06).
    if row.attempts > settings.TRUST.outbox_claims:
        _finish(row, state=OutboxState.DEAD, error=row.last_error or "its worker died each time")
        return True
    try:
        HANDLERS[row.kind](row.payload, row)
    except Later as later:
        _again(row, delay=later.delay, error=str(later), attempts=row.attempts - 1)
    except GiveUp as error:
        _finish(row, state=OutboxState.DEAD, error=str(error))
    except Exception as error:
        log.exception("outbox_handler_failed", kind=row.kind, outbox_row=str(row.id))
        _failed(row, error)
    else:
        complete(row)
    return True


def complete(row: OutboxRow) -> bool:
    """Marks the row done (one query); False when another worker took it over or it is done."""
    now = clock.now()
    return bool(
        OutboxRow.objects.filter(
            pk=row.pk, state=OutboxState.LEASED, lease_until=row.lease_until
        ).update(state=OutboxState.DONE, done_at=now, lease_until=None)
    )


def _claim(row_id: UUID) -> OutboxRow | None:
    now = clock.now()
    lease = now + timedelta(seconds=settings.TRUST.outbox_lease)
    free = Q(state=OutboxState.PENDING, next_at__lte=now + timedelta(milliseconds=20))
    dead_lease = Q(state=OutboxState.LEASED, lease_until__lt=now)
    claimed = OutboxRow.objects.filter(free | dead_lease, pk=row_id).update(
        state=OutboxState.LEASED, attempts=F("attempts") + 1, lease_until=lease
    )
    return OutboxRow.objects.get(pk=row_id) if claimed else None


def _failed(row: OutboxRow, error: Exception) -> None:
    told = scrub("".join(traceback.format_exception(error))[-4000:], codes=True)
    if row.attempts >= settings.TRUST.outbox_claims:
        _finish(row, state=OutboxState.DEAD, error=told)
    else:
        seconds = _BACKOFF[min(row.attempts, len(_BACKOFF)) - 1]
        _again(row, delay=timedelta(seconds=seconds), error=told, attempts=row.attempts)


def _again(row: OutboxRow, *, delay: timedelta, error: str, attempts: int) -> None:
    with transaction.atomic():
        kept = OutboxRow.objects.filter(
            pk=row.pk, state=OutboxState.LEASED, lease_until=row.lease_until
        ).update(
            state=OutboxState.PENDING,
            next_at=clock.now() + delay,
            lease_until=None,
            attempts=max(0, attempts),
            last_error=error,
        )
        if kept:
            wake(row.pk, queue=row.queue, delay=delay)


def _finish(row: OutboxRow, *, state: OutboxState, error: str) -> None:
    OutboxRow.objects.filter(
        pk=row.pk, state=OutboxState.LEASED, lease_until=row.lease_until
    ).update(state=state, done_at=clock.now(), lease_until=None, last_error=error)
    log.error("outbox_row_dead", kind=row.kind, outbox_row=str(row.pk))


def due_rows(*, overdue_by: timedelta, limit: int = 500) -> Iterator[tuple[UUID, str]]:
    """Ids and queues of pending rows that nobody woke, and of leases that ran out (six queries).

    The `limit` is each queue's own: a crowd in one hides no row of another.
    """
    now: datetime = clock.now()
    pending = OutboxRow.objects.filter(state=OutboxState.PENDING, next_at__lte=now - overdue_by)
    for queue in Queue.values:
        late = pending.filter(queue=queue).order_by("next_at")
        yield from late.values_list("id", "queue")[:limit]
    lost = OutboxRow.objects.filter(state=OutboxState.LEASED, lease_until__lt=now)
    yield from lost.values_list("id", "queue")[:limit]
