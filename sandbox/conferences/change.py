"""A room while it is changed: locked, its members at hand, and what it tells collected.

Everything happens in the transaction of whoever asks. Calls hear of it by outbox rows, so that no
transaction ever holds two calls, and a worker killed at any line loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from console.core import outbox
from console.core.models import OutboxRow, Queue
from sandbox.calls.flow import rooms
from sandbox.calls.flow.events import Event
from sandbox.calls.said import party
from sandbox.calls.work import Work
from sandbox.conferences import recorder, status, tracks
from sandbox.conferences.models import ExitCause, Member, Room, RoomState, Termination

TELL: Final = "room.tell"
REASON: Final = "the engine carries on any tenant's room"


class RoomChange:
    """A locked room in the making; `members` are those in it now, in the order they came, `gone`
    those that leave by this change.

    `asking` is the call in whose own transaction the room changes: it hears at once what others
    hear by outbox rows, so that it cannot end between being let in and knowing of it.
    """

    def __init__(self, room: Room, *, at: datetime) -> None:
        self.asking: Work | None = None
        self.room = room
        self.at = at
        self.rows: list[OutboxRow] = []
        self.changed: dict[int, Member] = {}
        self.gone: list[Member] = []
        living = Member.objects.filter(room=room, left_at=None).select_related("call")
        self.members: list[Member] = list(living.order_by("member_id"))

    def member(self, pk: int) -> Member | None:
        """The member when it is in the room now."""
        return next((one for one in self.members if one.pk == pk), None)

    # Telling

    def tell(self, member: Member, event: Event, *, name: str) -> None:
        """Lets a member's call know, once under this name."""
        key = f"room-{self.room.pk}-{name}"
        if self.asking is not None and member.call_id == self.asking.call.pk:
            self.asking.at_once.append((event, key))
            return
        self.rows.append(
            OutboxRow(
                kind=TELL,
                queue=Queue.CALLS,
                payload={
                    "call_uuid": str(member.call.call_uuid),
                    "event": event.to_json(),
                    "key": key,
                },
                dedupe_key=f"{key}-{member.pk}",
                next_at=self.at,
            )
        )

    def view(self, member: Member, *, phase: str = "", why: str = "", source: str = "") -> None:
        """Tells a member how it stands now; it keeps the newest."""
        member.version += 1
        self.changed[member.pk] = member
        event = rooms.RoomView(
            member.join_id,
            member.version,
            phase or self.phase_of(member),
            str(member.member_id),
            why,
            source,
            sum(1 for one in self.members if one.pk != member.pk),
            member.muted,
            member.deaf,
        )
        self.tell(member, event, name=f"v{member.pk}-{member.version}")

    def hear(
        self,
        what: str,
        *,
        to: Iterable[Member],
        by: Member | None = None,
        digits: str = "",
        beeps: int = 0,
        document: str = "",
        text: str = "",
    ) -> None:
        """Lets members hear something, each once."""
        serial = self.next_serial()
        who = party(by.number) if by else ""
        for member in to:
            event = rooms.RoomHeard(member.join_id, what, who, digits, beeps, document, text)
            self.tell(member, event, name=f"h{serial}")

    def status(
        self, event: str, member: Member | None = None, *, after: timedelta = timedelta(0)
    ) -> None:
        """Tells the status URL of a multiparty call, `after` so long from now."""
        if self.room.is_mpc:
            status.tell(self, event, member, after=after)

    def next_serial(self) -> int:
        """A number that no other thing the room tells has."""
        self.room.serial += 1
        return self.room.serial

    # What is so

    def phase_of(self, member: Member) -> str:
        """Waiting, held or live."""
        if self.room.state == RoomState.INITIALIZED:
            return rooms.WAITING
        return rooms.HELD if member.hold else rooms.LIVE

    def is_heard(self, member: Member) -> bool:
        """Whether the others hear it: the room knows of a mute before the member's call does."""
        return not member.muted and self.phase_of(member) == rooms.LIVE

    def hearers(self, by: Member) -> list[Member]:
        """Who hears this member: the others; a coaching supervisor is heard by agents alone."""
        others = [one for one in self.members if one.pk != by.pk]
        if self.room.is_mpc and by.coach:
            return [one for one in others if one.role in ("agent", "ai-agent")]
        return others

    # Changing

    def start(self) -> None:
        """The talk begins; all who waited are in it."""
        if self.room.state != RoomState.INITIALIZED:
            return
        self.room.state = RoomState.ACTIVE
        self.room.started_at = self.at
        self.status("MPCStart")
        for member in self.members:
            self.view(member)

    def let_go(self, member: Member, why: ExitCause) -> None:
        """The member is in the room no more; the room may end by that."""
        if member.left_at is not None:
            return
        self.members = [one for one in self.members if one.pk != member.pk]
        self.gone.append(member)
        _mark_left(member, why, self.at)
        self.status("ParticipantExit", member)
        wanted = member.settings
        if self.members:
            beeps = int(wanted.get("exit_beeps", 0))
            self.hear(
                "left", to=self.members, by=member, beeps=beeps, document=member.exit_document
            )
        if wanted.get("end_on_exit") or not self.members:
            self.end(Termination.EMPTY)
        elif len(self.members) == 1 and not self._may_stay_alone(self.members[0]):
            self.end(Termination.ALONE)

    def end(self, cause: Termination, *, source: str = "", tell: bool = True) -> None:
        """The room is over and lets everybody go; without `tell` their calls end otherwise."""
        room = self.room
        if room.is_over:
            return
        members, self.members = self.members, []
        self.gone += members
        room.state, room.ended_at, room.termination = RoomState.ENDED, self.at, cause
        for member in members:
            _mark_left(member, ExitCause.ENDED, self.at)
            self.status("ParticipantExit", member)
            if tell:
                self.view(member, phase=rooms.LEFT, why="ended", source=source)
        self.status("MPCEnd")

    def _may_stay_alone(self, last: Member) -> bool:
        wanted = self.room.settings if self.room.is_mpc else last.settings
        return bool(wanted.get("stay_alone", True))

    def save(self) -> None:
        """Writes members, room and outbox: three queries; more when a recording begins or ends."""
        recorder.settle(self)
        tracks.settle(self)
        Member.objects.bulk_update(
            self.changed.values(), ["muted", "deaf", "hold", "coach", "version", "track_id"]
        )
        self.room.save(
            update_fields=[
                *("state", "termination", "last_member", "serial", "started_at", "ended_at"),
                *("settings", "recording", "recording_id"),
            ]
        )
        if self.rows:
            outbox.enqueue_many(self.rows)
            self.rows = []


def _mark_left(member: Member, why: ExitCause, at: datetime) -> None:
    member.left_at, member.exit_cause = max(at, member.joined_at), why
    Member.objects.filter(pk=member.pk, left_at=None).update(left_at=member.left_at, exit_cause=why)


def lock(room_id: int, *, at: datetime) -> RoomChange | None:
    """The living room, ours until the transaction ends (two queries); None when it is over."""
    rows = Room.objects.unscoped(REASON).exclude(state=RoomState.ENDED)
    locked = rows.select_related("account", "subaccount").select_for_update(of=("self",))
    room = locked.filter(pk=room_id).first()
    return RoomChange(room, at=at) if room is not None else None
