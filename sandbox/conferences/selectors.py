"""Rooms and members as the API shows them (compat/rest.md, Conference and MultiPartyCall)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from console.accounts.models import Account, Subaccount
from console.api.scope import stamp
from console.core import money
from console.core.errors import NotFound
from sandbox.calls.models import Leg
from sandbox.conferences import services
from sandbox.conferences.models import ExitCause, Kind, Member, Room, RoomState, Taping, Termination
from sandbox.conferences.status import billed_seconds

Shown = dict[str, Any]
_BY_UUID: Final = "uuid_"
_BY_NAME: Final = "name_"


def conference_shown(room: Room) -> Shown:
    """A conference with its members (two queries); figures are texts."""
    members = services.members_of([room])[room.pk]
    names = _caller_names(members)
    return {
        "conference_name": room.name,
        "conference_run_time": str(room.seconds),
        "conference_member_count": str(len(members)),
        "members": [_member(one, names.get(one.call_id, "")) for one in members],
    }


def _member(member: Member, caller_name: str) -> Shown:
    call = member.call
    return {
        "muted": member.muted,
        "member_id": str(member.member_id),
        "deaf": member.deaf,
        "from": call.from_number,
        "to": call.to_number,
        "caller_name": caller_name,
        "direction": call.direction,
        "call_uuid": str(call.call_uuid),
        "join_time": str(member.seconds),
    }


def _caller_names(members: list[Member]) -> dict[int, str]:
    legs = Leg.objects.filter(call__in=[one.call_id for one in members], child=0)
    return dict(legs.values_list("call_id", "caller_name"))


def find_mpc(*, account: Account, named: str, subaccount: Subaccount | None = None) -> Room:
    """The multiparty call of `uuid_…`, or the living one of `name_…`. Raises NotFound."""
    if named.startswith(_BY_NAME):
        name = named.removeprefix(_BY_NAME)
        return services.find_room(account=account, subaccount=subaccount, kind=Kind.MPC, name=name)
    try:
        room_uuid = UUID(named.removeprefix(_BY_UUID))
    except ValueError as error:
        raise NotFound from error
    room = services.get_room(account=account, subaccount=subaccount, room_uuid=room_uuid)
    if not room.is_mpc:
        raise NotFound
    return room


def mpcs(*, account: Account, subaccount: Subaccount | None, asked: Q) -> QuerySet[Room]:
    """The account's multiparty calls, living and ended, newest first."""
    mine = Room.objects.for_account(account, subaccount).filter(asked, kind=Kind.MPC)
    return mine.select_related("subaccount").order_by("-created_at", "-id")


def participants(room: Room) -> QuerySet[Member]:
    """All who are or were in the call, in the order they came."""
    return Member.objects.filter(room=room).select_related("call").order_by("member_id")


def mpc_shown(room: Room, *, base: str, zone: ZoneInfo, billed: int) -> Shown:
    """A multiparty call; `billed` are the billed seconds of all participants."""
    over = room.is_over
    uri = f"{base}MultiPartyCall/uuid_{room.room_uuid}/"
    sub = room.subaccount
    cause = Termination(room.termination)
    return {
        "billed_amount": money.text(money.ZERO) if over else None,
        "billed_duration": billed if over else None,
        "creation_time": stamp(room.created_at, zone),
        "duration": room.seconds if over else None,
        "end_time": stamp(room.ended_at, zone),
        "friendly_name": room.name,
        "mpc_uuid": str(room.room_uuid),
        "participants": f"{uri}Participant/",
        "recording": Taping(room.recording).label,
        "resource_uri": uri,
        "start_time": stamp(room.started_at, zone),
        "status": RoomState(room.state).label,
        "stay_alone": bool(room.settings.get("stay_alone")),
        "sub_account": f"/v1/Account/{sub.auth_id}/" if sub else None,
        "termination_cause": cause.label if cause else None,
        "termination_cause_code": cause.value if cause else None,
    }


def participant_shown(member: Member, room: Room, *, base: str, zone: ZoneInfo) -> Shown:
    """A participant; what it costs stands in its call's record, so nothing is billed here."""
    gone = member.left_at is not None
    uri = f"{base}MultiPartyCall/uuid_{room.room_uuid}/Participant/{member.member_id}/"
    return {
        "billed_amount": money.text(money.ZERO) if gone else None,
        "billed_duration": billed_seconds(member.seconds) if gone else None,
        "call_uuid": str(member.call.call_uuid),
        "coach_mode": member.coach if member.role == "supervisor" else None,
        "duration": member.seconds if gone else None,
        "end_mpc_on_exit": bool(member.settings.get("end_on_exit")),
        "exit_cause": ExitCause(member.exit_cause).label or None,
        "exit_time": stamp(member.left_at, zone),
        "hold": member.hold,
        "join_time": stamp(member.joined_at, zone),
        "member_id": str(member.member_id),
        "mpc_uuid": str(room.room_uuid),
        "mute": member.muted,
        "resource_uri": uri,
        "role": member.role,
        "start_mpc_on_enter": bool(member.settings.get("start_on_enter", True)),
    }


def billed_by_room(rooms: Sequence[Room]) -> dict[int, int]:
    """The billed seconds of all participants, by the room's key (one query)."""
    billed: dict[int, int] = {}
    for member in Member.objects.filter(room__in=rooms, left_at__isnull=False):
        billed[member.room_id] = billed.get(member.room_id, 0) + billed_seconds(member.seconds)
    return billed
