"""Multiparty calls over the API (compat/rest.md, MultiPartyCall): by `uuid_…` or `name_…`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Q
from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, base_path, deleted, done
from console.api.fields import Args, PageArgs, Text, Url, Whole
from console.api.operations import ACTION, NOTHING, PAGE, Method, Resource, operation
from console.api.paging import limits
from console.api.scope import compared, invalid, local, moments, subaccount_named
from sandbox.conferences import selectors, services
from sandbox.conferences.models import Room, RoomState
from sandbox.conferences.paging import counted

TAG: Final = "MultiPartyCall"


class MpcFilter(PageArgs):
    """Which multiparty calls a list shows."""

    sub_account = Text(required=False, max_length=20)
    friendly_name = Text(required=False, max_length=128)
    status = Text(required=False, max_length=12, help_text="initialized, active or ended")
    termination_cause_code = Whole(required=False)
    end_time = Text(required=False, max_length=32)
    creation_time = Text(required=False, max_length=32)

    heeded = compared("end_time", "creation_time")


class MpcStart(Args):
    """What becomes of it."""

    status = serializers.JSONField(required=True, help_text="active")


class MpcPlay(Args):
    """What a participant hears."""

    url = Url(required=True, allow_blank=False, help_text="An MP3 or WAV file.")


class MpcObject(serializers.Serializer[Any]):
    """A multiparty call. What it costs stands in the records of its legs."""

    billed_amount = serializers.CharField(allow_null=True)
    billed_duration = serializers.IntegerField(allow_null=True)
    creation_time = serializers.CharField()
    duration = serializers.IntegerField(allow_null=True)
    end_time = serializers.CharField(allow_null=True)
    friendly_name = serializers.CharField()
    mpc_uuid = serializers.CharField()
    participants = serializers.CharField()
    recording = serializers.CharField()
    resource_uri = serializers.CharField()
    start_time = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    stay_alone = serializers.BooleanField()
    sub_account = serializers.CharField(allow_null=True)
    termination_cause = serializers.CharField(allow_null=True)
    termination_cause_code = serializers.IntegerField(allow_null=True)


class MpcDone(serializers.Serializer[Any]):
    """What was done, and the request's id."""

    message = serializers.CharField()
    request_uuid = serializers.CharField()


class MpcPlayed(serializers.Serializer[Any]):
    """Who hears it."""

    message = serializers.CharField()
    mpcMemberId = serializers.ListField(child=serializers.CharField())  # noqa: N815
    mpcName = serializers.CharField()  # noqa: N815 - as the compatible API spells them


def mpc_operation(
    name: str, summary: str, python: str, node: str, **more: Any
) -> Callable[[Method], Method]:
    """Declares an operation of multiparty calls; `python` and `node` are calls of the SDKs."""
    more.setdefault("takes_async", True)
    return operation(
        name,
        summary=summary,
        tag=TAG,
        python=f"client.multi_party_calls.{python}",
        node=f"client.multiPartyCalls.{node}",
        **more,
    )


def found(call: ApiCall, named: str) -> Room:
    """The multiparty call of the path. Raises NotFound."""
    return selectors.find_mpc(account=call.account, subaccount=call.subaccount, named=named)


def where(call: ApiCall, named: str) -> dict[str, Any]:
    """What leads a service to it. Raises NotFound."""
    return {
        "account": call.account,
        "subaccount": call.subaccount,
        "room_uuid": found(call, named).room_uuid,
    }


def shown(call: ApiCall, room: Room, billed: int) -> dict[str, Any]:
    """The object of a multiparty call."""
    base = base_path(call.account, call.subaccount)
    return selectors.mpc_shown(room, base=base, zone=local(call.account), billed=billed)


def _asked(call: ApiCall) -> Q:
    args = call.args
    asked = moments(call.raw, "creation_time", "created_at")
    asked &= moments(call.raw, "end_time", "ended_at")
    if name := args.get("friendly_name"):
        asked &= Q(name=name)
    if state := str(args.get("status") or "").lower():
        if state not in RoomState.values:
            raise invalid("status", "it is initialized, active or ended")
        asked &= Q(state=state)
    if "termination_cause_code" in args:
        asked &= Q(termination=args["termination_cause_code"], state=RoomState.ENDED)
    return asked


