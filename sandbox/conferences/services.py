"""What others ask of rooms: who is there, mute, hold, let go, let hear, end (compat/rest.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.applications.callback_urls import clean_url
from console.core import clock
from console.core.errors import DomainError, NotFound
from sandbox.calls.flow import events, rooms
from sandbox.calls.flow.causes import API_REQUEST
from sandbox.conferences.change import RoomChange, lock
from sandbox.conferences.models import ExitCause, Kind, Member, Room, RoomState, Termination

ALL: Final = "all"
LONGEST_TEXT: Final = 3000
_LONGEST_ID: Final = 9
_EVENTS: Final = {
    ("muted", True): "ParticipantMute",
    ("muted", False): "ParticipantUnmute",
    ("hold", True): "ParticipantHold",
    ("hold", False): "ParticipantUnhold",
    ("coach", True): "ParticipantCoachModeStart",
    ("coach", False): "ParticipantCoachModeStop",
}


# Reading


def living_rooms(
    *, account: Account, subaccount: Subaccount | None = None, kind: Kind | None = None
) -> list[Room]:
    """The account's rooms that live, newest first, at most 100 (one query)."""
    mine = Room.objects.for_account(account, subaccount).exclude(state=RoomState.ENDED)
    if kind is not None:
        mine = mine.filter(kind=kind)
    return list(mine.order_by("-created_at", "-id")[:100])


def find_room(
    *, account: Account, kind: Kind, name: str, subaccount: Subaccount | None = None
) -> Room:
    """The living room of that name (one query). Raises NotFound."""
    mine = Room.objects.for_account(account, subaccount).exclude(state=RoomState.ENDED)
    room = mine.select_related("subaccount").filter(kind=kind, name=name).first()
    if room is None:
        raise NotFound
    return room


def get_room(*, account: Account, room_uuid: UUID, subaccount: Subaccount | None = None) -> Room:
    """The room, living or ended (one query). Raises NotFound for anyone else's."""
    mine = Room.objects.for_account(account, subaccount).select_related("subaccount")
    room = mine.filter(room_uuid=room_uuid).first()
    if room is None:
        raise NotFound
    return room


def members_of(rooms_: Sequence[Room]) -> dict[int, list[Member]]:
    """Who is in each of these rooms now, by the room's key, with their calls (one query)."""
    found: dict[int, list[Member]] = {room.pk: [] for room in rooms_}
    here = Member.objects.filter(room__in=found, left_at=None)
    for member in here.select_related("call").order_by("room", "member_id"):
        found[member.room_id].append(member)
    return found


# Changing


def update_members(
    *,
    account: Account,
    room_uuid: UUID,
    members: str = ALL,
    subaccount: Subaccount | None = None,
    muted: bool | None = None,
    deaf: bool | None = None,
    hold: bool | None = None,
    coach: bool | None = None,
) -> list[str]:
    """Mutes, deafens, holds, coaches or the contrary; None leaves it as it is. Gives their ids.

    `members` is `all`, or ids separated by commas. Raises NotFound when one of them, or the living
    room, is not there. About eight queries.
    """
    wanted = {"muted": muted, "deaf": deaf, "hold": hold, "coach": coach}
    with changing(account, room_uuid, subaccount) as change:
        chosen = _chosen(change, members)
        for member in chosen:
            before = {name: getattr(member, name) for name in wanted}
            news = {n: v for n, v in wanted.items() if v is not None and v != before[n]}
            for name, value in news.items():
                setattr(member, name, value)
                if (name, value) in _EVENTS:
                    change.status(_EVENTS[name, value], member)
            if news:
                change.view(member)
        return _ids(chosen)


def kick_members(
    *,
    account: Account,
    room_uuid: UUID,
    members: str = ALL,
    subaccount: Subaccount | None = None,
) -> list[str]:
    """Lets members go: their calls run on with what their XML says next. Raises NotFound."""
    with changing(account, room_uuid, subaccount) as change:
        chosen = _chosen(change, members)
        for member in chosen:
            if member.left_at is None:  # the room may have ended by the one before
                change.view(member, phase=rooms.LEFT, why="kicked", source=API_REQUEST)
                change.let_go(member, ExitCause.KICKED)
        return _ids(chosen)


def hang_up_members(
    *,
    account: Account,
    room_uuid: UUID,
    members: str = ALL,
    subaccount: Subaccount | None = None,
) -> list[str]:
    """Ends the calls of members (cause 4000). Raises NotFound."""
    with changing(account, room_uuid, subaccount) as change:
        chosen = _chosen(change, members)
        _hang_up(change, chosen)
        return _ids(chosen)


