"""What a call asks of rooms, carried out in the transaction of the call's own event."""

from __future__ import annotations

from typing import Any, Final

from django.db import IntegrityError, transaction

from console.core.models import OutboxRow, Queue
from console.core.telephone_time import scaled
from sandbox.calls import effects, leg_effects, params
from sandbox.calls.flow import rooms
from sandbox.calls.flow.ssml import SECONDS_PER_CHARACTER
from sandbox.calls.work import Work
from sandbox.conferences import facts, recorder
from sandbox.conferences.change import RoomChange, lock
from sandbox.conferences.models import ExitCause, Kind, Member, Room, RoomState
from sandbox.fence.kinds import Origin
from sandbox.recordings import making
from sandbox.recordings.models import RecordingKind

LIMIT: Final = "room.limit"
_TRIES: Final = 5
_CAUSES: Final = {"hangup": ExitCause.HANGUP}


def register_all() -> None:
    """Tells the engine who carries out the commands about rooms."""
    effects.register(rooms.JoinRoom, join)
    effects.register(rooms.LeaveRoom, leave)
    effects.register(rooms.RoomKeys, keys)
    effects.register(rooms.RoomWords, words)
    effects.register(rooms.RoomSounds, sounds)
    effects.register(rooms.Caption, caption)
    params.ELEMENTS["Conference"] = facts.of_conference
    params.ELEMENTS["MultiPartyCall"] = facts.of_mpc
    making.on_ready(RecordingKind.CONFERENCE, recorder.ready)


def join(work: Work, command: rooms.JoinRoom) -> None:
    """Takes the call into the living room of that name, or makes it; about ten queries."""
    wishes = dict(command.wishes)
    change = _room(work, command, wishes)
    room = change.room
    if len(change.members) >= int(room.settings.get("max_members", 20)):
        _refuse(work, change, command.join_id)
        return
    change.asking = work
    work.room = str(room.room_uuid)
    if wishes.get("record"):
        room.settings = {**room.settings, **recorder.wishes(wishes)}
    room.last_member += 1
    member = Member.objects.create(
        room=room,
        call=work.call,
        member_id=room.last_member,
        join_id=command.join_id,
        role=str(wishes.get("role", "")),
        muted=bool(wishes.get("muted")),
        hold=bool(wishes.get("hold")),
        coach=bool(wishes.get("coach")),
        settings=_kept(wishes),
        joined_at=work.at,
    )
    others = list(change.members)
    change.members.append(member)
    change.status("ParticipantJoin", member)
    if work.call.origin == Origin.CONFERENCE:
        change.status("AddParticipantByAPIActionCompleted", member)
    if wishes.get("start_on_enter", True) and room.state == RoomState.INITIALIZED:
        change.start()  # tells everybody, the new member too
    else:
        change.view(member)
        change.hear("entered", to=others, by=member, beeps=int(wishes.get("enter_beeps") or 0))
    change.save()


def _room(work: Work, command: rooms.JoinRoom, wishes: dict[str, Any]) -> RoomChange:
    """The room, locked. Of two calls that make the same room at once, one finds the other's."""
    call = work.call
    for _ in range(_TRIES):
        same = Room.objects.for_account(call.account).exclude(state=RoomState.ENDED)
        known = same.filter(kind=command.kind, name=command.name).values_list("pk", flat=True)
        if (pk := known.first()) is not None:
            change = lock(pk, at=work.at)
            if change is not None:
                return change
            continue  # it has ended meanwhile
        try:
            with transaction.atomic():
                return _make(work, command, wishes)
        except IntegrityError:
            continue  # somebody else made it meanwhile
    raise RuntimeError("a room that is neither there nor can be made")


