"""The durable engine around the pure flow: one event, one transaction (design.md, The engine).

`apply` locks the call, steps the flow, and writes state, story, outbox rows and what phones notice
together, so a worker killed at any line loses nothing and repeats nothing. An event that comes
twice is refused by its key; one that changes nothing writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction

from console.core import clock
from sandbox.calls import bills, leg_effects, lines, own_side
from sandbox.calls.effects import carry_out
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import events, new_call, step
from sandbox.calls.flow.events import Event
from sandbox.calls.models import Call, CallEvent, Direction, Leg, LegState
from sandbox.calls.work import REASON, Stale, Work, lock

TRIES: Final = 6
_RETRIED: Final = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock
_DOCUMENT: Final = (events.DocumentFetched, events.DocumentRefused, events.FetchFailed)


def apply(
    call_uuid: UUID,
    event: Event,
    *,
    key: str,
    at: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> bool:
    """Applies an event to a living call; False when it changed nothing, or was applied before.

    `key` names the event within its call. `at` is when it happened, now by default. `data` goes
    into the event's line of the story. About six queries, more when a leg begins or ends. Retries
    by itself when another worker was in the way.
    """
    return change(
        call_uuid, lambda work: run(work, event, key=key, data=data or {}), key=key, at=at
    )


def change(
    call_uuid: UUID, do: Callable[[Work], bool], *, key: str = "", at: datetime | None = None
) -> bool:
    """Does something to a living call that is ours meanwhile, in one transaction; gives what `do`
    gave, False when the call is over or `key` was written to its story before.

    `do` ends with `run` or `Work.save`. It may run again, when another worker was in the way.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                call = lock(call_uuid)
                if call is None or call.is_over:
                    return False
                return do(Work(call, at=at or clock.now()))
        except IntegrityError:
            if key and _was_applied(call_uuid, key):
                return False
            raise
        except (Stale, OperationalError) as error:
            if connection.in_atomic_block or attempt == TRIES - 1 or not _passing(error):
                raise
            time.sleep(0.02 * 2**attempt)
    raise AssertionError("the last try returns or raises")


def begin(
    call: Call, leg: Leg, flow_leg: FlowLeg, event: Event, *, notes: list[dict[str, Any]] | None
) -> Work:
    """Writes a new call with its A leg and applies the first event, in the caller's transaction.

    `notes` are lines of the story that come first: `kind` and data.
    """
    call.wake_by = clock.now()
    call.save(force_insert=True)
    leg.call = call
    leg.save(force_insert=True)
    work = Work(call, at=call.started_at)
    work.state = new_call(flow_leg)
    work.has_only(leg)
    for note in notes or []:
        work.note(**note)
    run(work, event, key="begin", data={})
    return work


def run(work: Work, event: Event, *, key: str, data: dict[str, Any]) -> bool:
    """Steps the flow and carries out its commands on a call that is ours; writes all of it.

    What a command is answered at once is applied right after it, in the same transaction.
    """
    if not _advance(work, event, key=key, data=data):
        return False
    while work.at_once:
        answer, its_key = work.at_once.pop(0)
        _advance(work, answer, key=its_key, data={})
    work.save()
    return True


def _advance(work: Work, event: Event, *, key: str, data: dict[str, Any]) -> bool:
    state = work.state
    assert state is not None
    after, out = step(state, event)
    told = isinstance(event, lines.FROM_PHONES) or _take_note(work, event)
    if not out and not told and after.to_json() == state.to_json():
        return False
    kind, shown = lines.kind_of(event), lines.shown(state, event)
    if own_side.is_unheard(work, event):
        shown["unheard"] = True
    work.note(kind, child=getattr(event, "child", 0), key=key, **shown, **data)
    work.state = after
    if told and isinstance(event, events.LegRinging | events.LegAnswered):
        leg_effects.send_digits(work, event.child, rings=isinstance(event, events.LegRinging))
    _show_own_side(work, event, shown, key=key)
    for command in out:
        carry_out(work, command)
    return True


def _show_own_side(work: Work, event: Event, shown: dict[str, Any], *, key: str) -> None:
    """What a phone did comes back on it as the platform took it, and reaches the other end."""
    if isinstance(event, events.SpeechHeard):
        own_side.words(work, shown["text"], child=event.child)
    elif isinstance(event, events.Heard):
        own_side.sound(work, event)
    elif isinstance(event, events.Digits):
        own_side.keys(work, event, shown["digits"])
        if not event.child:
            leg_effects.relay_keys(work, event.digits, action_id=key)


def _was_applied(call_uuid: UUID, key: str) -> bool:
    return CallEvent.objects.filter(call__call_uuid=call_uuid, key=key).exists()


def _take_note(work: Work, event: Event) -> bool:
    """What the engine itself keeps about the event; True when a leg changed by it."""
    match event:
        case events.TimerFired():
            work.reported(f"t{event.timer_id}")
        case events.PromptFinished():
            work.silenced(event.prompt_id)
        case events.LegRinging() | events.LegAnswered() | events.LegEnded():
            return _leg_changed(work, event)
        case _ if isinstance(event, _DOCUMENT):
            work.answered_fetch(event.fetch_id)
    return False


def _leg_changed(
    work: Work, event: events.LegRinging | events.LegAnswered | events.LegEnded
) -> bool:
    leg = work.legs.get(event.child)
    if leg is None or leg.is_over:
        return False
    if isinstance(event, events.LegRinging):
        leg.state = LegState.RINGING
        Leg.objects.filter(pk=leg.pk, state=LegState.DIALLING).update(state=leg.state)
    elif isinstance(event, events.LegAnswered):
        if leg.direction == Direction.INBOUND or leg.answered_at is not None:
            return False
        leg_effects.went_up(work, leg)
    elif not leg.is_a:
        return bills.settle(work, leg, code=event.cause, source=event.source)
    return True


def _passing(error: Exception) -> bool:
    """Whether trying again helps."""
    if isinstance(error, Stale):
        return True
    cause = error.__cause__
    return getattr(cause, "sqlstate", "") in _RETRIED or "locked" in str(error)


def find(call_uuid: UUID) -> Call | None:
    """The call of any account (one query); for the engine's own work."""
    return Call.objects.unscoped(REASON).filter(call_uuid=call_uuid).first()
