"""What finds calls that nothing would wake, and calls that may not go on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import OperationalError, transaction

from console.accounts.models import AccountState
from console.core import clock
from console.core.models import OutboxRow, OutboxState
from console.core.periodic import periodic
from sandbox.calls import bills, effects, engine, internal_documents
from sandbox.calls.flow import events
from sandbox.calls.flow.causes import ERROR, PLIVO
from sandbox.calls.models import Call, CallEvent, CallPhase
from sandbox.calls.params import telephone_cause
from sandbox.calls.work import GRACE, REASON, Stale, Work, lock
from sandbox.network.driver import driver_for

log = structlog.get_logger(__name__)
_AT_ONCE = 200
_STOPPED = [AccountState.SUSPENDED, AccountState.CLOSING, AccountState.CLOSED]
INTERNAL_ERROR = 5010
FORBIDDEN = 3040
_KEPT = timedelta(days=90)
_USEFUL = timedelta(seconds=settings.TRUST.call_useful_life)
_BODIES_KEPT = timedelta(days=7)
_BODIES = frozenset({"body", "params"})
_WITH_BODIES = ("document_fetched", "document_refused", "fetch_failed")


@periodic(every=timedelta(seconds=15))
def take_up_lost_calls() -> None:
    """Goes on with calls for which something was due and never came."""
    overdue = Call.objects.unscoped(REASON).exclude(phase=CallPhase.ENDED)
    late = overdue.filter(wake_by__lt=clock.now()).order_by("wake_by")
    for call_uuid in late.values_list("call_uuid", flat=True)[:_AT_ONCE]:
        log.warning("call_overdue", call=str(call_uuid))
        rescue(call_uuid)


@periodic(every=timedelta(seconds=10))
def end_calls_of_closed_accounts() -> None:
    """Hangs up the calls of suspended accounts within half a minute (GATE-09)."""
    living = Call.objects.unscoped(REASON).exclude(phase=CallPhase.ENDED)
    stopped = living.filter(account__state__in=_STOPPED)
    for call_uuid in stopped.values_list("call_uuid", flat=True)[:_AT_ONCE]:
        try:
            engine.apply(call_uuid, events.HangupAsked(FORBIDDEN, PLIVO), key="account-stopped")
        except Exception:
            log.exception("call_not_stopped", call=str(call_uuid))  # the others still are


@periodic(every=timedelta(minutes=10), forgets=True, title="Trim call stories")
def trim_stories() -> None:
    """Deletes what your customers' servers were sent and answered a week ago (trust.md section 11).

    200 calls at a time; the lines stay, without parameters and bodies.
    """
    old = Call.objects.unscoped("retention").filter(
        trimmed=False, phase=CallPhase.ENDED, started_at__lt=clock.now() - _BODIES_KEPT
    )
    calls = list(old.order_by("started_at").values_list("pk", flat=True)[:200])
    lines = list(CallEvent.objects.filter(call__in=calls, kind__in=_WITH_BODIES))
    for line in lines:
        line.data = {name: one for name, one in line.data.items() if name not in _BODIES}
    with transaction.atomic():
        CallEvent.objects.bulk_update(lines, ["data"], batch_size=200)
        Call.objects.unscoped("retention").filter(pk__in=calls).update(trimmed=True)


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old calls")
def prune_calls() -> None:
    """Deletes calls as old as the records that are kept (trust.md section 11), in batches."""
    old = Call.objects.unscoped("retention").filter(started_at__lt=clock.now() - _KEPT)
    ended = old.filter(phase=CallPhase.ENDED).values_list("pk", flat=True)[:500]
    Call.objects.unscoped("retention").filter(pk__in=list(ended)).delete()


def rescue(call_uuid: UUID) -> None:
    """Answers a call's open requests with a failure; one that waits for less is ended (5010).

    A call whose outbox row still waits, because the broker or the workers are gone, is left in
    peace for as long as a call is of use (BG-05): somebody will wake it.
    """
    try:
        with transaction.atomic():
            _rescue(call_uuid)
    except (Stale, OperationalError):
        log.warning("call_busy", call=str(call_uuid))  # somebody works on it: so it is not lost
    except Exception:
        log.exception("call_beyond_rescue", call=str(call_uuid))
        end_by_force(call_uuid)


def _rescue(call_uuid: UUID) -> None:
    now = clock.now()
    call = lock(call_uuid)
    if call is None or call.wake_by is None or call.wake_by >= now:
        return
    work = Work(call, at=now)
    if now - call.wake_by < _USEFUL and _is_planned(work):
        return
    late = (now - GRACE).isoformat()
    lost: list[tuple[str, events.Event]] = [
        *((f"f{one}", events.FetchFailed(int(one), "timeout")) for one in work.fetches),
        *((f"a{one}", events.PromptFinished(int(one), "timeout")) for one in work.audio),
    ]
    lost = [(name, event) for name, event in lost if work.due.get(name, "") < late]
    for name, event in lost:
        engine.apply(call_uuid, event, key=f"lost-{name}")
    if not lost:
        engine.apply(call_uuid, events.HangupAsked(INTERNAL_ERROR, ERROR), key="rescue")


def _is_planned(work: Work) -> bool:
    """Whether a row of the outbox still waits to do what is overdue (one query)."""
    late = (work.now - GRACE).isoformat()
    keys = [work.key_of(name) for name, due in work.due.items() if due < late]
    waiting = [OutboxState.PENDING, OutboxState.LEASED]
    return OutboxRow.objects.filter(dedupe_key__in=keys, state__in=waiting).exists()


def end_by_force(call_uuid: UUID) -> None:
    """Ends a call whose state cannot be worked with any more: every leg gets its record."""
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.is_over:
            return
        call.flow, call.sealed = {}, None
        work = Work(call, at=clock.now())
        for leg in work.legs.values():
            if bills.settle(work, leg, code=INTERNAL_ERROR, source=ERROR):
                cause = telephone_cause(INTERNAL_ERROR)
                driver_for(leg.to_number).hang_up(call_uuid=leg.call_uuid, cause=cause)
        if call.platform:
            answered = work.leg.answered_at is not None
            internal_documents.tell_ended(
                call.document_key, call.ref, answered=answered, cause=INTERNAL_ERROR
            )
        effects.call_over(work)
        work.end()
        work.note("hung_up", key="force", cause=INTERNAL_ERROR, name="Internal Error", source=ERROR)
        work.save()
