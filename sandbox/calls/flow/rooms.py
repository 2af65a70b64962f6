"""What a call asks of a room, and what a room tells the calls in it (xml.md section 4).

A room is shared by calls, so none of them owns it: the engine keeps it. A call knows its membership
by `join_id` and sees it through `RoomView`s, whole and numbered, so that one which comes twice or
late is told by its `version` and does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .commands import Command, Scalar
from .events import Event

JOINING: Final = "joining"
WAITING: Final = "waiting"
LIVE: Final = "live"
HELD: Final = "held"
LEFT: Final = "left"
REFUSED: Final = "refused"

Wishes = tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class JoinRoom(Command):
    """Take the call into the room of that name, made when there is none.

    Answered with a `RoomView`. `wishes` are what the element asks for, under plain names.
    """

    join_id: int
    kind: str  # conference or mpc
    name: str
    wishes: Wishes = ()


@dataclass(frozen=True, slots=True)
class LeaveRoom(Command):
    """The call is in the room no more; harmless when the room has let it go already.

    `why` is hangup, transferred, star, time_limit, wait_over, or `told` by the room itself.
    """

    join_id: int
    why: str


@dataclass(frozen=True, slots=True)
class RoomKeys(Command):
    """Keys were pressed in the room; with `relay` the others hear them."""

    join_id: int
    digits: str
    relay: bool


@dataclass(frozen=True, slots=True)
class RoomWords(Command):
    """Words were said in the room, for so many telephone seconds; the others hear them."""

    join_id: int
    text: str
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class RoomSounds(Command):
    """The document of sounds that the room hears when this member enters, or will hear later.

    `when` is enter or exit of this member, record_start or record_stop of the room's recording.
    """

    join_id: int
    when: str
    document: str


@dataclass(frozen=True, slots=True)
class Caption(Command):
    """Let the phone know what the room sounds like, in words or as tones of keys."""

    text: str
    tone: bool = False


@dataclass(frozen=True, slots=True)
class RoomView(Event):
    """How the member stands now; one with a `version` already seen is ignored.

    `phase` is waiting, live, held, left or refused. `why` says what for: full (refused), kicked or
    ended (left). `source` names who ended it, as causes do. `others` counts the other members.
    """

    join_id: int
    version: int
    phase: str
    member_id: str = ""
    why: str = ""
    source: str = ""
    others: int = 0
    muted: bool = False
    deaf: bool = False


@dataclass(frozen=True, slots=True)
class RoomHeard(Event):
    """Something to be heard in the room.

    `what` is entered, left, digits, words, sounds, announced, silence or recorded; `who` the party
    it comes from. `document` holds Speak and Play. A member that waits or is held hears none of it;
    one that waits hears what is announced when it is in the talk.
    """

    join_id: int
    what: str
    who: str = ""
    digits: str = ""
    beeps: int = 0
    document: str = ""
    text: str = ""
