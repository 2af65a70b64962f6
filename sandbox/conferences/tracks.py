"""Each participant's own track (`recordParticipantTrack`): a file of what that one says.

A track runs while the room is recorded and its participant is there; a pause of the room's
recording ends it, and going on begins another, as with the file of the room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.conferences import recorder
from sandbox.conferences.models import Member, Taping
from sandbox.recordings import services as recordings

if TYPE_CHECKING:
    from sandbox.conferences.change import RoomChange


def settle(change: RoomChange) -> None:
    """Begins the tracks that are due and ends those that are over; no query where none is wanted,
    else three for each that begins or ends.
    """
    if not change.room.settings.get("record_participant_track"):
        return
    runs = change.room.recording == Taping.ON
    for member in change.gone if runs else (*change.members, *change.gone):
        _end(change, member)
    if runs:
        for member in change.members:
            if member.track_id is None:
                _begin(change, member)


def _begin(change: RoomChange, member: Member) -> None:
    room = change.room
    recording = recordings.start_track(
        call=member.call,
        mpc_name=room.name,
        mpc_uuid=room.room_uuid,
        **recorder.manner(room),
    )
    member.track_id = recording.recording_id
    change.changed[member.pk] = member
    recorder.tell(recording, event=recorder.BEGUN)


def _end(change: RoomChange, member: Member) -> None:
    if member.track_id is not None:
        recordings.stop_track(recording_id=member.track_id)
        member.track_id = None
        change.changed[member.pk] = member