def end_room(*, account: Account, room_uuid: UUID, subaccount: Subaccount | None = None) -> None:
    """Ends a room. The calls of a conference end with it; those of a multiparty call run on with
    their exit document or next element, else end with cause 4020. Raises NotFound.
    """
    with changing(account, room_uuid, subaccount) as change:
        if not change.room.is_mpc:
            _hang_up(change, list(change.members))
        change.end(Termination.API, source=API_REQUEST, tell=change.room.is_mpc)


def end_all_conferences(*, account: Account, subaccount: Subaccount | None = None) -> int:
    """Ends every living conference, each in a transaction of its own; gives how many."""
    ended = 0
    for room in living_rooms(account=account, subaccount=subaccount, kind=Kind.CONFERENCE):
        try:
            end_room(account=account, room_uuid=room.room_uuid, subaccount=subaccount)
        except NotFound:
            continue  # it has ended meanwhile
        ended += 1
    return ended


def start_room(*, account: Account, room_uuid: UUID, subaccount: Subaccount | None = None) -> None:
    """Lets those who wait begin; nothing when the talk has begun. Raises NotFound."""
    with changing(account, room_uuid, subaccount) as change:
        change.start()


def play_to_members(
    *,
    account: Account,
    room_uuid: UUID,
    url: str,
    members: str = ALL,
    subaccount: Subaccount | None = None,
) -> list[str]:
    """Lets members hear a sound file. Raises NotFound, or DomainError for a URL that is none."""
    clean = clean_url(url, field="url")
    if not clean:
        raise DomainError("There is no URL to play.", code="invalid_url", field="url")
    document = f"<Response><Play>{escape(clean)}</Play></Response>"
    return _let_hear(account, room_uuid, subaccount, members, document)


def speak_to_members(
    *,
    account: Account,
    room_uuid: UUID,
    text: str,
    voice: str = "WOMAN",
    language: str = "en-US",
    members: str = ALL,
    subaccount: Subaccount | None = None,
) -> list[str]:
    """Lets members hear words. Raises NotFound, or DomainError without a text."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        said = f"The text must have 1 to {LONGEST_TEXT} characters."
        raise DomainError(said, code="invalid_text", field="text")
    how = f"voice={quoteattr(voice)} language={quoteattr(language)}"
    document = f"<Response><Speak {how}>{escape(text)}</Speak></Response>"
    return _let_hear(account, room_uuid, subaccount, members, document)


def silence_members(
    *,
    account: Account,
    room_uuid: UUID,
    members: str = ALL,
    subaccount: Subaccount | None = None,
) -> list[str]:
    """Stops what is played or spoken to members. Raises NotFound."""
    with changing(account, room_uuid, subaccount) as change:
        chosen = _chosen(change, members)
        change.hear("silence", to=chosen)
        return _ids(chosen)


def _let_hear(
    account: Account,
    room_uuid: UUID,
    subaccount: Subaccount | None,
    members: str,
    document: str,
) -> list[str]:
    with changing(account, room_uuid, subaccount) as change:
        chosen = _chosen(change, members)
        change.hear("sounds", to=chosen, document=document)
        return _ids(chosen)


@contextmanager
def changing(
    account: Account, room_uuid: UUID, subaccount: Subaccount | None
) -> Iterator[RoomChange]:
    """The account's living room, locked while it is changed, and written at the end."""
    with transaction.atomic():
        room = get_room(account=account, room_uuid=room_uuid, subaccount=subaccount)
        change = lock(room.pk, at=clock.now())
        if change is None:
            raise NotFound
        yield change
        change.save()


def _chosen(change: RoomChange, members: str) -> list[Member]:
    """The members of `all`, or of a list of ids; all of them must be there."""
    if members.strip().lower() == ALL:
        return list(change.members)
    wanted = {one.strip() for one in members.split(",") if one.strip()}
    if not wanted or any(len(one) > _LONGEST_ID for one in wanted):
        raise NotFound
    chosen = [one for one in change.members if str(one.member_id) in wanted]
    if len(chosen) != len(wanted):
        raise NotFound
    return chosen


def _ids(members: Sequence[Member]) -> list[str]:
    return [str(one.member_id) for one in members]


def _hang_up(change: RoomChange, members: Sequence[Member]) -> None:
    serial = change.next_serial()
    for member in members:
        change.tell(member, events.HangupAsked(0, API_REQUEST), name=f"h{serial}")
