"""What every verb derives from: an element as written, and the activity it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from .values import Value

if TYPE_CHECKING:
    from . import events, rooms
    from .document import Document
    from .state import Timer
    from .turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(Value):
    """One element of a document; `line` and `column` are where it was written."""

    name: ClassVar[str] = ""

    line: int = 0
    column: int = 0

    def start(self, turn: Turn) -> None:
        """Begin to run; either sets an activity or calls `turn.done()`."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the element answers an unanswered call before it starts (xml.md section 4)."""
        return True

    def is_media(self) -> bool:
        """Whether the element is a media step (trust.md XML-02)."""
        return False

    def inside(self) -> tuple[Element, ...]:
        """The elements a container runs one after the other; others have none."""
        return ()


Children: TypeAlias = tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Value):
    """What a call is waiting for. An event that does not concern the activity changes nothing."""

    def on_document(self, turn: Turn, fetch_id: int, document: Document) -> None:
        """A document arrived that can be run."""

    def on_failure(self, turn: Turn, event: events.FetchFailed | events.DocumentRefused) -> None:
        """A document could not be had, or cannot be run."""

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """Keys were pressed on a leg."""

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """A prompt came to its end."""

    def on_heard(self, turn: Turn, event: events.Heard) -> None:
        """A beep or a voice was heard on a leg."""

    def on_speech(self, turn: Turn, event: events.SpeechHeard) -> None:
        """Words were spoken on a leg; for most activities that is a voice and no more."""

    def on_stream(self, turn: Turn, event: events.StreamEnded) -> None:
        """A stream of the document is over."""

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """An armed timer fired (it is armed no more)."""

    def on_ringing(self, turn: Turn, event: events.LegRinging) -> None:
        """A dialled leg rings."""

    def on_answered(self, turn: Turn, event: events.LegAnswered) -> None:
        """A dialled leg was answered."""

    def on_ended(self, turn: Turn, event: events.LegEnded) -> None:
        """A dialled leg ended."""

    def on_room(self, turn: Turn, event: rooms.RoomView) -> None:
        """A room tells how the call stands in it."""

    def on_room_sound(self, turn: Turn, event: rooms.RoomHeard, document: Document | None) -> None:
        """A room lets something be heard."""

    def bridged(self) -> int:
        """Return the dialled leg that is connected; 0 for none."""
        return 0

    def on_left(self, turn: Turn, child: int) -> None:
        """A connected leg became a call of its own."""

    def release(self, turn: Turn, child: int) -> None:
        """A connected leg is to survive the stop that follows: it becomes a call of its own."""

    def stop(self, turn: Turn) -> None:
        """The call moves on or ends: stop prompts, cancel timers, hang up dialled legs.

        `turn.ending` is set when the call ends.
        """
