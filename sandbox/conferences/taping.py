"""Recordings of rooms and participants as the API asks for them (compat/rest.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from console.accounts.models import Account, Subaccount
from console.applications.callback_urls import clean_url
from console.core.errors import DomainError, NotFound
from sandbox.conferences import recorder
from sandbox.conferences.change import RoomChange
from sandbox.conferences.models import Member, Room, Taping
from sandbox.conferences.services import changing, get_room
from sandbox.recordings import services as recordings
from sandbox.recordings.models import Recording

LONGEST: Final = recordings.LONGEST_SECONDS
_ON: Final = "A recording runs already; stop that one first."
_OFF: Final = "Nothing is being recorded, so there is nothing to pause."
_GOES_ON: Final = "No recording is paused, so there is none to resume."


def start(
    *,
    account: Account,
    room_uuid: UUID,
    subaccount: Subaccount | None = None,
    file_format: str = "",
    callback_url: str = "",
    callback_method: str = "POST",
) -> Recording:
    """Records a living room from now on. Raises NotFound, or `state_changed` while it is."""
    url = clean_url(callback_url, field="callback_url")
    with changing(account, room_uuid, subaccount) as change:
        if change.room.recording:
            raise _not_so(_ON)
        return recorder.start(
            change, file_format=file_format, callback_url=url, callback_method=callback_method
        )


def stop(*, account: Account, room_uuid: UUID, subaccount: Subaccount | None = None) -> None:
    """Ends the recording of a room for good; nothing without one. Raises NotFound."""
    with changing(account, room_uuid, subaccount) as change:
        recorder.stop(change)


def pause(*, account: Account, room_uuid: UUID, subaccount: Subaccount | None = None) -> None:
    """Ends the file for now. Raises NotFound, `state_changed` when nothing is recorded."""
    _must(recorder.pause, _OFF, account, room_uuid, subaccount)


def resume(*, account: Account, room_uuid: UUID, subaccount: Subaccount | None = None) -> None:
    """Goes on in a new file. Raises NotFound, `state_changed` without a pause."""
    _must(recorder.resume, _GOES_ON, account, room_uuid, subaccount)


def _must(
    act: Callable[[RoomChange], bool],
    otherwise: str,
    account: Account,
    room_uuid: UUID,
    subaccount: Subaccount | None,
) -> None:
    with changing(account, room_uuid, subaccount) as change:
        if not act(change):
            raise _not_so(otherwise)


def _not_so(said: str) -> DomainError:
    return DomainError(said, code="state_changed", status=409)


# One participant: its call is recorded, as long as it is in the room


def start_member(
    *,
    account: Account,
    room_uuid: UUID,
    member_id: str,
    subaccount: Subaccount | None = None,
    file_format: str = "mp3",
    callback_url: str = "",
    callback_method: str = "POST",
) -> Recording:
    """Records one participant's call from now on. Raises NotFound, `state_changed` while it is.

    The call is locked without the room, so that no two calls wait for each other.
    """
    member = _member(account, room_uuid, subaccount, member_id)
    if member.recording == Taping.ON:
        raise _not_so(_ON)
    recording = recordings.start_recording(
        account=account,
        subaccount=subaccount,
        call_uuid=member.call.call_uuid,
        time_limit=LONGEST,
        file_format=file_format,
        callback_url=clean_url(callback_url, field="callback_url"),
        callback_method=callback_method,
    )
    _note(member, Taping.ON, recording.recording_id)
    return recording


def stop_member(
    *, account: Account, room_uuid: UUID, member_id: str, subaccount: Subaccount | None = None
) -> None:
    """Ends the recording of a participant; nothing without one. Raises NotFound."""
    member = _member(account, room_uuid, subaccount, member_id)
    if member.recording == Taping.ON:
        _end(account, subaccount, member)
    _note(member, Taping.OFF, member.recording_id)


def pause_member(
    *, account: Account, room_uuid: UUID, member_id: str, subaccount: Subaccount | None = None
) -> None:
    """Ends the file of a participant for now. Raises NotFound, `state_changed` without one."""
    member = _member(account, room_uuid, subaccount, member_id)
    if member.recording != Taping.ON:
        raise _not_so(_OFF)
    _end(account, subaccount, member)
    _note(member, Taping.PAUSED, member.recording_id)


def resume_member(
    *, account: Account, room_uuid: UUID, member_id: str, subaccount: Subaccount | None = None
) -> None:
    """Goes on in a new file, as the one before was. Raises NotFound, `state_changed`."""
    member = _member(account, room_uuid, subaccount, member_id)
    if member.recording != Taping.PAUSED or member.recording_id is None:
        raise _not_so(_GOES_ON)
    before = Recording.objects.for_account(account).filter(recording_id=member.recording_id).first()
    start_member(
        account=account,
        subaccount=subaccount,
        room_uuid=room_uuid,
        member_id=member_id,
        file_format=before.asked_format if before else "mp3",
        callback_url=before.callback_url if before else "",
        callback_method=before.callback_method if before else "POST",
    )


def _end(account: Account, subaccount: Subaccount | None, member: Member) -> None:
    """Ends this recording alone; the call may have others of its own."""
    mine = Recording.objects.for_account(account).filter(recording_id=str(member.recording_id))
    key = mine.values_list("link_key", flat=True).first()
    recordings.stop_recording(
        account=account,
        subaccount=subaccount,
        call_uuid=member.call.call_uuid,
        url=f"/{key}.mp3",
    )


def _member(
    account: Account, room_uuid: UUID, subaccount: Subaccount | None, member_id: str
) -> Member:
    room: Room = get_room(account=account, room_uuid=room_uuid, subaccount=subaccount)
    if not (member_id.isascii() and member_id.isdigit() and len(member_id) < 10):
        raise NotFound
    here = Member.objects.filter(room=room, left_at=None, member_id=int(member_id))
    member = here.select_related("call").first()
    if member is None:
        raise NotFound
    return member


def _note(member: Member, state: Taping, recording_id: UUID | None) -> None:
    Member.objects.filter(pk=member.pk).update(recording=state, recording_id=recording_id)