class MultiPartyCalls(Resource):
    """`MultiPartyCall/`."""

    @mpc_operation(
        "mpc_list",
        "List multiparty calls",
        "list(limit=20, offset=0)",
        "list({limit: 20})",
        kind=PAGE,
        args=MpcFilter,
        answer=MpcObject,
        errors=(400,),
    )
    def get(self, call: ApiCall) -> Reply:
        """Living and ended ones, newest first."""
        limit, offset = limits(call.raw)
        scope = subaccount_named(call, call.args.get("sub_account"))
        rows = selectors.mpcs(account=call.account, subaccount=scope, asked=_asked(call))
        page, total = list(rows[offset : offset + limit]), rows.count()
        billed = selectors.billed_by_room(page)
        objects = [shown(call, room, billed.get(room.pk, 0)) for room in page]
        return counted(call, objects, total)


class OneMultiPartyCall(Resource):
    """`MultiPartyCall/{mpc}/`."""

    @mpc_operation(
        "mpc_get",
        "Get a multiparty call",
        'get(friendly_name="Support")',
        'get({friendlyName: "Support"})',
        answer=MpcObject,
    )
    def get(self, call: ApiCall, mpc: str) -> Reply:
        """A name leads to a living one only."""
        room = found(call, mpc)
        billed = selectors.billed_by_room([room])
        return Reply(200, shown(call, room, billed.get(room.pk, 0)))

    @mpc_operation(
        "mpc_start",
        "Start a multiparty call",
        'start(friendly_name="Support")',
        'start({friendlyName: "Support"})',
        kind=ACTION,
        args=MpcStart,
        answer=MpcDone,
        example={"status": "active"},
    )
    def post(self, call: ApiCall, mpc: str) -> Reply:
        """Those who wait begin to talk."""
        given = call.args["status"]
        status = given[0] if isinstance(given, list) and given else given
        if str(status).lower() != "active":
            raise invalid("status", "it is active")
        room = found(call, mpc)
        services.start_room(**where(call, mpc))
        return done(f"MPC: {room.name} started", status=202, request_uuid=str(call.api_id))

    @mpc_operation(
        "mpc_end",
        "End a multiparty call",
        'stop(friendly_name="Support")',
        'stop({friendlyName: "Support"})',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, mpc: str) -> Reply:
        """Its participants go on with their exit document or next element, else end."""
        services.end_room(**where(call, mpc))
        return deleted()


class MpcPlaying(Resource):
    """`MultiPartyCall/{mpc}/Member/{member_id}/Play/`."""

    @mpc_operation(
        "mpc_member_play",
        "Play to participants",
        'start_play_audio("1", friendly_name="Support", url="https://example.com/a.mp3")',
        'startPlayAudio("1", "https://example.com/a.mp3", {friendlyName: "Support"})',
        kind=ACTION,
        args=MpcPlay,
        answer=MpcPlayed,
        example={"url": "https://example.com/a.mp3"},
    )
    def post(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """A sound file that only they hear."""
        room = found(call, mpc)
        members = services.play_to_members(
            **where(call, mpc), members=member_id, url=call.args["url"]
        )
        return done("play queued into MPC", status=202, mpcMemberId=members, mpcName=room.name)

    @mpc_operation(
        "mpc_member_play_stop",
        "Stop playing to participants",
        'stop_play_audio("1", friendly_name="Support")',
        'stopPlayAudio("1", {friendlyName: "Support"})',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """Silences what is played to them."""
        services.silence_members(**where(call, mpc), members=member_id)
        return deleted()


urlpatterns = [
    path("MultiPartyCall/", MultiPartyCalls.as_view()),
    path("MultiPartyCall/<path:mpc>/Member/<str:member_id>/Play/", MpcPlaying.as_view()),
    path("MultiPartyCall/<path:mpc>/", OneMultiPartyCall.as_view()),
]
