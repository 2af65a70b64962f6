"""What phones do, as events of the flow (sandbox/network/events.py tells what they say)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from console.core import clock
from console.core.outbox import Later
from sandbox.calls import engine
from sandbox.calls.flow import causes, events
from sandbox.calls.models import Leg
from sandbox.network.events import PhoneEvent, opened
from sandbox.network.models import HandsetCall

_ON_ITS_WAY = timedelta(seconds=30)
# Longer than the lease of a row whose worker was killed.
_ANSWER_ON_ITS_WAY = timedelta(seconds=120)
_AFTER_ITS_ANSWER = {PhoneEvent.DIGITS, PhoneEvent.SAID, PhoneEvent.BEEPED, PhoneEvent.HUNG_UP}
_REFUSALS = {
    PhoneEvent.REJECTED: 3020,
    PhoneEvent.BUSY: 3010,
    PhoneEvent.NO_ANSWER: 3000,
    PhoneEvent.FAILED: 3080,
}


def happened(payload: dict[str, Any]) -> bool:
    """Applies what a phone did; False when its leg is unknown, over, or told before.

    Raises Later while the call that the phone has placed may still be on its way to us, and while
    the phone's own answer is: keys or an end that came first would make it a rejected call.
    """
    legs = Leg.objects.filter(call_uuid=UUID(payload["call_uuid"])).select_related("call")
    leg, at = legs.first(), datetime.fromisoformat(payload["at"])
    if leg is None:
        if clock.now() - at < _ON_ITS_WAY:
            raise Later(timedelta(milliseconds=250), "the call has not begun yet")
        return False
    what = PhoneEvent(payload["event"])
    if _overtakes_its_answer(leg, what) and clock.now() - at < _ANSWER_ON_ITS_WAY:
        raise Later(timedelta(milliseconds=250), "the phone's answer has not been told yet")
    event = event_of(leg, what, opened(payload))
    return engine.apply(
        leg.call.call_uuid,
        event,
        key=f"phone-{leg.child}-{payload['action_id']}"[:80],
        at=at,
    )


def _overtakes_its_answer(leg: Leg, what: PhoneEvent) -> bool:
    """Whether the phone was answered before, and a killed worker still holds the row of that."""
    if what not in _AFTER_ITS_ANSWER or leg.answered_at or leg.ended_at:
        return False
    phones = HandsetCall.objects.unscoped("the engine follows a phone of the platform's own call")
    return phones.filter(pk=leg.call_uuid, answered_at__isnull=False).exists()


def event_of(leg: Leg, what: PhoneEvent, payload: dict[str, Any]) -> events.Event:
    """A phone's deed as an event of the flow; `payload` is as sandbox.network.events opens it."""
    if what is PhoneEvent.ANSWERED:
        # A row of an older version, on its way during a deploy, has none.
        greeting = payload.get("greeting", ())
        said = ((float(at), float(long), int(words)) for at, long, words in greeting)
        return events.LegAnswered(leg.child, tuple(said))
    if what is PhoneEvent.DIGITS:
        return events.Digits(payload["digits"], leg.child)
    if what is PhoneEvent.SAID:
        return events.SpeechHeard(payload["text"], leg.child, payload.get("seconds") or 0)
    if what is PhoneEvent.BEEPED:
        return events.Heard("beep", leg.child)
    cause = payload["cause"] or 0
    if what is PhoneEvent.HUNG_UP:
        return _hung_up(leg, cause)
    code = cause or _REFUSALS[what]
    return events.LegEnded(leg.child, code, causes.cause(code).source)


def _hung_up(leg: Leg, cause: int) -> events.LegEnded:
    if cause and cause != 4000:
        return events.LegEnded(leg.child, cause, causes.cause(cause).source)
    if leg.is_a:
        return events.LegEnded(0)  # the flow knows who that is and whether it was answered
    return events.LegEnded(leg.child, 4000 if leg.answered_at else 3020, causes.CALLEE)
