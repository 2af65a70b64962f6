"""Confirmation of a dialled leg: a sound, and a key that must follow (cause 9110)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import causes, prompts
from ...fetching import fetch_aside, note_failure
from ...prompts import sounds_of
from ...values import evolve
from . import legs
from . import run as running
from .legs import CONFIRMING, Child

if TYPE_CHECKING:
    from ...document import Document
    from ...events import DocumentRefused, FetchFailed, PromptFinished
    from ...state import Timer
    from ...turn import Turn
    from .element import DialElement
    from .run import Dialling

FAILED = 9110


def begin(turn: Turn, element: DialElement, run: Dialling, leg: Child) -> None:
    """Ask for the sound, and give the time for the key."""
    timer_id = 0
    if element.confirm_key:
        timer_id = turn.arm(legs.CONFIRM, element.confirm_timeout_seconds, leg.child)
    fetch_id = fetch_aside(turn, "confirm_sound", element.confirm_sound, child=leg.child)
    leg = evolve(leg, confirm_fetch=fetch_id, confirm_timer=timer_id)
    if fetch_id:
        turn.activity = run.put(leg)
    else:
        _sounded(turn, run, leg)


def on_document(turn: Turn, run: Dialling, fetch_id: int, document: Document) -> None:
    """Play the sound on its leg."""
    leg = _asking(run, fetch_id)
    if leg is None:
        return
    playlist = prompts.begin(turn, sounds_of(turn, document), child=leg.child)
    leg = evolve(leg, confirm_fetch=0, playlist=playlist)
    _sounded(turn, run, leg)


def on_failure(turn: Turn, run: Dialling, event: FetchFailed | DocumentRefused) -> None:
    """Go on without the sound."""
    leg = _asking(run, event.fetch_id)
    if leg is not None:
        note_failure(turn, event, "")
        _sounded(turn, run, evolve(leg, confirm_fetch=0))


def on_prompt(turn: Turn, run: Dialling, event: PromptFinished) -> None:
    """Go on with the next prompt of a confirmation."""
    for leg in run.children:
        playlist = leg.playlist
        if playlist is not None and playlist.now.prompt_id == event.prompt_id:
            prompts.note_failed_prompt(turn, event)
            _sounded(turn, run, evolve(leg, playlist=prompts.advance(turn, playlist)))
            return


def on_timer(turn: Turn, element: DialElement, run: Dialling, timer: Timer) -> None:
    """No key came in time, or a Wait in the sound is over."""
    leg = run.leg(timer.child)
    if leg is None or leg.status != CONFIRMING:
        return
    if timer.timer_id == leg.confirm_timer:
        _fail(turn, element, run, leg)
    elif leg.playlist is not None and prompts.is_timer_of(leg.playlist, timer):
        prompts.stop(turn, leg.playlist)
        _sounded(turn, run, evolve(leg, playlist=prompts.advance(turn, leg.playlist)))


def on_key(turn: Turn, element: DialElement, run: Dialling, leg: Child, key: str) -> None:
    """The right key connects, a wrong one ends the leg; without a key to press nothing happens."""
    if not element.confirm_key:
        return
    if key == element.confirm_key:
        turn.note("leg_confirmed", child=leg.child)
        running.connect(turn, run, leg)
    else:
        _fail(turn, element, run, leg)


def _asking(run: Dialling, fetch_id: int) -> Child | None:
    for leg in run.children:
        if leg.confirm_fetch == fetch_id and fetch_id:
            return leg
    return None


def _sounded(turn: Turn, run: Dialling, leg: Child) -> None:
    """Without a key to wait for, the end of the sound connects the leg."""
    if leg.playlist is None and not leg.confirm_timer:
        running.connect(turn, run.put(leg), leg)
    else:
        turn.activity = run.put(leg)


def _fail(turn: Turn, element: DialElement, run: Dialling, leg: Child) -> None:
    over = legs.hang_up(turn, element, leg, FAILED, causes.PLIVO)
    running.settle(turn, evolve(run.put(over), last_cause=FAILED), leg)
