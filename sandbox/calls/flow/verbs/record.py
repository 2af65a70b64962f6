"""Record: record the caller, or the rest of the call (compat/xml.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ..attributes import Attributes
from ..base import Activity, Children, Element
from ..commands import Beep, Pairs, StartRecording, StopRecording
from ..fetching import request_action
from ..reader import Node
from ..urls import callback_target
from ..values import evolve
from .get_digits import finish_keys

if TYPE_CHECKING:
    from .. import events
    from ..state import Timer
    from ..turn import Turn

LONGEST_SECONDS: Final = 14_400
LONGEST_SILENCE: Final = 3600
SILENCE: Final = "record_silence"
LIMIT: Final = "record_limit"
FORMATS: Final = frozenset({"mp3", "wav"})
CHANNELS: Final = {"mono": 1, "stereo": 2}
_UNKNOWN_YET: Final = ("Duration", "DurationMs", "StartMs", "EndMs")
_TRANSCRIPTION: Final = (
    "transcriptionType",
    "transcriptionUrl",
    "transcriptionMethod",
    "transcriptionReportType",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordElement(Element):
    """What to record and whom to tell; `session` and `on_dial_answer` record in the background."""

    name: ClassVar[str] = "Record"

    action: str = ""
    method: str = "POST"
    redirect: bool = True
    file_format: str = "mp3"
    channels: int = 2
    silence_seconds: int = 15
    limit_seconds: int = 60
    play_beep: bool = True
    finish_on_key: str = "#"
    session: bool = False
    on_dial_answer: bool = False
    callback_url: str = ""
    callback_method: str = "POST"

    def is_media(self) -> bool:
        """Recording is a media step."""
        return True

    def start(self, turn: Turn) -> None:
        """Record and wait for the end, or begin in the background and go on."""
        if self.session or self.on_dial_answer:
            recording_id = _begin(turn, self, limit_seconds=self.limit_seconds)
            later = tuple((f"Recording{name}", "-1") for name in _UNKNOWN_YET)
            _tell(turn, self, (("RecordingID", str(recording_id)), *later))
            return
        if self.play_beep:
            turn.emit(Beep())
        recording_id = _begin(turn, self, limit_seconds=0)
        turn.activity = Recording(
            recording_id=recording_id,
            limit_timer=turn.arm(LIMIT, self.limit_seconds),
            silence_timer=turn.arm(SILENCE, self.silence_seconds),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(Activity):
    """Recording until a key, silence, the longest time or the hangup."""

    recording_id: int
    limit_timer: int
    silence_timer: int

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """A finish key ends it; any other key is a sound like others."""
        if event.child:
            return
        element = _asked(turn)
        for key in event.digits:
            if key in element.finish_on_key:
                _finish(turn, element, self, "FinishedOnKey", key)
                return
        self._sounded(turn)

    def on_heard(self, turn: Turn, event: events.Heard) -> None:
        """A sound: the silence is counted anew."""
        if not event.child:
            self._sounded(turn)

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """Silence for too long, or the longest time is over."""
        element = _asked(turn)
        if timer.timer_id == self.limit_timer:
            _finish(turn, element, evolve(self, limit_timer=0), "MaxLength")
        elif timer.timer_id == self.silence_timer:
            _finish(turn, element, evolve(self, silence_timer=0), "Timeout")

    def stop(self, turn: Turn) -> None:
        """The call ends or goes elsewhere; an ended one still tells its action."""
        self.close(turn, "HangUp")
        element = _asked(turn)
        if turn.ending is not None and element.action:
            told = _outcome(self, "HangUp")
            turn.notify("action", element.action, element.method, event="Redirect", extra=told)

    def _sounded(self, turn: Turn) -> None:
        turn.disarm(self.silence_timer)
        timer_id = turn.arm(SILENCE, _asked(turn).silence_seconds)
        turn.activity = evolve(self, silence_timer=timer_id)

    def close(self, turn: Turn, reason: str) -> None:
        turn.disarm(self.limit_timer)
        turn.disarm(self.silence_timer)
        turn.emit(StopRecording(self.recording_id, reason))


def parse(node: Node, attributes: Attributes, _children: Children) -> RecordElement:
    """Return the Record written at `node`; a transcription asked for is noted and not made."""
    asked = [name for name in _TRANSCRIPTION if attributes.text(name)]
    if asked:
        attributes.note("transcription_ignored", "Recordings are not transcribed yet.")
    channels = attributes.choice("recordChannelType", "stereo", frozenset(CHANNELS))
    return RecordElement(
        line=node.line,
        column=node.column,
        action=attributes.text("action"),
        method=attributes.method(),
        redirect=attributes.boolean("redirect", default=True),
        file_format=attributes.choice("fileFormat", "mp3", FORMATS),
        channels=CHANNELS[channels],
        silence_seconds=attributes.integer("timeout", 15, 1, LONGEST_SILENCE),
        limit_seconds=attributes.integer("maxLength", 60, 1, LONGEST_SECONDS),
        play_beep=attributes.boolean("playBeep", default=True),
        finish_on_key=finish_keys(attributes),
        session=attributes.boolean("recordSession", default=False),
        on_dial_answer=attributes.boolean("startOnDialAnswer", default=False),
        callback_url=attributes.text("callbackUrl"),
        callback_method=attributes.method("callbackMethod"),
    )


def _asked(turn: Turn) -> RecordElement:
    element = turn.element
    assert isinstance(element, RecordElement)
    return element


def _begin(turn: Turn, element: RecordElement, *, limit_seconds: int) -> int:
    recording_id = turn.next_id()
    target = callback_target(turn, "recording", element.callback_url, element.callback_method)
    turn.emit(
        StartRecording(
            recording_id,
            element.file_format,
            element.channels,
            limit_seconds,
            element.on_dial_answer,
            target.url,
            element.callback_method,
            target.settings,
        )
    )
    return recording_id


def _finish(
    turn: Turn, element: RecordElement, run: Recording, reason: str, digits: str = ""
) -> None:
    run.close(turn, reason)
    turn.activity = None
    _tell(turn, element, _outcome(run, reason, digits))


def _outcome(run: Recording, reason: str, digits: str = "") -> Pairs:
    """What the action is told; without a key that ended it there are no digits to tell."""
    pressed = (("Digits", digits),) if digits else ()
    return (("RecordingID", str(run.recording_id)), *pressed, ("RecordingEndReason", reason))


def _tell(turn: Turn, element: RecordElement, extra: Pairs) -> None:
    request_action(
        turn,
        url=element.action,
        method=element.method,
        redirect=element.redirect,
        extra=extra,
    )
