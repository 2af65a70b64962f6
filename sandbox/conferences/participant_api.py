"""Participants of multiparty calls over the API (compat/rest.md, MultiPartyCall)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, base_path, deleted, done
from console.api.operations import ACTION, NOTHING, PAGE, Resource
from console.api.paging import limits
from console.api.scope import invalid, local
from console.core.errors import NotFound
from sandbox.conferences import inviting, selectors, services
from sandbox.conferences.models import Member, Room
from sandbox.conferences.mpc_api import found, mpc_operation, where
from sandbox.conferences.paging import counted
from sandbox.conferences.participant_args import (
    ParticipantAdd,
    ParticipantFilter,
    ParticipantUpdate,
)

_ROLES: Final = ("agent", "supervisor", "customer", "ai-agent")
_DIALLING: Final = (
    "caller_name",
    "confirm_key",
    "confirm_key_sound_method",
    "confirm_key_sound_url",
    "delay_dial",
    "ring_timeout",
    "send_digits",
    "send_on_preanswer",
    "sip_headers",
)
_OTHER: Final = {"role", "from", "to", "call_uuid", "call_status_callback_url", "dial_music"}
_OTHER_TOO: Final = {"call_status_callback_method"}


class ParticipantObject(serializers.Serializer[Any]):
    """A participant, in the call or gone."""

    billed_amount = serializers.CharField(allow_null=True)
    billed_duration = serializers.IntegerField(allow_null=True)
    call_uuid = serializers.CharField()
    coach_mode = serializers.BooleanField(allow_null=True)
    duration = serializers.IntegerField(allow_null=True)
    end_mpc_on_exit = serializers.BooleanField()
    exit_cause = serializers.CharField(allow_null=True)
    exit_time = serializers.CharField(allow_null=True)
    hold = serializers.BooleanField()
    join_time = serializers.CharField()
    member_id = serializers.CharField()
    mpc_uuid = serializers.CharField()
    mute = serializers.BooleanField()
    resource_uri = serializers.CharField()
    role = serializers.CharField()
    start_mpc_on_enter = serializers.BooleanField()


class ParticipantsAdded(serializers.Serializer[Any]):
    """The calls on their way."""

    message = serializers.CharField()
    request_uuid = serializers.CharField()
    calls = serializers.ListField(child=serializers.JSONField())


class ParticipantsChanged(serializers.Serializer[Any]):
    """What was done, by argument."""

    message = serializers.JSONField()
    request_uuid = serializers.CharField()


def _shown(call: ApiCall, member: Member, room: Room) -> dict[str, Any]:
    base = base_path(call.account, call.subaccount)
    return selectors.participant_shown(member, room, base=base, zone=local(call.account))


class Participants(Resource):
    """`MultiPartyCall/{mpc}/Participant/`."""

    @mpc_operation(
        "mpc_participant_list",
        "List participants",
        'list_participants(friendly_name="Support")',
        'listParticipants({friendlyName: "Support"})',
        kind=PAGE,
        args=ParticipantFilter,
        answer=ParticipantObject,
    )
    def get(self, call: ApiCall, mpc: str) -> Reply:
        """Those who are in the call and those who were, in the order they came."""
        room = found(call, mpc)
        rows = selectors.participants(room)
        if "call_uuid" in call.args:
            rows = rows.filter(call__call_uuid=call.args["call_uuid"])
        limit, offset = limits(call.raw)
        page, total = list(rows[offset : offset + limit]), rows.count()
        return counted(call, [_shown(call, one, room) for one in page], total)

    @mpc_operation(
        "mpc_participant_add",
        "Add participants",
        'add_participant("agent", friendly_name="Support", from_="14155550100", to_="12025550143")',
        'addParticipant("agent", {friendlyName: "Support", from: "14155550100", to: "12025550143"})',
        kind=ACTION,
        status=201,
        args=ParticipantAdd,
        answer=ParticipantsAdded,
        errors=(400, 403, 404, 429),
        example={"role": "agent", "from": "14155550100", "to": "12025550143"},
    )
    def post(self, call: ApiCall, mpc: str) -> Reply:
        """Dials them, or moves a living call here. The first one makes the multiparty call."""
        args = call.args
        role = args["role"].lower()
        if role not in _ROLES:
            raise invalid("role", "it is agent, supervisor or customer")
        if args.get("dial_music", "none").lower() not in ("", "none", "real"):
            call.partly("dial_music", "Those in the call hear nothing while somebody is dialled.")
        made = inviting.add_participants(
            account=call.account,
            subaccount=call.subaccount,
            named=mpc,
            role=role,
            from_=args.get("from", ""),
            to=args.get("to", ""),
            call_uuid=args.get("call_uuid", ""),
            dialling=_dialling(args),
            wishes=_wishes(args),
        )
        calls = [
            {"to": one.to_number, "from": one.from_number, "call_uuid": str(one.call_uuid)}
            for one in made
        ]
        message = "add participant action initiated"
        return done(message, status=201, calls=calls, request_uuid=str(made[0].call_uuid))


def _dialling(args: dict[str, Any]) -> dict[str, Any]:
    dialling: dict[str, Any] = {name: args[name] for name in _DIALLING if name in args}
    if url := args.get("call_status_callback_url"):
        method = args.get("call_status_callback_method", "POST")
        dialling |= {"ring_url": url, "ring_method": method}
        dialling |= {"hangup_url": url, "hangup_method": method}
    return dialling


def _wishes(args: dict[str, Any]) -> dict[str, Any]:
    aside = {*_DIALLING, *_OTHER, *_OTHER_TOO}
    return {name: value for name, value in args.items() if name not in aside}


class OneParticipant(Resource):
    """`MultiPartyCall/{mpc}/Participant/{member_id}/`."""

    @mpc_operation(
        "mpc_participant_get",
        "Get a participant",
        'get_participant("1", friendly_name="Support")',
        'getParticipant("1", {friendlyName: "Support"})',
        answer=ParticipantObject,
    )
    def get(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """One who is in the call, or was."""
        room = found(call, mpc)
        number = member_id if member_id.isascii() and member_id.isdigit() else ""
        rows = selectors.participants(room).filter(member_id=int(number[:9] or 0))
        member = rows.first()
        if member is None:
            raise NotFound
        return Reply(200, _shown(call, member, room))

    @mpc_operation(
        "mpc_participant_update",
        "Mute, hold or coach",
        'update_participant("1", friendly_name="Support", mute=True)',
        'updateParticipant("1", {friendlyName: "Support", mute: true})',
        kind=ACTION,
        args=ParticipantUpdate,
        answer=ParticipantsChanged,
        example={"mute": True},
    )
    def post(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """`member_id` is an id, several joined by commas, or `all`."""
        room, args = found(call, mpc), call.args
        given = {name: args[name] for name in ("coach_mode", "mute", "hold") if name in args}
        if not given:
            raise invalid("coach_mode", "give one of coach_mode, mute and hold")
        if "coach_mode" in given and member_id.lower() == services.ALL:
            raise invalid("coach_mode", "it is set for one participant at a time")
        services.update_members(
            **where(call, mpc),
            members=member_id,
            muted=given.get("mute"),
            hold=given.get("hold"),
            coach=given.get("coach_mode"),
        )
        message = {name: f"MPC: {room.name} {_WORDS[name]} succeeded" for name in given}
        return Reply(202, {"message": message, "request_uuid": str(call.api_id)})

    @mpc_operation(
        "mpc_participant_kick",
        "Remove participants",
        'kick_participant("1", friendly_name="Support")',
        'kickParticipant("1", {friendlyName: "Support"})',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """They go on with their exit document or next element, else end with 4030."""
        services.kick_members(**where(call, mpc), members=member_id)
        return deleted()


_WORDS: Final = {
    "coach_mode": "coach_mode enable/disable",
    "mute": "mute/unmute member(s)",
    "hold": "hold/unhold member(s)",
}
_BASE: Final = "MultiPartyCall/<path:mpc>/Participant/"
urlpatterns = [
    path(_BASE, Participants.as_view()),
    path(f"{_BASE}<str:member_id>/", OneParticipant.as_view()),
]
