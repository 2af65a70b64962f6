"""A call in a room: it waits, is in the talk, is held, and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from ... import prompts
from ...base import Activity
from ...prompts import Playlist
from ...rooms import (
    JOINING,
    LEFT,
    LIVE,
    REFUSED,
    WAITING,
    JoinRoom,
    LeaveRoom,
    RoomHeard,
    RoomKeys,
    RoomView,
    RoomWords,
)
from ...values import evolve
from . import hearing, music

if TYPE_CHECKING:
    from ... import events
    from ...document import Document
    from ...events import DocumentRefused, FetchFailed
    from ...state import Timer
    from ...turn import Turn
    from .element import RoomElement

LIMIT: Final = "room_limit"
WAIT_LIMIT: Final = "room_wait"
KEPT_KEYS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class InRoom(Activity):
    """`version` is that of the last view. `music` sounds while the call waits or is held.

    `enter_fetch`, `exit_fetch`, `start_fetch` and `stop_fetch` are sounds on their way; `heard` are
    the prompts of the room that sound over the talk, `announced` what a call that still waits is to
    hear when it is in the talk.
    """

    join_id: int
    version: int = 0
    phase: str = JOINING
    member_id: str = ""
    muted: bool = False
    deaf: bool = False
    limit_timer: int = 0
    wait_timer: int = 0
    music: Playlist | None = None
    music_fetch: int = 0
    enter_fetch: int = 0
    exit_fetch: int = 0
    start_fetch: int = 0
    stop_fetch: int = 0
    announced: Document | None = None
    heard: tuple[int, ...] = ()
    keys: str = ""

    def on_room(self, turn: Turn, event: RoomView) -> None:
        """The room tells how the member stands now."""
        if event.join_id == self.join_id and event.version > self.version:
            _see(turn, self, event)

    def on_room_sound(self, turn: Turn, event: RoomHeard, document: Document | None) -> None:
        """The room lets something be heard."""
        if event.join_id == self.join_id:
            turn.activity = hearing.hear(turn, self, event, document)

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """Keys: heard by the others, `*` to leave, patterns to report."""
        if event.child:
            return
        element = asked(turn)
        if self.phase == LIVE and not self.muted:
            turn.emit(RoomKeys(self.join_id, event.digits, element.relay_dtmf))
        for key in event.digits:
            here = turn.activity
            if not isinstance(here, InRoom) or here.join_id != self.join_id:
                return
            _press(turn, element, here, key)

    def on_heard(self, turn: Turn, event: events.Heard) -> None:
        """A voice takes the floor."""
        if event.what == "voice" and not event.child and self.phase == LIVE and not self.muted:
            asked(turn).spoke(turn)

    def on_speech(self, turn: Turn, event: events.SpeechHeard) -> None:
        """Words: heard by the others."""
        if self.phase == LIVE and not self.muted and not event.child:
            turn.emit(RoomWords(self.join_id, event.text, event.seconds))

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """Music goes on with its next sound; a sound of the room is over."""
        if event.prompt_id in self.heard:
            left = tuple(one for one in self.heard if one != event.prompt_id)
            turn.activity = evolve(self, heard=left)
        elif self.music is not None and event.prompt_id == self.music.now.prompt_id:
            prompts.note_failed_prompt(turn, event)
            turn.activity = evolve(self, music=prompts.advance(turn, self.music))

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """The member's time is over, or a Wait in the music is."""
        if timer.timer_id == self.limit_timer:
            leave(turn, self, "time_limit")
        elif timer.timer_id == self.wait_timer:
            leave(turn, self, "wait_over")
        elif self.music is not None and prompts.is_timer_of(self.music, timer):
            prompts.stop(turn, self.music)
            turn.activity = evolve(self, music=prompts.advance(turn, self.music))

    def on_document(self, turn: Turn, fetch_id: int, document: Document) -> None:
        """Music, or the sounds of coming and going, arrived."""
        turn.activity = music.arrived(turn, self, fetch_id, document)

    def on_failure(self, turn: Turn, event: FetchFailed | DocumentRefused) -> None:
        """A sound that cannot be had is silence."""
        turn.activity = music.missing(turn, self, event)

    def stop(self, turn: Turn) -> None:
        """The call ended or goes elsewhere: out of the room, and tell about it."""
        _close(turn, self, "hangup" if turn.ending is not None else "transferred")


