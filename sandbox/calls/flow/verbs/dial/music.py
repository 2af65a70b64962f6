"""What the caller hears while a Dial rings: a tone, real ringing, or a document of sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ... import prompts
from ...commands import Ringback
from ...fetching import fetch_aside, note_failure
from ...prompts import sounds_of
from ...values import evolve

if TYPE_CHECKING:
    from ...document import Document
    from ...events import DocumentRefused, FetchFailed
    from ...turn import Turn
    from .element import DialElement
    from .run import Dialling

REAL: Final = "real"


def ask(turn: Turn, element: DialElement, run: Dialling) -> Dialling:
    """Begin the tone the Dial asks for; a document of music is asked with POST, and the far end's
    own ringing is heard when it rings.
    """
    wanted = element.dial_music
    if wanted == REAL:
        return run
    if wanted:
        fetch_id = fetch_aside(turn, "dial_music", wanted)
        if fetch_id:
            return evolve(run, music_fetch=fetch_id)
    turn.emit(Ringback("tone"))
    return run


def rings(turn: Turn, element: DialElement, run: Dialling) -> None:
    """Let the caller hear that the first leg rings, where the Dial asks for that."""
    if element.dial_music == REAL and not any(leg.rang for leg in run.children):
        turn.emit(Ringback("real"))


def begin(turn: Turn, run: Dialling, document: Document) -> Dialling:
    """Play the sounds of a music document, over and over."""
    playlist = None
    sounds = sounds_of(turn, document)
    if sounds:
        playlist = prompts.begin(turn, sounds, repeat=True)
    if playlist is None:
        turn.emit(Ringback("tone"))
    return evolve(run, music_fetch=0, music=playlist)


def missing(turn: Turn, run: Dialling, event: FetchFailed | DocumentRefused) -> Dialling:
    """Ring with a tone when there is no music to be had."""
    note_failure(turn, event, "")
    turn.emit(Ringback("tone"))
    return evolve(run, music_fetch=0)


def stop(turn: Turn, run: Dialling) -> Dialling:
    """Fall silent; a document that comes later is ignored."""
    if run.music is not None:
        prompts.stop(turn, run.music)
    else:
        turn.emit(Ringback("off"))
    return evolve(run, music=None, music_fetch=0)