def _make(work: Work, command: rooms.JoinRoom, wishes: dict[str, Any]) -> RoomChange:
    call = work.call
    room = Room.objects.create(
        kind=command.kind,
        account=call.account,
        subaccount=call.subaccount,
        name=command.name,
        settings=wishes,
        created_at=work.at,
    )
    change = RoomChange(room, at=work.at)
    change.status("MPCInitialized")
    if room.kind == Kind.MPC:
        seconds = float(wishes.get("max_seconds") or 14_400)
        change.rows.append(
            OutboxRow(
                kind=LIMIT,
                queue=Queue.CALLS,
                payload={"room": room.pk},
                dedupe_key=f"{LIMIT}:{room.room_uuid}",
                next_at=work.at + scaled(seconds),
            )
        )
    return change


def _kept(wishes: dict[str, Any]) -> dict[str, Any]:
    """What of its wishes is the member's own, whoever made the room."""
    names = ("start_on_enter", "end_on_exit", "stay_alone", "exit_beeps")
    told = ("callback_url", "callback_method")
    return {name: wishes[name] for name in (*names, *told) if name in wishes}


def _refuse(work: Work, change: RoomChange, join_id: int) -> None:
    """The room is full; the call is told, and nobody else."""
    nobody = Member(call=work.call, join_id=join_id, pk=0)
    event = rooms.RoomView(join_id, 1, rooms.REFUSED, why="full")
    change.tell(nobody, event, name=f"full-{work.call.pk}-{join_id}")
    change.save()


def leave(work: Work, command: rooms.LeaveRoom) -> None:
    """The call is in the room no more; nothing when the room has let it go already."""
    member = _member(work, command.join_id)
    if member is None:
        return
    if member.left_at is None and (change := lock(member.room_id, at=work.at)) is not None:
        here = change.member(member.pk)
        if here is not None:
            change.let_go(here, _CAUSES.get(command.why, ExitCause.TRANSFERRED))
            change.save()
    Member.objects.filter(pk=member.pk).update(told=True)


def keys(work: Work, command: rooms.RoomKeys) -> None:
    """Keys are heard by whoever hears this member, and told to the status URL."""
    change, member = _here(work, command.join_id)
    if change is None or member is None:
        return
    if command.relay and change.is_heard(member):
        change.hear("digits", to=change.hearers(member), by=member, digits=command.digits)
    if change.room.is_mpc:
        facts.tell_digits(change, member, command.digits)
    change.save()


def words(work: Work, command: rooms.RoomWords) -> None:
    """Words are heard by whoever hears this member, and told to the status URL."""
    change, member = _here(work, command.join_id)
    if change is None or member is None or not change.is_heard(member):
        return
    change.hear("words", to=change.hearers(member), by=member, text=command.text)
    change.status("ParticipantSpeakStart", member)
    # Words that are typed take no time of their own; a voice would.
    seconds = command.seconds or len(command.text) * SECONDS_PER_CHARACTER
    change.status("ParticipantSpeakStop", member, after=scaled(seconds))
    change.save()


def sounds(work: Work, command: rooms.RoomSounds) -> None:
    """The sounds of entering are heard now; those of leaving and of recording are kept."""
    change, member = _here(work, command.join_id)
    if change is None or member is None:
        return
    if command.when == "exit":
        Member.objects.filter(pk=member.pk).update(exit_document=command.document)
        return
    if command.when == "enter":
        change.hear("sounds", to=change.members, document=command.document)
    else:
        recorder.keep_sound(change, command.when, command.document)
    change.save()


def caption(work: Work, command: rooms.Caption) -> None:
    """The phone shows, or sounds, what the room is like."""
    leg = work.leg
    if command.tone:
        leg_effects.sound_tone(work, 0, command.text)
        return
    key = f"bridge-room-{work.call.version}-{len(work.events)}"
    leg_effects.line_of(leg).speak(call_uuid=leg.call_uuid, text=command.text, key=key)


def _member(work: Work, join_id: int) -> Member | None:
    return Member.objects.filter(call=work.call, join_id=join_id).first()


def _here(work: Work, join_id: int) -> tuple[RoomChange | None, Member | None]:
    """The room and the member, when the call is in it now."""
    member = _member(work, join_id)
    if member is None or member.left_at is not None:
        return None, None
    change = lock(member.room_id, at=work.at)
    return change, change.member(member.pk) if change else None
