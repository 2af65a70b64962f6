"""MultiPartyCall: a conference with roles (compat/xml.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from .. import causes
from ..attributes import Attributes
from ..base import Children
from ..errors import FlowXmlError
from ..fetching import fetch_document
from ..reader import Node
from ..rooms import HELD, WAITING, Wishes
from .room import sounds
from .room.element import LONGEST_NAME, RoomElement, absolute

if TYPE_CHECKING:
    from ..turn import Turn
    from .room.run import InRoom

ROLES: Final = frozenset({"agent", "supervisor", "customer", "ai-agent"})
EVENT_GROUPS: Final = (
    "mpc-state-changes",
    "participant-state-changes",
    "participant-speak-events",
    "participant-digit-input-events",
    "add-participant-api-events",
)
USUAL_EVENTS: Final = ",".join(EVENT_GROUPS[:2])
FIRST: Final = "1"
"""The member id of the first participant, whose attributes hold for the whole call."""
_FORMATS: Final = frozenset({"mp3", "wav"})
# Attributes that belong to what Ringfence does not do; read so that they are not called unknown.
_WITHOUT_EFFECT: Final = (
    "waitForAgent",
    "recordCoachVoice",
    "aiAgentStream",
    "aiAgentStreamUrl",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiPartyCallElement(RoomElement):
    """`wishes` of the first participant hold for the whole call, those of later ones for them."""

    name: ClassVar[str] = "MultiPartyCall"
    kind: ClassVar[str] = "mpc"

    role: str = ""
    max_duration_seconds: int = 14_400
    max_participants: int = 10
    record_min_members: int = 1
    wait_music: str = ""
    wait_music_method: str = "GET"
    agent_music: str = ""
    agent_music_method: str = "GET"
    customer_music: str = ""
    customer_music_method: str = "GET"
    record: bool = False
    record_participant_track: bool = False
    record_format: str = "mp3"
    recording_callback_url: str = ""
    recording_callback_method: str = "GET"
    status_events: tuple[str, ...] = ()
    status_url: str = ""
    status_method: str = "POST"
    stay_alone: bool = False
    coach: bool = True
    mute: bool = False
    hold: bool = False
    start_on_enter: bool = True
    end_on_exit: bool = False
    exit_url: str = ""
    exit_method: str = "POST"
    start_recording_audio: str = ""
    start_recording_audio_method: str = "GET"
    stop_recording_audio: str = ""
    stop_recording_audio_method: str = "GET"
    transcript: bool = False
    transcription_url: str = ""

    def wishes(self, turn: Turn) -> Wishes:
        """What the room is to know about this participant, and about itself from the first."""
        return (
            ("role", self.role),
            ("muted", self.mute),
            ("hold", self.hold),
            ("coach", self.coach and self.role == "supervisor"),
            ("start_on_enter", self.start_on_enter),
            ("end_on_exit", self.end_on_exit),
            ("enter_beeps", sounds.beeps(self.enter_sound)),
            ("exit_beeps", sounds.beeps(self.exit_sound)),
            ("stay_alone", self.stay_alone),
            ("max_members", self.max_participants),
            ("max_seconds", self.max_duration_seconds),
            ("record", self.record),
            ("record_format", self.record_format),
            ("record_min_members", self.record_min_members),
            ("record_participant_track", self.record_participant_track),
            ("recording_callback_url", absolute(turn, self.recording_callback_url)),
            ("recording_callback_method", self.recording_callback_method),
            ("status_events", ",".join(self.status_events)),
            ("status_url", absolute(turn, self.status_url)),
            ("status_method", self.status_method),
            ("transcript", self.transcript),
            ("transcription_url", absolute(turn, self.transcription_url)),
        )

    def music(self, phase: str) -> tuple[str, str]:
        """Music while waiting for the call to begin; on hold what the role is to hear."""
        if phase == WAITING:
            return self.wait_music, self.wait_music_method
        if phase != HELD or self.role == "supervisor":
            return "", "GET"
        if self.role == "customer":
            return self.customer_music, self.customer_music_method
        return self.agent_music, self.agent_music_method

    def recording_sounds(self, here: InRoom) -> Mapping[str, tuple[str, str]]:
        """Those of the first participant, or of a later one that wants the call recorded."""
        if here.member_id != FIRST and not self.record:
            return {}
        return {
            "record_start": (self.start_recording_audio, self.start_recording_audio_method),
            "record_stop": (self.stop_recording_audio, self.stop_recording_audio_method),
        }

    def go_on(self, turn: Turn, here: InRoom, why: str, source: str) -> None:
        """Ask for the document of the exit, or run the next element.

        A participant with neither, whom the room let go, ends with cause 4030 or 4020.
        """
        if self.exit_url and here.member_id:
            fetch_document(turn, "action", self.exit_url, self.exit_method)
        elif why in _CAUSES and here.member_id and not _has_more(turn):
            turn.end(_CAUSES[why], source or causes.cause(_CAUSES[why]).source)
        else:
            turn.done()


_CAUSES: Final = {"ended": 4020, "kicked": 4030}


def _has_more(turn: Turn) -> bool:
    document = turn.document
    return document is not None and turn.path[-1] + 1 < len(document.elements)


def parse(node: Node, attributes: Attributes, _children: Children) -> MultiPartyCallElement:
    """Return the MultiPartyCall written at `node`; FlowXmlError without a role."""
    for name in _WITHOUT_EFFECT:
        attributes.text(name)
    transcript = attributes.boolean("transcript", default=False)
    if transcript:
        attributes.note("transcription_ignored", "Multiparty calls are not transcribed yet.")
    return MultiPartyCallElement(
        line=node.line,
        column=node.column,
        room=node.text[:LONGEST_NAME],
        role=_role(node, attributes),
        max_duration_seconds=attributes.integer("maxDuration", 14_400, 300, 28_800),
        max_participants=attributes.integer("maxParticipants", 10, 2, 10),
        record_min_members=attributes.integer("recordMinMemberCount", 1, 1, 2),
        wait_limit_seconds=attributes.integer("waitTime", 0, 0, 1800),
        record=attributes.boolean("record", default=False),
        record_participant_track=attributes.boolean("recordParticipantTrack", default=False),
        record_format=attributes.choice("recordFileFormat", "mp3", _FORMATS),
        recording_callback_url=attributes.text("recordingCallbackUrl"),
        recording_callback_method=_method(attributes, "recordingCallbackMethod"),
        status_events=_events(attributes),
        status_url=attributes.text("statusCallbackUrl"),
        status_method=attributes.method("statusCallbackMethod"),
        stay_alone=attributes.boolean("stayAlone", default=False),
        coach=attributes.boolean("coachMode", default=True),
        mute=attributes.boolean("mute", default=False),
        hold=attributes.boolean("hold", default=False),
        start_on_enter=attributes.boolean("startMpcOnEnter", default=True),
        end_on_exit=attributes.boolean("endMpcOnExit", default=False),
        exit_url=attributes.text("onExitActionUrl"),
        exit_method=attributes.method("onExitActionMethod"),
        relay_dtmf=attributes.boolean("relayDTMFInputs", default=False),
        transcript=transcript,
        transcription_url=attributes.text("transcriptionUrl"),
        **_heard(attributes),
    )


def _heard(attributes: Attributes) -> dict[str, Any]:
    """What participants hear: music, sounds, and audio around a recording."""
    return {
        "wait_music": attributes.text("waitMusicUrl"),
        "wait_music_method": _method(attributes, "waitMusicMethod"),
        "agent_music": attributes.text("agentHoldMusicUrl"),
        "agent_music_method": _method(attributes, "agentHoldMusicMethod"),
        "customer_music": attributes.text("customerHoldMusicUrl"),
        "customer_music_method": _method(attributes, "customerHoldMusicMethod"),
        "enter_sound": sounds.read(attributes, "enterSound", "beep:1"),
        "enter_sound_method": _method(attributes, "enterSoundMethod"),
        "exit_sound": sounds.read(attributes, "exitSound", "beep:2"),
        "exit_sound_method": _method(attributes, "exitSoundMethod"),
        "start_recording_audio": attributes.text("startRecordingAudio"),
        "start_recording_audio_method": _method(attributes, "startRecordingAudioMethod"),
        "stop_recording_audio": attributes.text("stopRecordingAudio"),
        "stop_recording_audio_method": _method(attributes, "stopRecordingAudioMethod"),
    }


def _role(node: Node, attributes: Attributes) -> str:
    role = attributes.text("role", longest=20).lower()
    if role in ROLES:
        return role
    said = f'"{role}" is no role' if role else "A role is missing"
    raise FlowXmlError(
        "missing_attribute",
        f"{said}: agent, supervisor or customer.",
        line=node.line,
        column=node.column,
        element=node.name,
    )


def _events(attributes: Attributes) -> tuple[str, ...]:
    wanted = attributes.text("statusCallbackEvents", USUAL_EVENTS).lower().split(",")
    groups = tuple(one.strip() for one in wanted if one.strip())
    known = tuple(one for one in EVENT_GROUPS if one in groups)
    if len(known) != len(set(groups)):
        attributes.note("attribute_unusable", "Some of statusCallbackEvents are not known; ignored")
    return known


def _method(attributes: Attributes, name: str) -> str:
    return attributes.text(name, "GET", longest=20).upper() or "GET"
