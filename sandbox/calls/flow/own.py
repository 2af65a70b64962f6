"""Documents of the platform's own, and the key that some calls want before one runs.

Whoever answers a call that is to be confirmed hears a document of sounds and presses the key; a
wrong one, or none in time, ends the call as it ends a leg of a Dial (cause 9110).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import prompts
from .base import Activity
from .errors import FlowXmlError
from .fetching import fetch_aside, note_failure
from .parse import parse_text
from .prompts import Playlist, sounds_of
from .values import evolve

if TYPE_CHECKING:
    from . import events
    from .document import Document
    from .state import Timer
    from .turn import Turn

CONFIRM: Final = "confirm"
FAILED: Final = 9110
PATIENCE: Final = 120
"""Seconds for the key; the API names no time of its own, so as long as a Dial waits."""


def run_own(turn: Turn, text: str) -> None:
    """Run a document of ours in the place of what runs now."""
    turn.stop_activity()
    try:
        document = parse_text(text)
    except FlowXmlError:
        turn.end(8011)
    else:
        turn.load(document, "")


def answer_with_own(turn: Turn) -> None:
    """Run the call's own document, after its key where it wants one."""
    leg = turn.leg
    if not leg.confirm_key:
        run_own(turn, leg.document)
        return
    turn.note("confirm_asked", digit=leg.confirm_key)
    timer_id = turn.arm(CONFIRM, PATIENCE)
    fetch_id = 0
    if leg.confirm_sound:
        method = leg.confirm_method
        fetch_id = fetch_aside(turn, "confirm_sound", leg.confirm_sound, method=method)
    turn.activity = Confirming(timer_id=timer_id, fetch_id=fetch_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming(Activity):
    """Waits for the key; `fetch_id` is the sound on its way, `playlist` what sounds now."""

    timer_id: int
    fetch_id: int = 0
    playlist: Playlist | None = None

    def on_document(self, turn: Turn, fetch_id: int, document: Document) -> None:
        """Play the sound, once."""
        if fetch_id == self.fetch_id:
            playlist = prompts.begin(turn, sounds_of(turn, document))
            turn.activity = evolve(self, fetch_id=0, playlist=playlist)

    def on_failure(self, turn: Turn, event: events.FetchFailed | events.DocumentRefused) -> None:
        """Wait for the key without the sound."""
        if event.fetch_id == self.fetch_id:
            note_failure(turn, event, turn.leg.confirm_sound)
            turn.activity = evolve(self, fetch_id=0)

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """Go on with the next sound."""
        if self.playlist is not None and event.prompt_id == self.playlist.now.prompt_id:
            prompts.note_failed_prompt(turn, event)
            turn.activity = evolve(self, playlist=prompts.advance(turn, self.playlist))

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """No key came in time, or a Wait among the sounds is over."""
        if timer.timer_id == self.timer_id:
            turn.end(FAILED)
        elif self.playlist is not None and prompts.is_timer_of(self.playlist, timer):
            prompts.stop(turn, self.playlist)
            turn.activity = evolve(self, playlist=prompts.advance(turn, self.playlist))

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """The right key lets the document run, any other ends the call."""
        if event.child:
            return
        if event.digits[0] == turn.leg.confirm_key:
            turn.note("leg_confirmed")
            run_own(turn, turn.leg.document)
        else:
            turn.end(FAILED)

    def stop(self, turn: Turn) -> None:
        """Fall silent."""
        prompts.stop(turn, self.playlist)
        turn.disarm(self.timer_id)
