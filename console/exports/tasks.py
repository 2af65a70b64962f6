"""What the worker and the beat do for exports."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.accounts.models import AccountState
from console.core import clock, outbox
from console.core.models import OutboxRow, OutboxState
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from console.exports import files, services, work
from console.exports.models import OPEN, Export, State

_GAVE_UP = "It failed several times in a row. Please start it again."
_ROWS_KEPT = timedelta(days=30)


@handler(services.SLICE)
def write_slice(payload: Payload, row: OutboxRow) -> None:
    """Writes some parts of an export; the last try that fails says so on its page."""
    export_id = UUID(payload["export"])
    try:
        work.carry_on(export_id)
    except outbox.Later:
        raise
    except Exception:
        if row.attempts >= settings.TRUST.outbox_claims:
            work.fail(export_id, _GAVE_UP)
        raise


@periodic(every=timedelta(minutes=5), forgets=True, title="Delete old exports")
def end_exports() -> None:
    """Deletes files whose day is over, those of closed accounts and of nobody, and old rows."""
    now = clock.now()
    rows = Export.objects.unscoped("housekeeping")
    over = rows.filter(state=State.READY, expires_at__lte=now)
    closed = rows.filter(account__state=AccountState.CLOSED).exclude(state=State.EXPIRED)
    for export_id in [*over.values_list("pk", flat=True), *closed.values_list("pk", flat=True)]:
        rows.filter(pk=export_id).update(state=State.EXPIRED)
    rows.filter(created_at__lt=now - _ROWS_KEPT).exclude(state__in=OPEN).delete()
    _delete_what_nobody_wants()


@periodic(every=timedelta(minutes=5), title="Close broken exports")
def fail_dead_exports() -> None:
    """Says of exports whose worker died each time that they failed."""
    waiting = Export.objects.unscoped("housekeeping").filter(state__in=OPEN)
    keys = {f"{services.SLICE}:{pk}": pk for pk in waiting.values_list("pk", flat=True)}
    dead = OutboxRow.objects.filter(dedupe_key__in=list(keys), state=OutboxState.DEAD)
    for key in dead.values_list("dedupe_key", flat=True):
        work.fail(keys[key], _GAVE_UP)


def _delete_what_nobody_wants() -> None:
    there = list(files.kept())
    rows = Export.objects.unscoped("housekeeping").filter(pk__in=there)
    wanted = set(rows.filter(state__in=[*OPEN, State.READY]).values_list("pk", flat=True))
    for export_id in there:
        if export_id not in wanted:
            transaction.on_commit(partial(files.remove, export_id), robust=True)
