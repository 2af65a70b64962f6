"""The worker's side of streams, and what finds those whose worker is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from console.core import clock, door
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from sandbox.calls import engine
from sandbox.calls.flow import events
from sandbox.streams import live, runner, services
from sandbox.streams.models import OPEN, Stream, StreamState

_SILENT: Final = timedelta(seconds=20)
_UNCLAIMED: Final = timedelta(minutes=2)
_KEPT: Final = timedelta(days=90)
_BATCH: Final = 500


@handler(live.RUN)
def run(payload: Payload, row: OutboxRow) -> None:
    """A stream is to be connected; one that was taken up before is left alone."""
    door.leave()
    runner.begin(UUID(payload["stream_id"]))


@handler(live.ENDED)
def ended(payload: Payload, row: OutboxRow) -> None:
    """A stream of a document is over: the call that waits for it goes on."""
    number = payload["number"]
    event = events.StreamEnded(number, payload["reason"])
    engine.apply(UUID(payload["call_uuid"]), event, key=f"stream-{number}")


@periodic(every=timedelta(seconds=10))
def end_lost_streams() -> None:
    """Says of streams whose worker died, or that none took up, that they failed."""
    now = clock.now()
    living = Stream.objects.unscoped("housekeeping").filter(state__in=OPEN)
    silent = living.filter(claimed=True, beat_at__lt=now - _SILENT)
    waiting = living.filter(claimed=False, beat_at__lt=now - _UNCLAIMED)
    for stream in [*silent[:_BATCH], *waiting[:_BATCH]]:
        services.finish(
            stream,
            state=StreamState.FAILED,
            reason="worker_lost",
            sentence="Our worker stopped in the middle of it.",
        )


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old streams")
def prune_streams() -> None:
    """Deletes streams as old as the calls that are kept, in batches."""
    old = Stream.objects.unscoped("retention").filter(
        created_at__lt=clock.now() - _KEPT, ended_at__isnull=False
    )
    some = list(old.values_list("pk", flat=True)[:_BATCH])
    Stream.objects.unscoped("retention").filter(pk__in=some).delete()
