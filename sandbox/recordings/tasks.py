"""The worker's side of recordings, and what goes by itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.core import clock
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from sandbox.recordings import files, live, making, services
from sandbox.recordings.models import Recording, RecordingState

_SURELY_FAILED: Final = timedelta(hours=1)
_BATCH: Final = 500


@handler(live.MAKE)
def make(payload: Payload, row: OutboxRow) -> None:
    """A recording is over: its file is made."""
    making.make(UUID(payload["recording_id"]))


@handler(live.LIMIT)
def limit(payload: Payload, row: OutboxRow) -> None:
    """A recording is as long as it may get."""
    services.end_by_limit(UUID(payload["recording_id"]))


@periodic(every=timedelta(minutes=10), title="Give up lost recordings")
def give_up_unmade() -> None:
    """Says of recordings whose file could not be made in an hour that they failed."""
    late = Recording.objects.unscoped("housekeeping").filter(
        state=RecordingState.PROCESSING, ended_at__lt=clock.now() - _SURELY_FAILED
    )
    late.update(state=RecordingState.FAILED)


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old recordings")
def prune_recordings() -> None:
    """Deletes recordings whose time is over, row first, so that no row lacks its file."""
    before = clock.now() - timedelta(days=settings.RECORDING_DAYS)
    old = Recording.objects.unscoped("retention").filter(created_at__lt=before)
    some = list(old.order_by("created_at")[:_BATCH])
    Recording.objects.unscoped("retention").filter(pk__in=[one.pk for one in some]).delete()
    for one in some:
        transaction.on_commit(partial(files.remove, one), robust=True)
