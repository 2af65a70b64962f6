"""What Conference and MultiPartyCall have in common as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ...base import Element
from ...rooms import Wishes
from . import run

if TYPE_CHECKING:
    from ...turn import Turn
    from .run import InRoom

LONGEST_NAME: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomElement(Element):
    """Join a room and stay until one side ends it. Seconds are call time, 0 means no limit.

    `enter_sound` and `exit_sound` are empty, `beep:1`, `beep:2` or the URL of a document.
    """

    kind: ClassVar[str] = ""

    room: str = ""
    enter_sound: str = ""
    enter_sound_method: str = "POST"
    exit_sound: str = ""
    exit_sound_method: str = "POST"
    time_limit_seconds: int = 0
    wait_limit_seconds: int = 0
    hangup_on_star: bool = False
    relay_dtmf: bool = False
    digits_match: tuple[str, ...] = ()
    send_digits: str = ""

    def is_media(self) -> bool:
        """A room is a media step (trust.md XML-02)."""
        return True

    def start(self, turn: Turn) -> None:
        """Ask to be let into the room."""
        run.start(turn, self)

    def wishes(self, turn: Turn) -> Wishes:
        """What the room is to know about this member."""
        raise NotImplementedError

    def music(self, phase: str) -> tuple[str, str]:
        """The URL and method of what is heard in that phase; an empty URL is silence."""
        raise NotImplementedError

    def recording_sounds(self, here: InRoom) -> Mapping[str, tuple[str, str]]:
        """URL and method of what the room hears at `record_start` and `record_stop`."""
        return {}

    def entered(self, turn: Turn) -> None:
        """The room has taken the call in."""

    def matched(self, turn: Turn, pattern: str) -> None:
        """Keys of a pattern that the document wants to know of were pressed."""

    def spoke(self, turn: Turn) -> None:
        """A voice was heard from this member."""

    def left(self, turn: Turn) -> None:
        """The call is in the room no more, whatever the reason."""

    def go_on(self, turn: Turn, here: InRoom, why: str, source: str) -> None:
        """What the call does after it left the room."""
        raise NotImplementedError


def absolute(turn: Turn, url: str) -> str:
    """Return a URL as the room, which knows no document, can ask it; empty when it cannot be."""
    if not url:
        return ""
    target = turn.target(url)
    if target is None:
        turn.note("notify_skipped", url=url)
        return ""
    return f"{target.url}#{target.settings}" if target.settings else target.url
