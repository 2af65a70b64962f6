"""Conference: a room in which several callers hear each other (compat/xml.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ..attributes import Attributes
from ..base import Children
from ..commands import Pairs
from ..fetching import request_action
from ..reader import Node
from ..rooms import WAITING, Wishes
from .dial.element import patterns
from .room import sounds
from .room.element import LONGEST_NAME, RoomElement, absolute

if TYPE_CHECKING:
    from ..turn import Turn
    from .room.run import InRoom

MOST_MEMBERS: Final = 20
LONGEST_SECONDS: Final = 86_400
_FORMATS: Final = frozenset({"mp3", "wav"})
_TRANSCRIPTIONS: Final = frozenset({"auto", "hybrid", "manual"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceElement(RoomElement):
    """`stay_alone` false: the room ends when this member would be left alone in it."""

    name: ClassVar[str] = "Conference"
    kind: ClassVar[str] = "conference"

    muted: bool = False
    start_on_enter: bool = True
    end_on_exit: bool = False
    stay_alone: bool = True
    wait_sound: str = ""
    max_members: int = MOST_MEMBERS
    record: bool = False
    record_format: str = "mp3"
    record_when_alone: bool = False
    transcription_type: str = ""
    transcription_url: str = ""
    transcription_method: str = "POST"
    action: str = ""
    method: str = "POST"
    redirect: bool = True
    callback_url: str = ""
    callback_method: str = "POST"
    floor_event: bool = False

    def wishes(self, turn: Turn) -> Wishes:
        """What the room is to know about this member."""
        return (
            ("muted", self.muted),
            ("start_on_enter", self.start_on_enter),
            ("end_on_exit", self.end_on_exit),
            ("stay_alone", self.stay_alone),
            ("max_members", self.max_members),
            ("enter_beeps", sounds.beeps(self.enter_sound)),
            ("exit_beeps", sounds.beeps(self.exit_sound)),
            ("record", self.record),
            ("record_format", self.record_format),
            ("record_when_alone", self.record_when_alone),
            ("transcription_type", self.transcription_type),
            ("transcription_url", absolute(turn, self.transcription_url)),
            ("transcription_method", self.transcription_method),
            ("callback_url", absolute(turn, self.callback_url)),
            ("callback_method", self.callback_method),
        )

    def music(self, phase: str) -> tuple[str, str]:
        """The document heard until a member comes who starts the conference."""
        return (self.wait_sound if phase == WAITING else "", "POST")

    def entered(self, turn: Turn) -> None:
        """Tell the callback URL that the member came."""
        self._tell(turn, "ConferenceEnter", "enter")

    def matched(self, turn: Turn, pattern: str) -> None:
        """Tell the callback URL which keys were pressed."""
        said = ("ConferenceDigitsMatch", pattern)
        self._tell(turn, "ConferenceDigitsMatch", "digits", said)

    def spoke(self, turn: Turn) -> None:
        """Tell the callback URL who has the floor."""
        if self.floor_event:
            self._tell(turn, "ConferenceFloor", "floor")

    def left(self, turn: Turn) -> None:
        """Tell the callback URL that the member went."""
        self._tell(turn, "ConferenceExit", "exit")

    def go_on(self, turn: Turn, here: InRoom, why: str, source: str) -> None:
        """Ask the action URL, or run the next element; a full room leads to the next element."""
        if not here.member_id:
            turn.done()
            return
        request_action(turn, url=self.action, method=self.method, redirect=self.redirect, extra=())

    def _tell(self, turn: Turn, event: str, action: str, *more: tuple[str, str]) -> None:
        if not self.callback_url:
            return
        extra: Pairs = (("ConferenceAction", action), *more)
        turn.notify(
            "conference_callback",
            self.callback_url,
            self.callback_method,
            event=event,
            extra=extra,
        )


def parse(node: Node, attributes: Attributes, _children: Children) -> ConferenceElement:
    """Return the Conference written at `node`; a transcription asked for is noted and not made."""
    # An older builder writes beep="true" for what enterSound says today.
    beep = "beep:1" if attributes.boolean("beep", default=False) else ""
    transcription = attributes.choice("transcriptionType", "", _TRANSCRIPTIONS)
    if transcription:
        attributes.note("transcription_ignored", "Conferences are not transcribed yet.")
    return ConferenceElement(
        line=node.line,
        column=node.column,
        room=node.text[:LONGEST_NAME],
        muted=attributes.boolean("muted", default=False),
        enter_sound=sounds.read(attributes, "enterSound", beep),
        exit_sound=sounds.read(attributes, "exitSound", beep),
        start_on_enter=attributes.boolean("startConferenceOnEnter", default=True),
        end_on_exit=attributes.boolean("endConferenceOnExit", default=False),
        stay_alone=attributes.boolean("stayAlone", default=True),
        wait_sound=attributes.text("waitSound"),
        max_members=attributes.integer("maxMembers", MOST_MEMBERS, 1, MOST_MEMBERS),
        time_limit_seconds=attributes.integer("timeLimit", LONGEST_SECONDS, 1, LONGEST_SECONDS),
        hangup_on_star=attributes.boolean("hangupOnStar", default=False),
        record=attributes.boolean("record", default=False),
        record_format=attributes.choice("recordFileFormat", "mp3", _FORMATS),
        record_when_alone=attributes.boolean("recordWhenAlone", default=False),
        transcription_type=transcription,
        transcription_url=attributes.text("transcriptionUrl"),
        transcription_method=attributes.method("transcriptionMethod"),
        action=attributes.text("action"),
        method=attributes.method(),
        redirect=attributes.boolean("redirect", default=True),
        callback_url=attributes.text("callbackUrl"),
        callback_method=attributes.method("callbackMethod"),
        digits_match=patterns(attributes, "digitsMatch"),
        floor_event=attributes.boolean("floorEvent", default=False),
        relay_dtmf=attributes.boolean("relayDTMF", default=True),
        send_digits=attributes.keys("sendDigits", "", "0123456789*#wW"),
    )