def asked(turn: Turn) -> RoomElement:
    """Return the Conference or MultiPartyCall that is running."""
    return cast("RoomElement", turn.element)


def start(turn: Turn, element: RoomElement) -> None:
    """Ask for a place in the room; without a name there is none, and the next element runs."""
    if not element.room:
        turn.note("room_without_name", message="The room needs a name; skipped.")
        turn.done()
        return
    join_id = turn.next_id()
    turn.emit(JoinRoom(join_id, element.kind, element.room, element.wishes(turn)))
    turn.activity = InRoom(join_id=join_id)


def leave(turn: Turn, here: InRoom, why: str, source: str = "") -> None:
    """End the membership and go on with the call."""
    element = asked(turn)
    _close(turn, here, why)
    turn.activity = None
    element.go_on(turn, here, why, source)


def _close(turn: Turn, here: InRoom, why: str) -> None:
    music.stop(turn, here)
    hearing.silence(turn, here)
    turn.disarm(here.limit_timer)
    turn.disarm(here.wait_timer)
    turn.emit(LeaveRoom(here.join_id, why))
    if here.member_id:
        turn.note("room_left", room=asked(turn).room, why=why)
        asked(turn).left(turn)


def _see(turn: Turn, here: InRoom, view: RoomView) -> None:
    element = asked(turn)
    if view.phase == REFUSED:
        turn.note("room_refused", room=element.room, why=view.why)
        leave(turn, evolve(here, version=view.version), view.why, view.source)
        return
    if view.phase == LEFT:
        here = evolve(here, version=view.version)
        if not here.member_id:
            # Let in and let go again before the call could hear of it: both are told.
            here = _let_in(turn, element, here, view)
        leave(turn, here, view.why, view.source)
        return
    before = here
    here = evolve(here, version=view.version, phase=view.phase, muted=view.muted, deaf=view.deaf)
    if not before.member_id:
        here = _enter(turn, element, here, view)
    _note_changes(turn, before, here, view)
    if before.phase != here.phase:
        here = _move(turn, element, before, here)
    turn.activity = here


def _enter(turn: Turn, element: RoomElement, here: InRoom, view: RoomView) -> InRoom:
    """The first view: the room has taken the call in."""
    here = _let_in(turn, element, here, view)
    if element.time_limit_seconds:
        here = evolve(here, limit_timer=turn.arm(LIMIT, element.time_limit_seconds))
    if element.send_digits:
        turn.emit(RoomKeys(here.join_id, element.send_digits, relay=True))
    return music.ask_sounds(turn, element, here)


def _let_in(turn: Turn, element: RoomElement, here: InRoom, view: RoomView) -> InRoom:
    turn.note("room_joined", room=element.room, member=view.member_id, others=view.others)
    here = evolve(here, member_id=view.member_id)
    element.entered(turn)
    return here


def _note_changes(turn: Turn, before: InRoom, here: InRoom, view: RoomView) -> None:
    if before.muted != here.muted:
        turn.note("room_muted" if here.muted else "room_unmuted")
    if before.deaf != here.deaf:
        turn.note("room_deafened" if here.deaf else "room_undeafened")
    if before.phase != here.phase:
        hearing.tell_phase(turn, asked(turn).room, here.phase, view.others)


def _move(turn: Turn, element: RoomElement, before: InRoom, here: InRoom) -> InRoom:
    """Another phase: other music, and the time for waiting counts only while waiting."""
    here = hearing.catch_up(turn, music.change(turn, element, here))
    if here.phase == WAITING and element.wait_limit_seconds:
        return evolve(here, wait_timer=turn.arm(WAIT_LIMIT, element.wait_limit_seconds))
    if before.wait_timer:
        turn.disarm(before.wait_timer)
        return evolve(here, wait_timer=0)
    return here


def _press(turn: Turn, element: RoomElement, here: InRoom, key: str) -> None:
    if key == "*" and element.hangup_on_star:
        turn.note("star_pressed")
        leave(turn, here, "star")
        return
    keys = (here.keys + key)[-KEPT_KEYS:]
    turn.activity = evolve(here, keys=keys)
    for pattern in element.digits_match:
        if keys.endswith(pattern):
            element.matched(turn, pattern)
