"""The outbox carried out in this process, in order of time, with a clock that is moved forward."""

from __future__ import annotations

from datetime import timedelta

from console.core import clock, outbox
from console.core.models import OutboxRow, OutboxState

MOST_ROWS = 2000


def drain(still: clock.FrozenClock, *, seconds: float = 0, leave: tuple[str, ...] = ()) -> int:
    """Carries out all that is due now and within `seconds`; gives how many rows were run.

    A handler that fails is an error of the test. Rows of the kinds in `leave` stay.
    """
    until = still.moment + timedelta(seconds=seconds)
    ran = 0
    while row := _next(until, leave):
        still.moment = max(still.moment, row.next_at)
        outbox.run(row.pk)
        ran += 1
        row.refresh_from_db()
        assert row.state != OutboxState.DEAD, f"{row.kind}: {row.last_error}"
        assert not row.last_error.startswith("Traceback"), f"{row.kind}: {row.last_error}"
        assert ran < MOST_ROWS, "the outbox does not come to rest"
    still.moment = until
    return ran


def _next(until, leave: tuple[str, ...]) -> OutboxRow | None:
    waiting = OutboxRow.objects.filter(state=OutboxState.PENDING, next_at__lte=until)
    return waiting.exclude(kind__in=leave).order_by("next_at", "pk").first()
