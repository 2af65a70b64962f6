"""A call that was, as a plan: to run one of its documents again, or another in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from console.accounts.models import Account
from console.core.errors import NotFound
from sandbox.calls import services
from sandbox.calls.flow.causes import CALLEE
from sandbox.calls.flow.verbs.get_digits import MASK
from sandbox.calls.models import Call, CallEvent, Direction, Leg
from sandbox.calls.rehearsal.plan import (
    LONGEST_WORDS,
    MOST_MOVES,
    MOST_REPLIES,
    Does,
    Move,
    MoveKind,
    Party,
    Plan,
    Reply,
)

MOST_PARTIES: Final = 3
_REFUSED: Final = {3010: Does.BUSY, 3020: Does.REJECTS, 2010: Does.UNREACHABLE}


def plan_of(*, account: Account, call_uuid: UUID, line: int) -> Plan:
    """The document that this line of the call's story brought, and what happened after it.

    Keys that were hidden stay hidden: they are left out. Three queries. Raises NotFound for another
    account's call, and when the line brought no document or its text is not kept any more.
    """
    call = services.get_call(account=account, call_uuid=call_uuid)
    story = services.story_events(call)
    brought = next((one for one in story if one.seq == line and _is_document(one)), None)
    if brought is None or not brought.data.get("body"):
        raise NotFound
    legs = {leg.child: leg for leg in Leg.objects.filter(call=call)}
    return _plan(call, legs, brought, [one for one in story if one.seq > line])


def _is_document(event: CallEvent) -> bool:
    return event.kind == "document_fetched" and bool(event.key)


def _plan(
    call: Call, legs: Mapping[int, Leg], brought: CallEvent, after: Sequence[CallEvent]
) -> Plan:
    start = call.started_at if brought.data.get("purpose") == "answer" else brought.at
    dialled = [one.child for one in after if one.kind == "leg_dialled"]
    outbound = call.direction == Direction.OUTBOUND
    own = _party(legs[0], start) if outbound else Party(stays=None)
    return Plan(
        document=str(brought.data["body"]),
        answer_url=str(brought.data.get("url", "")),
        hangup_url=call.hangup_url,
        outbound=outbound,
        from_number=call.from_number,
        to_number=call.to_number,
        callee=own,
        parties=tuple(
            _party(legs[child], legs[child].initiated_at) for child in dialled[:MOST_PARTIES]
        )
        or (Party(),),
        moves=tuple(_moves(after, dialled, start))[:MOST_MOVES],
        replies=tuple(_replies(after))[:MOST_REPLIES],
    )


def _seconds(moment: datetime, since: datetime) -> float:
    """Telephone time between two moments of the clock."""
    return round(max(0.0, (moment - since).total_seconds()) * settings.TIME_SCALE, 1)


def _party(leg: Leg, begun: datetime) -> Party:
    if leg.answered_at is None:
        return Party(_REFUSED.get(leg.cause, Does.NO_ANSWER), after=1)
    left = leg.ended_at is not None and leg.source == CALLEE
    stays = round(_seconds(leg.ended_at, leg.answered_at)) if leg.ended_at and left else None
    return Party(Does.ANSWERS, after=round(_seconds(leg.answered_at, begun)), stays=stays)


def _moves(story: Sequence[CallEvent], dialled: Sequence[int], start: datetime) -> Iterator[Move]:
    for event in story:
        who = dialled.index(event.child) + 1 if event.child in dialled else 0
        if event.child and not who:
            continue
        data: Mapping[str, Any] = event.data
        at = _seconds(event.at, start)
        text = str(data.get("digits") or data.get("text") or "")[:LONGEST_WORDS]
        if event.kind == "digits" and MASK not in text:
            yield Move(MoveKind.KEYS, text, at, who)
        elif event.kind == "speech_heard" and MASK not in text:
            yield Move(MoveKind.WORDS, text, at, who)
        elif event.kind == "leg_ended" and not event.child:
            yield Move(MoveKind.HANG_UP, "", at)


def _replies(story: Sequence[CallEvent]) -> Iterator[Reply]:
    """What the URLs answered, as long as it can be answered again."""
    for event in story:
        if _is_document(event):
            yield Reply(str(event.data.get("body", "")))
        elif event.key and event.kind in ("document_refused", "fetch_failed"):
            return
