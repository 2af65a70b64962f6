"""One event in, the next state and the commands out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from . import causes, commands, events, rooms, voices
from .detection import REASONS, machine
from .errors import FlowXmlError
from .events import Event
from .fetching import fetch_document
from .own import answer_with_own, run_own
from .parse import parse_text
from .state import ENDED, NEW, State
from .turn import RING, SCHEDULED_HANGUP, TIME_LIMIT, Turn
from .verbs.get_digits import GetDigitsElement
from .verbs.get_input import GetInputElement

KEYS: Final = frozenset("0123456789*#")
HANGUP_ON_RING: Final = "hangup_on_ring"
MACHINE: Final = "machine"
_MACHINES: Final = {f"{MACHINE}_{why}": why for why in REASONS}
LONGEST_SAID: Final = 1000

Step = tuple[State, tuple[commands.Command, ...]]


def step(state: State, event: Event) -> Step:
    """Return the state after `event` and what is to be done, in order.

    Pure and total: the same pair gives the same answer, any event may come in any state, late and
    doubled ones change nothing, and after the end (`HangUp`) nothing happens any more. Whatever
    the event, a call that ends has hung up every leg it dialled.
    """
    if state.phase == ENDED:
        return state, ()
    turn = Turn(state)
    _HANDLERS[type(event)](turn, event)
    turn.settle()
    return turn.freeze(), tuple(turn.out)


def bridged_child(state: State) -> int:
    """Return the dialled leg that the call's own leg talks with now; 0 for none."""
    return state.activity.bridged() if state.activity is not None else 0


def hides_digits(state: State) -> bool:
    """Whether keys pressed or words said now must not be shown or logged (`log="false"`)."""
    element = Turn(state).element
    return isinstance(element, GetDigitsElement | GetInputElement) and not element.log


def _incoming(turn: Turn, _event: events.IncomingCall) -> None:
    if turn.began():
        turn.limit_time()  # also before the answer: a PreAnswer must not ring for ever
        _ask_answer_url(turn)


def _outgoing(turn: Turn, _event: events.OutgoingCall) -> None:
    if turn.began():
        turn.arm(RING, turn.leg.ring_timeout_seconds)
        turn.emit(commands.CallOut(turn.leg.ring_timeout_seconds))


def _ringing(turn: Turn, event: events.LegRinging) -> None:
    if event.child:
        if turn.activity is not None:
            turn.activity.on_ringing(turn, event)
        return
    if turn.leg.direction != causes.OUTBOUND or turn.answered or turn.rang:
        return
    turn.rang = True
    turn.note("phone_rings")
    if turn.leg.ring_url:
        turn.notify("ring", turn.leg.ring_url, turn.leg.ring_method, event="Ring")
    if turn.leg.hangup_on_ring_seconds > 0:
        turn.arm(HANGUP_ON_RING, turn.leg.hangup_on_ring_seconds)
    elif turn.leg.hangup_on_ring_seconds == 0:
        turn.end(6000)


def _answered(turn: Turn, event: events.LegAnswered) -> None:
    if event.child:
        if turn.activity is not None:
            turn.activity.on_answered(turn, event)
        return
    if turn.leg.direction == causes.OUTBOUND and turn.phase != NEW and not turn.answered:
        turn.disarm_all(HANGUP_ON_RING)
        turn.went_live()
        if turn.leg.machine and (found := machine(event.greeting, turn.leg.detection)):
            turn.arm(f"{MACHINE}_{found.why}", found.after)
        _ask_answer_url(turn)


def _machine_found(turn: Turn, why: str) -> None:
    """It is an answering machine: tell about it, and hang up where that was asked for."""
    leg = turn.leg
    turn.note("machine_detected", action=leg.machine, because=why)
    if leg.machine_url:
        said = (("Machine", "true"), ("IfMachine", leg.machine))
        turn.notify(
            "machine", leg.machine_url, leg.machine_method, event="MachineDetection", extra=said
        )
    if leg.machine == "hangup":
        turn.end(9100)


def _ask_answer_url(turn: Turn) -> None:
    if turn.leg.document:
        answer_with_own(turn)
        return
    fetch_document(turn, "answer", turn.leg.answer_url, turn.leg.answer_method)


def _ended(turn: Turn, event: events.LegEnded) -> None:
    if event.child:
        if turn.activity is not None:
            turn.activity.on_ended(turn, event)
        return
    code = event.cause if event.cause in causes.CAUSES else 0
    source = event.source
    if not code and source != causes.UNKNOWN:
        source = source or turn.far_end
        if turn.answered:
            code = 4000
        else:
            code = 1000 if turn.leg.direction == causes.INBOUND else 3000
    turn.end(code, source, drop_line=False)


def _digits(turn: Turn, event: events.Digits) -> None:
    digits = "".join(key for key in event.digits if key in KEYS)
    if digits and turn.activity is not None:
        clean = event if digits == event.digits else events.Digits(digits, event.child)
        turn.activity.on_digits(turn, clean)


