"""What a member hears alone: music while it waits or is held; and its sounds for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ... import prompts
from ...fetching import fetch_aside, note_failure
from ...prompts import sounds_of
from ...rooms import HELD, WAITING, RoomSounds
from ...values import evolve
from . import sounds

if TYPE_CHECKING:
    from ...document import Document
    from ...events import DocumentRefused, FetchFailed
    from ...turn import Turn
    from .element import RoomElement
    from .run import InRoom

_PURPOSES: Final = {WAITING: "wait_sound", HELD: "hold_music"}
_FETCHES: Final = {
    "enter": "enter_fetch",
    "exit": "exit_fetch",
    "record_start": "start_fetch",
    "record_stop": "stop_fetch",
}
"""Where a call keeps the fetch of a document that the room is to hear, by its occasion."""


def change(turn: Turn, element: RoomElement, here: InRoom) -> InRoom:
    """Stop what sounds, and ask for the music of the phase the member is in now."""
    stop(turn, here)
    here = evolve(here, music=None, music_fetch=0)
    url, method = element.music(here.phase)
    if not url:
        return here
    fetch_id = fetch_aside(turn, _PURPOSES[here.phase], url, method=method)
    return evolve(here, music_fetch=fetch_id)


def ask_sounds(turn: Turn, element: RoomElement, here: InRoom) -> InRoom:
    """Ask for the documents that the room is to hear: when this member enters and leaves, and,
    where they are this member's to choose, when its recording begins and ends.
    """
    enter = _ask(turn, "enter_sound", element.enter_sound, element.enter_sound_method)
    leave = _ask(turn, "exit_sound", element.exit_sound, element.exit_sound_method)
    here = evolve(here, enter_fetch=enter, exit_fetch=leave)
    for occasion, (url, method) in element.recording_sounds(here).items():
        fetch_id = _ask(turn, f"{occasion}_sound", url, method)
        here = evolve(here, **{_FETCHES[occasion]: fetch_id})
    return here


def arrived(turn: Turn, here: InRoom, fetch_id: int, document: Document) -> InRoom:
    """Play the music over and over; hand the other sounds to the room."""
    if fetch_id == here.music_fetch:
        found = sounds_of(turn, document)
        playlist = prompts.begin(turn, found, repeat=True) if found else None
        return evolve(here, music=playlist, music_fetch=0)
    for occasion, name in _FETCHES.items():
        if fetch_id == getattr(here, name):
            turn.emit(RoomSounds(here.join_id, occasion, document.source))
            return evolve(here, **{name: 0})
    return here


def missing(turn: Turn, here: InRoom, event: FetchFailed | DocumentRefused) -> InRoom:
    """Go on without the sound."""
    for name in ("music_fetch", *_FETCHES.values()):
        if event.fetch_id and event.fetch_id == getattr(here, name):
            note_failure(turn, event, "")
            return evolve(here, **{name: 0})
    return here


def stop(turn: Turn, here: InRoom) -> None:
    """Silence the music."""
    prompts.stop(turn, here.music)


def _ask(turn: Turn, purpose: str, sound: str, method: str) -> int:
    return fetch_aside(turn, purpose, sound, method=method) if sounds.is_url(sound) else 0
