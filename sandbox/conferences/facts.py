"""What requests of a call say about its room (compat/callbacks.md section 3.2)."""

from __future__ import annotations

from datetime import datetime

from sandbox.calls.flow.causes import call_status
from sandbox.calls.flow.commands import Fetch, Notify
from sandbox.calls.models import Call
from sandbox.calls.params import Params, for_command
from sandbox.conferences import recorder, status
from sandbox.conferences.change import RoomChange
from sandbox.conferences.models import Member
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify


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


def tell_exit(member: Member) -> None:
    """Tells a conference's callback URL that a member went whose call ended by force, and so could
    not tell it itself; nothing without such a URL (about six queries).
    """
    call, url = member.call, str(member.settings.get("callback_url", ""))
    if not url:
        return
    legs = {leg.child: leg for leg in call.legs.all()}
    answered = legs[0].answered_at is not None
    command = Notify(
        0,
        "conference_callback",
        url,
        str(member.settings.get("callback_method", "POST")),
        event="ConferenceExit",
        call_status=call_status(0, answered=answered, direction=call.direction),
        extra=(("ConferenceAction", "exit"),),
        element="Conference",
    )
    notify(
        account=call.account,
        subaccount=call.subaccount,
        url=url,
        method=command.method,
        params=for_command(call, legs, command),
        purpose=Purpose.CONFERENCE,
        call_uuid=call.call_uuid,
        application=call.app_id,
        dedupe_key=f"call:{call.call_uuid}:room-exit-{member.pk}",
    )


def _last(call: Call) -> Member | None:
    rows = Member.objects.filter(call=call).select_related("room")
    return rows.order_by("-join_id").first()


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S+00:00")
