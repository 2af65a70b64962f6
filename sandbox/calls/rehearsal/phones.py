"""What phones do in a rehearsal: the same deeds that move handsets and outcome numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from console.core.outcomes import MACHINE_GREETING, CallFate, CallPlan, find_outcome
from sandbox.calls.flow import State
from sandbox.calls.flow.events import Event
from sandbox.calls.flow.rooms import LIVE
from sandbox.calls.flow.verbs.dial.legs import CONFIRMING
from sandbox.calls.flow.verbs.dial.run import Dialling
from sandbox.calls.flow.verbs.get_digits import Collecting
from sandbox.calls.flow.verbs.get_input import Listening
from sandbox.calls.flow.verbs.record import Recording
from sandbox.calls.flow.verbs.room.run import InRoom
from sandbox.calls.models import Leg
from sandbox.calls.phone import event_of
from sandbox.calls.rehearsal.plan import Does, Move, MoveKind, Party
from sandbox.network import fates
from sandbox.network.events import PhoneEvent
from sandbox.network.fates import Timed
from sandbox.network.phones import Action, Deed

_FATES: Final = {
    Does.ANSWERS: (CallFate.ANSWERS, None),
    Does.MACHINE: (CallFate.ANSWERING_MACHINE, None),
    Does.BUSY: (CallFate.BUSY, 3010),
    Does.REJECTS: (CallFate.REJECTS, 3020),
    Does.UNREACHABLE: (CallFate.UNREACHABLE, 2010),
}
_TOLD: Final = {
    Deed.ANSWER: PhoneEvent.ANSWERED,
    Deed.REJECT: PhoneEvent.REJECTED,
    Deed.BUSY: PhoneEvent.BUSY,
    Deed.NO_ANSWER: PhoneEvent.NO_ANSWER,
    Deed.FAIL: PhoneEvent.FAILED,
    Deed.DIGITS: PhoneEvent.DIGITS,
    Deed.SAY: PhoneEvent.SAID,
    Deed.BEEP: PhoneEvent.BEEPED,
    Deed.HANG_UP: PhoneEvent.HUNG_UP,
}


def fate_of(number: str, party: Party) -> CallPlan | None:
    """What a called number does: an outcome number what its table says, others as the party does.

    None for a phone that rings on.
    """
    outcome = find_outcome("+" + "".join(sign for sign in number if sign.isdecimal()))
    if outcome is not None:
        return outcome.call
    known = _FATES.get(party.does)
    if known is None:
        return None
    fate, cause = known
    stays = party.stays if fate in (CallFate.ANSWERS, CallFate.ANSWERING_MACHINE) else None
    says = MACHINE_GREETING if fate is CallFate.ANSWERING_MACHINE else ""
    return CallPlan(fate, party.after, hangup_after=stays, cause=cause, says=says)


def deeds(plan: CallPlan) -> Iterator[Timed]:
    """All that a phone does by itself, in seconds from its first ring."""
    first = fates.on_ring(plan)
    if first is None:
        return
    yield first
    if first.action.deed is Deed.ANSWER:
        for then in fates.after_answer(plan):
            yield Timed(first.after + then.after, then.action)


def action_of(move: Move) -> Action:
    """The deed that a move is."""
    match move.kind:
        case MoveKind.KEYS:
            return Action(Deed.DIGITS, "move", digits=move.text)
        case MoveKind.WORDS:
            return Action(Deed.SAY, "move", text=move.text)
        case MoveKind.HANG_UP:
            return Action(Deed.HANG_UP, "move")


def event_for(leg: Leg, action: Action) -> Event:
    """What the call hears of a deed."""
    payload = {
        "greeting": action.greeting,
        "digits": action.digits,
        "text": action.text,
        "seconds": action.seconds,
        "cause": action.cause,
    }
    return event_of(leg, _TOLD[action.deed], payload)


def listens(state: State, child: int) -> bool:
    """Whether the document waits for what this leg presses or says, with its prompts over."""
    match state.activity:
        case Dialling() as dial:
            leg = dial.leg(child)
            if leg is None:
                return not child and bool(dial.bridged())
            confirms = leg.status == CONFIRMING and leg.playlist is None
            return confirms or dial.bridged() == child
        case Collecting() as run:
            return not child and bool(run.timer_id) and run.playlist is None
        case Listening() as run:
            return not child and bool(run.limit_timer)
        case Recording():
            return not child
        case InRoom() as here:
            return not child and here.phase == LIVE
    return False
