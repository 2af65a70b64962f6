"""Conferences over the API (compat/rest.md, Conference): rooms by name, members by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted
from console.api.operations import NOTHING, Method, Resource, operation
from sandbox.conferences import selectors, services
from sandbox.conferences.models import Kind

TAG: Final = "Conference"


class MemberObject(serializers.Serializer[Any]):
    """A member; `join_time` are its seconds in the room."""

    muted = serializers.BooleanField()
    member_id = serializers.CharField()
    deaf = serializers.BooleanField()
    caller_name = serializers.CharField()
    direction = serializers.CharField()
    call_uuid = serializers.CharField()
    join_time = serializers.CharField()
    to = serializers.CharField()


MemberObject._declared_fields["from"] = serializers.CharField()


class ConferenceObject(serializers.Serializer[Any]):
    """A conference and who is in it. Its figures are texts."""

    conference_name = serializers.CharField()
    conference_run_time = serializers.CharField()
    conference_member_count = serializers.CharField()
    members = MemberObject(many=True)


class ConferenceNames(serializers.Serializer[Any]):
    """The names of the conferences that live."""

    conferences = serializers.ListField(child=serializers.CharField())


def conference_operation(
    name: str, summary: str, python: str, node: str, **more: Any
) -> Callable[[Method], Method]:
    """Declares an operation of conferences; `python` and `node` are calls of the SDKs."""
    more.setdefault("takes_async", True)
    return operation(
        name,
        summary=summary,
        tag=TAG,
        python=f"client.conferences.{python}",
        node=f"client.conferences.{node}",
        **more,
    )


def where(call: ApiCall, name: str) -> dict[str, Any]:
    """What leads a service to the room. Raises NotFound."""
    scope: dict[str, Any] = {"account": call.account, "subaccount": call.subaccount}
    room = services.find_room(kind=Kind.CONFERENCE, name=name, **scope)
    return {**scope, "room_uuid": room.room_uuid}


class Conferences(Resource):
    """`Conference/`."""

    @conference_operation(
        "conference_list",
        "List conferences",
        "list()",
        "list()",
        answer=ConferenceNames,
    )
    def get(self, call: ApiCall) -> Reply:
        """The names of those that live now, newest first."""
        found = services.living_rooms(
            account=call.account, subaccount=call.subaccount, kind=Kind.CONFERENCE
        )
        return Reply(200, {"conferences": [room.name for room in found]})

    @conference_operation(
        "conference_hangup_all",
        "Hang up all conferences",
        "hangup_all()",
        "hangupAll()",
        kind=NOTHING,
    )
    def delete(self, call: ApiCall) -> Reply:
        """Ends the calls of every member of every conference."""
        services.end_all_conferences(account=call.account, subaccount=call.subaccount)
        return deleted()


class OneConference(Resource):
    """`Conference/{name}/`."""

    @conference_operation(
        "conference_get",
        "Get a conference",
        'get("Standup")',
        'get("Standup")',
        answer=ConferenceObject,
    )
    def get(self, call: ApiCall, name: str) -> Reply:
        """A conference that lives, with its members."""
        room = services.find_room(
            account=call.account, subaccount=call.subaccount, kind=Kind.CONFERENCE, name=name
        )
        return Reply(200, selectors.conference_shown(room))

    @conference_operation(
        "conference_hangup",
        "Hang up a conference",
        'hangup("Standup")',
        'hangup("Standup")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str) -> Reply:
        """Ends the calls of all its members."""
        services.end_room(**where(call, name))
        return deleted()


urlpatterns = [
    path("Conference/", Conferences.as_view()),
    path("Conference/<path:name>/", OneConference.as_view()),
]
