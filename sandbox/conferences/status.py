"""What a multiparty call tells its status URL (compat/callbacks.md section 3.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from console.core import money
from sandbox.conferences.models import Member, Room
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify

if TYPE_CHECKING:
    from sandbox.conferences.change import RoomChange

_STATES: Final = "mpc-state-changes"
_PARTICIPANTS: Final = "participant-state-changes"
GROUPS: Final = {
    "MPCInitialized": _STATES,
    "MPCStart": _STATES,
    "MPCEnd": _STATES,
    "ParticipantJoin": _PARTICIPANTS,
    "ParticipantExit": _PARTICIPANTS,
    "ParticipantMute": _PARTICIPANTS,
    "ParticipantUnmute": _PARTICIPANTS,
    "ParticipantHold": _PARTICIPANTS,
    "ParticipantUnhold": _PARTICIPANTS,
    "ParticipantCoachModeStart": _PARTICIPANTS,
    "ParticipantCoachModeStop": _PARTICIPANTS,
    "ParticipantDigitInput": "participant-digit-input-events",
    "ParticipantSpeakStart": "participant-speak-events",
    "ParticipantSpeakStop": "participant-speak-events",
    "AddParticipantByAPIActionInitiated": "add-participant-api-events",
    "AddParticipantByAPIActionCompleted": "add-participant-api-events",
}
_STEP: Final = 60


def tell(
    change: RoomChange,
    event: str,
    member: Member | None = None,
    *,
    after: timedelta = timedelta(0),
    **more: str,
) -> None:
    """Tells an event of a group that was asked for; one query, none when nobody asked."""
    room, wanted = change.room, change.room.settings
    url = str(wanted.get("status_url", ""))
    if not url or GROUPS[event] not in str(wanted.get("status_events", "")).split(","):
        return
    told = {
        "EventName": event,
        "EventTimestamp": (change.at + after).strftime("%Y-%m-%d %H:%M:%S.%f+00:00"),
        "MPCUUID": str(room.room_uuid),
        "MPCName": room.name,
        **(_about(member) if member else {}),
        **(_sum(room) if event == "MPCEnd" else {}),
        **more,
    }
    serial = change.next_serial()
    notify(
        account=room.account,
        subaccount=room.subaccount,
        url=url,
        method=str(wanted.get("status_method", "POST")),
        params=told,
        purpose=Purpose.CONFERENCE,
        call_uuid=member.call.call_uuid if member else None,
        application=member.call.app_id if member else "",
        sequence=serial,
        dedupe_key=f"room:{room.room_uuid}:{serial}",
        delay=after,
    )


def billed_seconds(seconds: int) -> int:
    """Seconds rounded up to whole minutes."""
    return -(-seconds // _STEP) * _STEP


def total_billed(room: Room) -> int:
    """The billed seconds of all members, each rounded up (one query)."""
    return sum(billed_seconds(one.seconds) for one in Member.objects.filter(room=room))


def _about(member: Member) -> dict[str, str]:
    return {
        "MemberID": str(member.member_id),
        "ParticipantRole": member.role,
        "ParticipantCallUUID": str(member.call.call_uuid),
        "ParticipantCoachMode": "true" if member.coach else "false",
    }


def _sum(room: Room) -> dict[str, str]:
    """The legs are billed, the room itself is not."""
    return {
        "MPCDuration": str(room.seconds),
        "MPCBilledDuration": str(total_billed(room)),
        "MPCBilledAmount": money.text(money.ZERO),
    }
