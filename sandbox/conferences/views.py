"""The rooms that live: who is in them, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import NotFound
from console.core.http import render_page
from sandbox.conferences import services

Deed = tuple[Callable[..., Any], dict[str, bool], str]
_DEEDS: Final[dict[str, Deed]] = {
    "mute": (services.update_members, {"muted": True}, "The others do not hear this member now."),
    "unmute": (services.update_members, {"muted": False}, "The others hear this member again."),
    "hold": (services.update_members, {"hold": True}, "This participant is on hold."),
    "unhold": (services.update_members, {"hold": False}, "This participant is back in the call."),
    "remove": (services.kick_members, {}, "Removed from the room; the call goes on."),
    "hangup": (services.hang_up_members, {}, "The call is being hung up."),
}
_ROOM_DEEDS: Final[dict[str, Deed]] = {
    "start": (services.start_room, {}, "The call has begun for all who waited."),
    "end": (services.end_room, {}, "The room has ended."),
}


@require_safe
@member_required
def living(request: ConsoleRequest) -> HttpResponse:
    """The account's rooms that live now, at most 100, with their members (two queries)."""
    found = services.living_rooms(account=request.account)
    members = services.members_of(found)
    context = {
        "rooms": [(room, members[room.pk]) for room in found],
        "may_write": request.membership.may_write,
    }
    return render_page(request, "conferences/rooms.html", context, partial="list")


@require_POST
@writer_required
def act(request: ConsoleRequest, room_uuid: UUID, deed: str) -> HttpResponse:
    """Does something to a member, or to the whole room."""
    service, how, said = _DEEDS.get(deed) or _ROOM_DEEDS.get(deed) or _unknown()
    whom = {"members": request.POST.get("member", "")} if deed in _DEEDS else {}
    try:
        service(account=request.account, room_uuid=room_uuid, **whom, **how)
    except NotFound as error:
        if not _is_mine(request, room_uuid):
            raise Http404 from error
        messages.info(request, "The member or the room is not there any more.")
    else:
        messages.success(request, said)
    return redirect("rooms:list")


def _unknown() -> Deed:
    raise Http404


def _is_mine(request: ConsoleRequest, room_uuid: UUID) -> bool:
    try:
        services.get_room(account=request.account, room_uuid=room_uuid)
    except NotFound:
        return False
    return True
