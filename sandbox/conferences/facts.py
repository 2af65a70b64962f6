"""What requests of a call say about its room (compat/callbacks.md section 3.2)."""

from __future__ import annotations

from datetime import datetime

from sandbox.calls.flow.commands import Fetch, Notify
from sandbox.calls.models import Call
from sandbox.calls.params import Params
from sandbox.conferences import recorder, status
from sandbox.conferences.change import RoomChange
from sandbox.conferences.models import Member


def of_conference(call: Call, command: Fetch | Notify) -> Params:
    """The parameters of a Conference's requests: its room and the call's member (two queries)."""
    member = _last(call)
    if member is None:
        return {}
    room = member.room
    told = {
        "ConferenceName": room.name,
        "ConferenceUUID": str(room.room_uuid),
        "ConferenceMemberID": str(member.member_id),
    }
    told |= recorder.facts(room, "RecordUrl", "RecordingID")
    action = dict(command.extra).get("ConferenceAction")
    if action == "enter":
        earlier = Member.objects.filter(room=room, member_id__lt=member.member_id)
        told["ConferenceFirstMember"] = _yes(not earlier.filter(left_at=None).exists())
    elif action == "exit":
        told["ConferenceLastMember"] = _yes(not room.members.filter(left_at=None).exists())
    return told


def of_mpc(call: Call, command: Fetch | Notify) -> Params:
    """The parameters of the document a participant's exit leads to (one query)."""
    member = _last(call)
    if member is None:
        return {}
    told = {
        "MPCUUID": str(member.room.room_uuid),
        "MPCFriendlyName": member.room.name,
        "MemberID": str(member.member_id),
        "ParticipantCallUUID": str(call.call_uuid),
        "ParticipantRole": member.role,
        "ParticipantJoinTime": _moment(member.joined_at),
    }
    if member.left_at is not None:
        told["ParticipantEndTime"] = _moment(member.left_at)
    return told


def tell_digits(change: RoomChange, member: Member, digits: str) -> None:
    """Tells the status URL which keys a participant pressed."""
    status.tell(change, "ParticipantDigitInput", member, Digits=digits)


def _last(call: Call) -> Member | None:
    rows = Member.objects.filter(call=call).select_related("room")
    return rows.order_by("-join_id").first()


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S+00:00")
