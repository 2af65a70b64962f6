"""The worker's side of rooms: outbox rows and periodic jobs. Each may run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from console.core import clock
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from sandbox.calls import engine
from sandbox.calls.flow import rooms
from sandbox.calls.flow.causes import PLIVO
from sandbox.calls.flow.events import Event
from sandbox.calls.models import CallPhase
from sandbox.calls.work import Work
from sandbox.conferences import facts
from sandbox.conferences.change import REASON, TELL, lock
from sandbox.conferences.effects import LIMIT
from sandbox.conferences.models import ExitCause, Member, Room, Termination

_AT_ONCE: Final = 200
_OF_OTHERS: Final = ("words", "digits")
_PATIENCE: Final = timedelta(minutes=2)
_KEPT: Final = timedelta(days=90)


@handler(TELL)
def tell(payload: Payload, row: OutboxRow) -> None:
    """A member's call hears from its room; not the others, while the API speaks to it alone."""
    event, key = Event.from_json(payload["event"]), payload["key"]

    def hear(work: Work) -> bool:
        alone = isinstance(event, rooms.RoomHeard) and event.what in _OF_OTHERS
        if not alone or work.hears_others(0):
            return engine.run(work, event, key=key, data={})
        work.note("room_unheard", key=key, who=getattr(event, "who", ""))
        work.save()
        return True

    engine.change(UUID(payload["call_uuid"]), hear, key=key)


@handler(LIMIT)
def limit(payload: Payload, row: OutboxRow) -> None:
    """A multiparty call has lasted as long as it may."""
    with transaction.atomic():
        change = lock(payload["room"], at=clock.now())
        if change is not None:
            change.end(Termination.TOO_LONG, source=PLIVO)
            change.save()


@periodic(every=timedelta(seconds=30))
def mend_rooms() -> None:
    """Takes out of rooms whose call was cut off, and tells members again what got lost."""
    gone = Member.objects.filter(left_at=None, call__phase=CallPhase.ENDED)
    for pk, room_id in gone.values_list("pk", "room_id")[:_AT_ONCE]:
        with transaction.atomic():
            change = lock(room_id, at=clock.now())
            member = change.member(pk) if change else None
            if change is not None and member is not None:
                change.let_go(member, ExitCause.HANGUP)
                change.save()
                facts.tell_exit(member)
    late = Member.objects.filter(told=False, left_at__lt=clock.now() - _PATIENCE)
    for member in late.select_related("call").order_by("left_at")[:_AT_ONCE]:
        _tell_again(member)


def _tell_again(member: Member) -> None:
    call = member.call
    if not call.is_over:
        event = rooms.RoomView(
            member.join_id,
            member.version + 1,
            rooms.LEFT,
            str(member.member_id),
            "kicked" if member.exit_cause == ExitCause.KICKED else "ended",
        )
        engine.apply(call.call_uuid, event, key=f"room-again-{member.pk}")
    Member.objects.filter(pk=member.pk).update(told=True)


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old rooms")
def prune_rooms() -> None:
    """Deletes rooms as old as the records that are kept (trust.md section 11), in batches."""
    old = Room.objects.unscoped(REASON).filter(ended_at__lt=clock.now() - _KEPT)
    Room.objects.unscoped(REASON).filter(
        pk__in=list(old.values_list("pk", flat=True)[:500])
    ).delete()
