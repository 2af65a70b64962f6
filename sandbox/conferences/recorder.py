"""Recordings of rooms: begun when enough members talk, ended with the room or when asked.

The sound is made by `sandbox.recordings` of what the phones in the room heard and said. A pause
ends the file, and going on begins another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypedDict

from sandbox.conferences.models import Kind, Member, Room, RoomState, Taping
from sandbox.recordings import services as recordings
from sandbox.recordings import told
from sandbox.recordings.models import Recording
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify

if TYPE_CHECKING:
    from sandbox.conferences.change import RoomChange

_WISHES: Final = (
    "record",
    "record_format",
    "record_when_alone",
    "record_min_members",
    "record_participant_track",
    "recording_callback_url",
    "recording_callback_method",
    "callback_url",
    "callback_method",
)
BEGUN: Final = "MPCRecordingInitiated"
_START: Final = "record_start"
_STOP: Final = "record_stop"
_OWED: Final = "record_start_owed"
"""Set while a recording runs that began before the document of its sound was there."""
_REASON: Final = "a room speaks of its own recording"


def wishes(asked: dict[str, Any]) -> dict[str, Any]:
    """What a member that wants a recording wants of it."""
    return {name: asked[name] for name in _WISHES if name in asked}


def settle(change: RoomChange) -> None:
    """Begins a recording that is due, ends one whose room has ended; usually no query."""
    room = change.room
    if room.is_over:
        if room.recording:
            stop(change)
    elif room.settings.get("record") and not room.recording and _enough(change):
        start(change)


class Manner(TypedDict):
    """How a recording is made, and who is told of it."""

    file_format: str
    callback_url: str
    callback_method: str


def manner(room: Room) -> Manner:
    """Format and callback of recordings as the room's own settings want them."""
    wanted, prefix = room.settings, "recording_callback" if room.is_mpc else "callback"
    return {
        "file_format": str(wanted.get("record_format", "mp3")),
        "callback_url": str(wanted.get(f"{prefix}_url", "")),
        "callback_method": str(wanted.get(f"{prefix}_method", "POST")),
    }


def keep_sound(change: RoomChange, occasion: str, document: str) -> None:
    """Keeps what the room is to hear at `record_start` or `record_stop` of its recordings.

    A recording that began before its sound was there makes up for it now.
    """
    settings = {**change.room.settings, occasion: document}
    if occasion == _START and settings.pop(_OWED, False) and change.room.recording == Taping.ON:
        change.hear("announced", to=change.members, document=document)
    change.room.settings = settings


def _announce(change: RoomChange, occasion: str) -> None:
    settings = change.room.settings
    if document := settings.get(occasion):
        change.hear("announced", to=change.members, document=document)
    elif occasion == _START:
        change.room.settings = {**settings, _OWED: True}


def _enough(change: RoomChange) -> bool:
    room, count = change.room, len(change.members)
    if room.state != RoomState.ACTIVE or not count:
        return False
    if room.is_mpc:
        return count >= int(room.settings.get("record_min_members", 1))
    return count > 1 or bool(room.settings.get("record_when_alone"))


def start(
    change: RoomChange,
    *,
    file_format: str = "",
    callback_url: str = "",
    callback_method: str = "POST",
    event: str = BEGUN,
) -> Recording:
    """Records the room from now on, and tells about it (three queries)."""
    room, how = change.room, manner(change.room)
    if callback_url:
        how["callback_url"], how["callback_method"] = callback_url, callback_method
    if file_format:
        how["file_format"] = file_format
    names: dict[str, Any] = {"conference_name": room.name, "conference_uuid": room.room_uuid}
    if room.kind == Kind.MPC:
        names = {"mpc_name": room.name, "mpc_uuid": room.room_uuid}
    recording = recordings.start_room_recording(
        account=room.account,
        subaccount=room.subaccount,
        **how,
        call_uuid=change.members[0].call.call_uuid if change.members else None,
        **names,
    )
    room.recording, room.recording_id = Taping.ON, recording.recording_id
    change.hear("recorded", to=change.members)
    if event == BEGUN:
        _announce(change, _START)
    tell(recording, event=event if room.is_mpc else "ConferenceRecordStart")
    return recording


def stop(change: RoomChange) -> bool:
    """Ends the recording for good; False when there is none (four queries)."""
    room = change.room
    if not room.recording:
        return False
    if room.recording == Taping.ON:
        _close(room)
    room.recording = Taping.OFF
    room.settings = {**room.settings, "record": False}
    _announce(change, _STOP)
    return True


def pause(change: RoomChange) -> bool:
    """Ends the file for now; False when nothing is being recorded."""
    room = change.room
    if room.recording != Taping.ON:
        return False
    recording = _close(room)
    room.recording = Taping.PAUSED
    if recording is not None:
        tell(recording, event="MPCRecordingPaused")
    return True


def resume(change: RoomChange) -> bool:
    """Goes on in a new file; False when there is no pause."""
    if change.room.recording != Taping.PAUSED:
        return False
    start(change, event="MPCRecordingResumed")
    return True


def _close(room: Room) -> Recording | None:
    if room.recording_id is None:
        return None
    legs = Member.objects.filter(room=room).values_list("call__call_uuid", flat=True)
    recordings.stop_room_recording(recording_id=room.recording_id, legs=list(legs))
    return _recording(room)


def _recording(room: Room) -> Recording | None:
    mine = Recording.objects.unscoped(_REASON).select_related("account", "subaccount")
    return mine.filter(recording_id=str(room.recording_id)).first()


def facts(room: Room, *names: str) -> dict[str, str]:
    """Parameters of the room's last recording; none when it was never recorded (one query)."""
    if room.recording_id is None:
        return {}
    recording = _recording(room)
    said = told.facts(recording) if recording else {}
    return {name: said[name] for name in names if name in said}


def ready(recording: Recording) -> None:
    """Its file is there: tells whoever is to be told, in the transaction of that."""
    over = "MPCRecordingCompleted" if recording.mpc_uuid else "ConferenceRecordStop"
    tell(recording, event=over)


def tell(recording: Recording, *, event: str) -> None:
    """Tells the recording's callback URL; one query more when it is a participant's own track."""
    if recording.mpc_uuid:
        who = {
            "EventName": event,
            "MPCUUID": str(recording.mpc_uuid),
            "MPCName": recording.mpc_name,
            **(_participant(recording) if recording.own_track else {}),
        }
    else:
        who = {
            "Event": event,
            "ConferenceAction": "record",
            "ConferenceUUID": str(recording.conference_uuid),
            "ConferenceName": recording.conference_name,
        }
    notify(
        account=recording.account,
        subaccount=recording.subaccount,
        url=recording.callback_url,
        method=recording.callback_method,
        params={**who, **told.facts(recording)},
        purpose=Purpose.RECORDING,
        call_uuid=recording.call_uuid,
        application=told.application_of(recording),
        dedupe_key=f"room-recording:{recording.recording_id}:{event}",
    )


def _participant(recording: Recording) -> dict[str, str]:
    """Whose track it is: a call may have been in the room more than once."""
    room_uuid, call_uuid = recording.mpc_uuid, recording.call_uuid
    if room_uuid is None or call_uuid is None:
        return {}
    mine = Member.objects.filter(room__room_uuid=room_uuid, call__call_uuid=call_uuid)
    member = mine.order_by("-member_id").first()
    if member is None:
        return {}
    return {"MemberID": str(member.member_id), "ParticipantCallUUID": str(call_uuid)}
