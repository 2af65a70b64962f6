"""A Dial while it runs: ring all, connect the first that answers and confirms, tell the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from ... import causes, commands, prompts
from ...base import Activity
from ...prompts import Playlist
from ...values import evolve
from . import confirm, ending, legs, music
from .legs import CONFIRMING, CONNECTED, ENDED, RINGING, Child

if TYPE_CHECKING:
    from ... import events
    from ...document import Document
    from ...events import DocumentRefused, FetchFailed
    from ...state import Timer
    from ...turn import Turn
    from .element import DialElement

RING: Final = "dial_ring"
LIMIT: Final = "dial_limit"
KEPT_KEYS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialling(Activity):
    """`winner` is the connected leg, 0 before; `music` sounds on the call's own leg meanwhile."""

    children: tuple[Child, ...]
    ring_timer: int = 0
    limit_timer: int = 0
    winner: int = 0
    last_cause: int = 0
    music: Playlist | None = None
    music_fetch: int = 0
    a_keys: str = ""
    b_keys: str = ""

    def on_ringing(self, turn: Turn, event: events.LegRinging) -> None:
        """A leg rings for the first time."""
        leg = self.leg(event.child)
        if leg is None or leg.status != legs.DIALLING:
            return
        music.rings(turn, asked(turn), self)
        legs.tell(turn, asked(turn), leg, "DialRing", "ring", status="ringing")
        turn.activity = self.put(evolve(leg, status=RINGING, rang=True))

    def on_answered(self, turn: Turn, event: events.LegAnswered) -> None:
        """A leg was answered: confirm it where asked, else connect it."""
        leg = self.leg(event.child)
        if leg is None or not leg.is_ringing or self.winner:
            return
        element = asked(turn)
        leg = evolve(leg, rang=True, answered=True, status=CONFIRMING)
        legs.tell(turn, element, leg, "DialAnswer", "answer", status="answer")
        if element.confirm_sound:
            confirm.begin(turn, element, self, leg)
        else:
            connect(turn, self.put(leg), leg)

    def on_ended(self, turn: Turn, event: events.LegEnded) -> None:
        """A leg ended by itself."""
        leg = self.leg(event.child)
        if leg is None or leg.status == ENDED:
            return
        default = 4000 if leg.answered else 3000
        known = event.cause in causes.CAUSES and (event.cause or event.source == causes.UNKNOWN)
        code = event.cause if known else default
        source = event.source or (
            causes.CALLEE if code == default == 4000 else causes.cause(code).source
        )
        over = legs.ended(turn, asked(turn), leg, code, source)
        settle(turn, evolve(self.put(over), last_cause=code), leg)

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """Keys of either side: `*`, patterns to report, or the key that confirms."""
        for key in event.digits:
            run = turn.activity
            if not isinstance(run, Dialling):
                return
            if event.child:
                _b_key(turn, run, event.child, key)
            else:
                _a_key(turn, run, key)

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """The ring time, the time limit, a confirmation or a Wait among prompts is over."""
        element = asked(turn)
        if timer.timer_id == self.ring_timer:
            _ring_time_over(turn, element, evolve(self, ring_timer=0))
        elif timer.timer_id == self.limit_timer:
            winner = self.leg(self.winner)
            assert winner is not None
            over = legs.hang_up(turn, element, winner, 6000, causes.PLIVO)
            settle(turn, evolve(self.put(over), limit_timer=0, last_cause=6000), winner)
        elif timer.child:
            confirm.on_timer(turn, element, self, timer)
        elif self.music is not None and prompts.is_timer_of(self.music, timer):
            prompts.stop(turn, self.music)
            turn.activity = evolve(self, music=prompts.advance(turn, self.music))

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """The music or a confirmation sound came to its end."""
        if self.music is not None and event.prompt_id == self.music.now.prompt_id:
            prompts.note_failed_prompt(turn, event)
            turn.activity = evolve(self, music=prompts.advance(turn, self.music))
            return
        confirm.on_prompt(turn, self, event)

    def on_document(self, turn: Turn, fetch_id: int, document: Document) -> None:
        """The music or a confirmation sound arrived."""
        if fetch_id == self.music_fetch:
            turn.activity = music.begin(turn, self, document)
        else:
            confirm.on_document(turn, self, fetch_id, document)

    def on_failure(self, turn: Turn, event: FetchFailed | DocumentRefused) -> None:
        """Music that is missing is ringing instead; a confirmation goes on without its sound."""
        if event.fetch_id == self.music_fetch:
            turn.activity = music.missing(turn, self, event)
        else:
            confirm.on_failure(turn, self, event)

    def bridged(self) -> int:
        """The winner, as long as it is there."""
        leg = self.leg(self.winner)
        return leg.child if leg is not None and leg.status == CONNECTED else 0

    def on_left(self, turn: Turn, child: int) -> None:
        """The connected leg went its own way: the Dial is over."""
        leg = self.leg(child)
        if leg is not None and self.winner == child and leg.status == CONNECTED:
            turn.note("leg_parted", child=child)
            settle(turn, self.put(evolve(leg, status=ENDED, cause=4000)).caused(4000), leg)

    def release(self, turn: Turn, child: int) -> None:
        """The connected leg is not to be hung up with the others."""
        leg = self.leg(child)
        if leg is not None and self.winner == child and leg.status == CONNECTED:
            turn.note("leg_parted", child=child)
            turn.activity = self.put(evolve(leg, status=ENDED, cause=4000))

    def stop(self, turn: Turn) -> None:
        """The caller hung up, or the call goes elsewhere: end every leg, still tell the action."""
        ending.abandon(turn, asked(turn), self)

    def leg(self, child: int) -> Child | None:
        """Return the leg of that number, None when it is not of this Dial."""
        for leg in self.children:
            if leg.child == child:
                return leg
        return None

    def put(self, leg: Child) -> Dialling:
        """Return this run with one leg replaced."""
        children = tuple(leg if one.child == leg.child else one for one in self.children)
        return evolve(self, children=children)

    def caused(self, code: int) -> Dialling:
        """Return this run with the cause its last leg ended with."""
        return evolve(self, last_cause=code)