def _heard(turn: Turn, event: events.Heard) -> None:
    if turn.activity is not None:
        turn.activity.on_heard(turn, event)


def _speech(turn: Turn, event: events.SpeechHeard) -> None:
    text = " ".join(event.text.split())[:LONGEST_SAID]
    if not text:
        return
    seconds = min(max(event.seconds, 0), voices.LONGEST_VOICE)
    if turn.answered:
        voices.lasts(turn, event.child, seconds)
    if turn.activity is None:
        return
    # Whatever was said, a voice was heard: a Wait for silence begins anew.
    turn.activity.on_heard(turn, events.Heard("voice", event.child))
    if turn.activity is not None:
        turn.activity.on_speech(turn, events.SpeechHeard(text, event.child, seconds))


def _stream(turn: Turn, event: events.StreamEnded) -> None:
    if turn.activity is not None and event.stream_id:
        turn.activity.on_stream(turn, event)


def _prompt(turn: Turn, event: events.PromptFinished) -> None:
    if turn.activity is not None and event.prompt_id:
        turn.activity.on_prompt(turn, event)


def _timer(turn: Turn, event: events.TimerFired) -> None:
    timer = turn.take_timer(event.timer_id)
    if timer is None:
        return
    if timer.purpose in (TIME_LIMIT, SCHEDULED_HANGUP, HANGUP_ON_RING):
        turn.end(6000)
    elif timer.purpose == RING:
        turn.end(6010)
    elif timer.purpose in _MACHINES:
        _machine_found(turn, _MACHINES[timer.purpose])
    elif timer.purpose == voices.TALKING:
        _heard(turn, events.Heard("silence", timer.child))
    elif turn.activity is not None:
        turn.activity.on_timer(turn, timer)


def _fetched(turn: Turn, event: events.DocumentFetched) -> None:
    activity = turn.activity
    if activity is None or not event.fetch_id:
        return
    try:
        document = parse_text(event.body)
    except FlowXmlError as error:
        activity.on_failure(turn, events.refused(event.fetch_id, error))
    else:
        activity.on_document(turn, event.fetch_id, document)


def _not_fetched(turn: Turn, event: events.FetchFailed | events.DocumentRefused) -> None:
    if turn.activity is not None and event.fetch_id:
        turn.activity.on_failure(turn, event)


def _hangup_asked(turn: Turn, event: events.HangupAsked) -> None:
    code = event.cause if event.cause in causes.CAUSES else 0
    if code:
        turn.end(code, event.source)
    else:
        turn.end(4000 if turn.answered else 1000, event.source or causes.API_REQUEST)


def _transfer_asked(turn: Turn, event: events.TransferAsked) -> None:
    if turn.phase == NEW or not turn.answered:
        return
    if event.spare and turn.activity is not None:
        turn.activity.release(turn, event.spare)
    fetch_document(turn, "transfer", event.url, event.method.upper())


def _document_given(turn: Turn, event: events.DocumentGiven) -> None:
    if turn.phase != NEW and turn.answered:
        run_own(turn, event.document)


def _room(turn: Turn, event: rooms.RoomView) -> None:
    if turn.activity is not None:
        turn.activity.on_room(turn, event)


def _room_sound(turn: Turn, event: rooms.RoomHeard) -> None:
    if turn.activity is None:
        return
    try:
        document = parse_text(event.document) if event.document else None
    except FlowXmlError:
        document = None
    turn.activity.on_room_sound(turn, event, document)


def _leg_left(turn: Turn, event: events.LegLeft) -> None:
    if turn.activity is not None:
        turn.activity.on_left(turn, event.child)


def _leg_taken(turn: Turn, event: events.LegTaken) -> None:
    if turn.began():
        turn.went_live()
        fetch_document(turn, "transfer", event.url, event.method.upper())


_HANDLERS: Final[dict[type[Event], Callable[[Turn, Any], None]]] = {
    events.IncomingCall: _incoming,
    events.OutgoingCall: _outgoing,
    events.LegRinging: _ringing,
    events.LegAnswered: _answered,
    events.LegEnded: _ended,
    events.Digits: _digits,
    events.Heard: _heard,
    events.SpeechHeard: _speech,
    events.StreamEnded: _stream,
    events.PromptFinished: _prompt,
    events.TimerFired: _timer,
    events.DocumentFetched: _fetched,
    events.DocumentRefused: _not_fetched,
    events.FetchFailed: _not_fetched,
    events.HangupAsked: _hangup_asked,
    events.TransferAsked: _transfer_asked,
    events.DocumentGiven: _document_given,
    rooms.RoomView: _room,
    rooms.RoomHeard: _room_sound,
    events.LegLeft: _leg_left,
    events.LegTaken: _leg_taken,
}
