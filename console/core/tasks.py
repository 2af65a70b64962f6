"""The one task: carry out an outbox row; and what runs periodically for the outbox itself."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

from celery import Task, shared_task

from console.core import clock, door, limits, outbox
from console.core.models import OutboxRow, OutboxState, Queue
from console.core.periodic import periodic


@shared_task(name=outbox.RUN_TASK, bind=True)
def run_outbox_row(self: Task[[str], None], row_id: str) -> None:
    """Claims and runs the row; a second delivery claims nothing and returns (BG-02)."""
    where = self.request.delivery_info or {}
    waits = where.get("routing_key") == Queue.WEBHOOKS
    with door.passed() if waits else nullcontext():
        outbox.run(UUID(row_id))


@periodic(every=timedelta(minutes=10), forgets=True, title="Tidy the outbox")
def prune_outbox() -> None:
    """Deletes work that was done a day ago, in batches; what was given up stays for staff."""
    day_ago = clock.now() - timedelta(days=1)
    done = OutboxRow.objects.filter(state=OutboxState.DONE, done_at__lt=day_ago)
    OutboxRow.objects.filter(pk__in=list(done.values_list("pk", flat=True)[:5000])).delete()


@periodic(every=timedelta(minutes=10), forgets=True, title="Tidy the rate limits")
def prune_limits() -> None:
    """Deletes what no limit counts any more."""
    limits.prune()
