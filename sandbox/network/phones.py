"""What can happen at a phone, each as one change of its call's row.

A change is a conditional update: of two people who press Answer one wins, and the other's press is
a friendly no-op. `perform` is the one entry, for fingers, scripts and outcome numbers alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F

from console.core import clock
from sandbox.network.events import Greeting, PhoneEvent, tell
from sandbox.network.models import CallDirection, CallState, HandsetCall

REASON = "a phone acts on the call that rings it"


class Deed(StrEnum):
    """What a phone, or the network for it, does."""

    ANSWER = "answer"
    REJECT = "reject"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAIL = "fail"
    DIGITS = "digits"
    SAY = "say"
    BEEP = "beep"
    HANG_UP = "hangup"


@dataclass(frozen=True, slots=True)
class Action:
    """A deed and its particulars; `action_id` makes a repetition harmless.

    Saying `text` takes `seconds`, in telephone time; 0 is a moment. `greeting` is what a phone that
    answers is going to say, as `events` tells it.
    """

    deed: Deed
    action_id: str
    digits: str = ""
    text: str = ""
    seconds: float = 0
    cause: int | None = None
    greeting: Greeting = ()


_ENDINGS: dict[Deed, tuple[PhoneEvent, str]] = {
    Deed.REJECT: (PhoneEvent.REJECTED, "CALL_REJECTED"),
    Deed.BUSY: (PhoneEvent.BUSY, "USER_BUSY"),
    Deed.NO_ANSWER: (PhoneEvent.NO_ANSWER, "NO_ANSWER"),
    Deed.FAIL: (PhoneEvent.FAILED, "NORMAL_TEMPORARY_FAILURE"),
}


def perform(call: HandsetCall, action: Action) -> bool:
    """Does it and tells the engine, both or neither; False when the call is past that.

    At most five queries. `call` may be stale: the row decides.
    """
    with transaction.atomic():
        match action.deed:
            case Deed.ANSWER:
                return _answer(call, action)
            case Deed.DIGITS:
                return _press(call, action)
            case Deed.SAY:
                return _sound(call, action, PhoneEvent.SAID)
            case Deed.BEEP:
                return _sound(call, action, PhoneEvent.BEEPED)
            case Deed.HANG_UP:
                return _hang_up(call, action)
            case _:
                event, cause = _ENDINGS[action.deed]
                ended = change(call, CallState.RINGING, **ending(cause))
                return ended and tell(call, event, action_id=action.action_id, cause=action.cause)


def change(call: HandsetCall, *states: CallState, **values: Any) -> bool:
    """Changes the row if it is in one of `states` (one query), and says whether it was."""
    found = HandsetCall.objects.unscoped(REASON).filter(pk=call.pk, state__in=states)
    return bool(found.update(version=F("version") + 1, **values))


def ending(cause: str) -> dict[str, Any]:
    """The values of a call that ends now."""
    return {"state": CallState.ENDED, "ended_at": clock.now(), "hangup_cause": cause}


def _answer(call: HandsetCall, action: Action) -> bool:
    if call.direction != CallDirection.INBOUND:
        return False
    if not change(call, CallState.RINGING, state=CallState.UP, answered_at=clock.now()):
        return False
    return tell(call, PhoneEvent.ANSWERED, action_id=action.action_id, greeting=action.greeting)


def _press(call: HandsetCall, action: Action) -> bool:
    # The row is locked before the event is written, so that keys keep their order.
    locked = HandsetCall.objects.unscoped(REASON).select_for_update()
    row = locked.select_related(None).filter(pk=call.pk, state=CallState.UP).first()
    if row is None:
        return False
    if not tell(call, PhoneEvent.DIGITS, action_id=action.action_id, digits=action.digits):
        return False
    return change(call, CallState.UP, digits_sent=(row.digits_sent + action.digits)[-256:])


def _sound(call: HandsetCall, action: Action, event: PhoneEvent) -> bool:
    # As with keys: the row first, so that words keep their order.
    if not change(call, CallState.UP):
        return False
    return tell(call, event, action_id=action.action_id, text=action.text, seconds=action.seconds)


def _hang_up(call: HandsetCall, action: Action) -> bool:
    if change(call, CallState.UP, **ending("NORMAL_CLEARING")):
        return tell(call, PhoneEvent.HUNG_UP, action_id=action.action_id, cause=action.cause)
    if call.direction == CallDirection.INBOUND:
        ended = change(call, CallState.RINGING, **ending("CALL_REJECTED"))
        return ended and tell(call, PhoneEvent.REJECTED, action_id=action.action_id)
    ended = change(call, CallState.RINGING, **ending("ORIGINATOR_CANCEL"))
    return ended and tell(call, PhoneEvent.HUNG_UP, action_id=action.action_id)
