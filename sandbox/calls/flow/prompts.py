"""Prompts: what is said, played or waited on a leg, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .base import Activity, Element
from .commands import StopPrompt
from .values import Value, evolve

if TYPE_CHECKING:
    from . import events
    from .document import Document
    from .state import Timer
    from .turn import Turn


@dataclass(frozen=True, slots=True)
class Sounding(Value):
    """What is going on now: a prompt, or a wait with its timers (0: none of that)."""

    prompt_id: int = 0
    timer_id: int = 0
    silence_timer_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Element):
    """An element that sounds on a leg: Speak, Play or Wait."""

    def utter(self, turn: Turn, child: int) -> Sounding | None:
        """Begin on leg `child`; None, with a note, when there is nothing to be heard."""
        raise NotImplementedError

    def heard(self, turn: Turn, now: Sounding, what: str, child: int) -> Sounding | None:
        """Something was heard meanwhile; None ends the prompt."""
        return now

    def start(self, turn: Turn) -> None:
        """Sound on the call's own leg; the next element waits for the end."""
        playlist = begin(turn, (self,))
        if playlist is None:
            turn.done()
        else:
            turn.activity = Prompting(playlist=playlist)


@dataclass(frozen=True, slots=True)
class Playlist(Value):
    """Prompts in turn on leg `child`, from the start again with `repeat`."""

    items: tuple[Prompt, ...]
    index: int
    now: Sounding
    child: int = 0
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompting(Activity):
    """A Speak, Play or Wait of the document is running."""

    playlist: Playlist

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """Go on when the prompt of this element ended."""
        if event.prompt_id == self.playlist.now.prompt_id:
            note_failed_prompt(turn, event)
            turn.done()

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """Go on when the wait is over."""
        if is_timer_of(self.playlist, timer):
            stop(turn, self.playlist)
            turn.done()

    def on_heard(self, turn: Turn, event: events.Heard) -> None:
        """A wait may end early."""
        if event.child:
            return
        playlist = heard(turn, self.playlist, event.what)
        if playlist is None:
            turn.done()
        else:
            turn.activity = Prompting(playlist=playlist)

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """Keys pressed now are for nobody; how many is told, not which."""
        if not event.child:
            turn.note("digits_ignored", count=len(event.digits))

    def stop(self, turn: Turn) -> None:
        """Fall silent."""
        stop(turn, self.playlist)


def begin(
    turn: Turn, items: tuple[Prompt, ...], *, child: int = 0, repeat: bool = False
) -> Playlist | None:
    """Sound the first of `items` that can be heard; None when none can."""
    return _sound(turn, items, 0, child=child, repeat=repeat)


def advance(turn: Turn, playlist: Playlist) -> Playlist | None:
    """Sound the next prompt; None when the list is at its end."""
    index = playlist.index + 1
    return _sound(turn, playlist.items, index, child=playlist.child, repeat=playlist.repeat)


def stop(turn: Turn, playlist: Playlist | None) -> None:
    """Fall silent and forget the timers of the playlist."""
    if playlist is None:
        return
    now = playlist.now
    if now.prompt_id:
        turn.emit(StopPrompt(now.prompt_id, playlist.child))
    turn.disarm(now.timer_id)
    turn.disarm(now.silence_timer_id)


def heard(turn: Turn, playlist: Playlist, what: str) -> Playlist | None:
    """Let the current prompt hear something; None when that ended it (its timers are gone)."""
    item = playlist.items[playlist.index]
    now = item.heard(turn, playlist.now, what, playlist.child)
    if now is None:
        stop(turn, playlist)
        return None
    return playlist if now is playlist.now else evolve(playlist, now=now)


def sounds_of(turn: Turn, document: Document) -> tuple[Prompt, ...]:
    """Return the Speak, Play and Wait of a document of sounds; others are left out with a note."""
    sounds = tuple(one for one in document.elements if isinstance(one, Prompt))
    if len(sounds) != len(document.elements):
        turn.note("sounds_left_out", message="Only Speak, Play and Wait can be played here.")
    return sounds


def is_timer_of(playlist: Playlist, timer: Timer) -> bool:
    """Whether the timer that fired ends the current prompt."""
    return timer.timer_id in (playlist.now.timer_id, playlist.now.silence_timer_id)


def note_failed_prompt(turn: Turn, event: events.PromptFinished) -> None:
    """Tell the story when audio could not be played; the call goes on (compat/xml.md Play)."""
    if event.failed:
        turn.note("audio_failed", reason=event.failed)


def _sound(
    turn: Turn, items: tuple[Prompt, ...], index: int, *, child: int, repeat: bool
) -> Playlist | None:
    # Once round at most: a list where nothing can be heard ends even when it repeats.
    for _ in range(len(items)):
        if index >= len(items):
            if not repeat:
                return None
            index = 0
        now = items[index].utter(turn, child)
        if now is not None:
            return Playlist(items, index, now, child, repeat)
        index += 1
    return None
