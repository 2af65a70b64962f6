"""Participants of multiparty calls over the API (compat/rest.md, MultiPartyCall)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, base_path, deleted, done
from console.api.fields import Args, Flag, PageArgs, Text, Url, Verb, Whole
from console.api.operations import ACTION, NOTHING, PAGE, Resource
from console.api.paging import limits
from console.api.scope import invalid, local
from console.core.errors import NotFound
from sandbox.conferences import inviting, selectors, services
from sandbox.conferences.models import Member, Room
from sandbox.conferences.mpc_api import found, mpc_operation, where
from sandbox.conferences.paging import counted

_ROLES: Final = ("agent", "supervisor", "customer", "ai-agent")
_DIALLING: Final = (
    "caller_name",
    "ring_timeout",
    "send_digits",
    "send_on_preanswer",
    "sip_headers",
)
_OTHER: Final = {"role", "from", "to", "call_uuid", "call_status_callback_url"}
_OTHER_TOO: Final = {"call_status_callback_method"}


class ParticipantAdd(Args):
    """Whom to bring in, and how the participant takes part."""

    role = Text(required=True, allow_blank=False, max_length=12)
    to = Text(required=False, max_length=4000, help_text="Agents: several joined by <.")
    call_uuid = Text(required=False, max_length=36, help_text="A living call to move here.")
    caller_name = Text(required=False, max_length=50)
    call_status_callback_url = Url(required=False)
    call_status_callback_method = Verb(required=False)
    sip_headers = Text(required=False)
    ring_timeout = Text(required=False, default="45", max_length=200)
    send_digits = Text(required=False, max_length=200)
    send_on_preanswer = Flag(required=False)
    max_duration = Whole(required=False, min_value=300, max_value=28_800)
    max_participants = Whole(required=False, min_value=2, max_value=10)
    record_min_member_count = Whole(required=False, min_value=1, max_value=2)
    wait_music_url = Url(required=False)
    wait_music_method = Verb(required=False)
    agent_hold_music_url = Url(required=False)
    agent_hold_music_method = Verb(required=False)
    customer_hold_music_url = Url(required=False)
    customer_hold_music_method = Verb(required=False)
    recording_callback_url = Url(required=False)
    recording_callback_method = Verb(required=False)
    status_callback_url = Url(required=False)
    status_callback_method = Verb(required=False)
    status_callback_events = Text(required=False, max_length=400)
    on_exit_action_url = Url(required=False)
    on_exit_action_method = Verb(required=False)
    record = Flag(required=False)
    record_participant_track = Flag(required=False)
    record_file_format = Text(required=False, max_length=3)
    stay_alone = Flag(required=False)
    coach_mode = Flag(required=False)
    mute = Flag(required=False)
    hold = Flag(required=False)
    start_mpc_on_enter = Flag(required=False)
    end_mpc_on_exit = Flag(required=False)
    relay_dtmf_inputs = Flag(required=False)
    enter_sound = Text(required=False, max_length=2000)
    enter_sound_method = Verb(required=False)
    exit_sound = Text(required=False, max_length=2000)
    exit_sound_method = Verb(required=False)
    start_recording_audio = Url(required=False)
    start_recording_audio_method = Verb(required=False)
    stop_recording_audio = Url(required=False)
    stop_recording_audio_method = Verb(required=False)
    transcript = Flag(required=False)
    transcription_url = Url(required=False)

    later = {
        "confirm_key": "Whoever answers is brought in without pressing a key.",
        "confirm_key_sound_url": "Whoever answers is brought in without pressing a key.",
        "delay_dial": "All are dialled at once, at the pace of the account.",
        "create_mpc_with_single_participant": "The first participant makes the call.",
    }
    heeded = frozenset({"confirm_key_sound_method", "dial_music"})


ParticipantAdd._declared_fields["from"] = Text(required=False, max_length=128)


class ParticipantFilter(PageArgs):
    """Which participants a list shows."""

    call_uuid = serializers.UUIDField(required=False)


class ParticipantUpdate(Args):
    """What changes; at least one of them."""

    coach_mode = Flag(required=False)
    mute = Flag(required=False)
    hold = Flag(required=False)


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