def asked(turn: Turn) -> DialElement:
    """Return the Dial that is running."""
    return cast("DialElement", turn.element)


def start(turn: Turn, element: DialElement) -> None:
    """Dial every target and wait; ends at once when all are refused."""
    children = tuple(
        legs.dial(turn, element, target, position)
        for position, target in enumerate(element.targets, 1)
    )
    last_cause = children[-1].cause
    run = Dialling(children=children, last_cause=last_cause)
    if all(leg.status == ENDED for leg in children):
        ending.finish(turn, element, run)
        return
    run = evolve(run, ring_timer=turn.arm(RING, element.timeout_seconds))
    turn.activity = music.ask(turn, element, run)


def connect(turn: Turn, run: Dialling, leg: Child) -> None:
    """Connect the winner; the others lost the race (cause 9000)."""
    element = asked(turn)
    run = music.stop(turn, run)
    turn.disarm(run.ring_timer)
    legs.stop(turn, leg)
    winner = evolve(leg, status=CONNECTED, playlist=None, confirm_fetch=0, confirm_timer=0)
    others = tuple(
        winner if one.child == leg.child else legs.hang_up(turn, element, one, 9000, causes.PLIVO)
        for one in run.children
    )
    turn.answer()
    turn.emit(commands.Bridge(leg.child))
    turn.note("legs_connected", child=leg.child, position=leg.position)
    legs.tell(turn, element, winner, "DialConnected", "connected")
    limit_timer = turn.arm(LIMIT, element.time_limit_seconds)
    turn.activity = evolve(
        run, children=others, winner=leg.child, ring_timer=0, limit_timer=limit_timer
    )


def settle(turn: Turn, run: Dialling, leg: Child) -> None:
    """After `leg` ended: the Dial is over with its winner, or when nobody is left."""
    if run.winner == leg.child or all(one.status == ENDED for one in run.children):
        ending.finish(turn, asked(turn), run)
    else:
        turn.activity = run


def _ring_time_over(turn: Turn, element: DialElement, run: Dialling) -> None:
    children = tuple(
        legs.hang_up(turn, element, one, 6010, causes.PLIVO) if one.is_ringing else one
        for one in run.children
    )
    run = evolve(run, children=children, last_cause=6010)
    if all(one.status == ENDED for one in children):
        ending.finish(turn, element, run)
    else:  # somebody answered and is about to confirm
        turn.activity = run


def _a_key(turn: Turn, run: Dialling, key: str) -> None:
    element = asked(turn)
    if key == "*" and element.hangup_on_star:
        turn.note("star_pressed")
        ending.drop(turn, element, run)
        return
    keys = (run.a_keys + key)[-KEPT_KEYS:]
    turn.activity = evolve(run, a_keys=keys)
    winner = run.leg(run.winner)
    if winner is not None:
        _report(turn, element, winner, element.digits_match, keys, "ALeg")


def _b_key(turn: Turn, run: Dialling, child: int, key: str) -> None:
    leg = run.leg(child)
    if leg is None or leg.status == ENDED:
        return
    element = asked(turn)
    if leg.status == CONFIRMING:
        confirm.on_key(turn, element, run, leg, key)
    elif leg.status == CONNECTED:
        keys = (run.b_keys + key)[-KEPT_KEYS:]
        turn.activity = evolve(run, b_keys=keys)
        _report(turn, element, leg, element.digits_match_b_leg, keys, "BLeg")


def _report(
    turn: Turn, element: DialElement, leg: Child, patterns: tuple[str, ...], keys: str, by: str
) -> None:
    for pattern in patterns:
        if keys.endswith(pattern):
            said = (("DialDigitsMatch", pattern), ("DialDigitsPressedBy", by))
            legs.tell(turn, element, leg, "DialDigitsMatch", "digits", *said)
