"""A call rehearsed: a document runs in virtual time, and nothing else happens.

The same pure flow that runs calls runs it here, so that it does what a call would do. There is no
row in the database, no request, no phone: phones do what the plan says, and where the document
leads to another one the rehearsal waits for the answer that the reader's server would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sandbox.calls.flow import document_event, events
from sandbox.calls.flow.commands import Fetch
from sandbox.calls.flow.events import Event
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.calls.rehearsal import sentences, told
from sandbox.calls.rehearsal.doers import carry_out
from sandbox.calls.rehearsal.plan import Move, Outcome, Plan, Reply
from sandbox.calls.rehearsal.stage import MOST_LINES, Stage
from sandbox.calls.rehearsal.told import Request

__all__ = ["Rehearsal", "Request", "rehearse", "sentences"]

ANSWER_SECONDS: Final = 0.1
"""How long a request takes."""
_TYPE: Final = "application/xml"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a call would have been, as rows that are not saved.

    `request` is what it waits for, None when the call has ended or went on for too long (`is_cut`).
    `used` is how many of the plan's replies were given. `missed` are moves that nobody could make.
    """

    call: Call
    legs: tuple[Leg, ...]
    story: tuple[CallEvent, ...]
    request: Request | None
    used: int
    missed: tuple[Move, ...]
    seconds: float

    @property
    def is_cut(self) -> bool:
        """Whether it did so much that the rest was left out."""
        return self.request is None and not self.call.is_over


def rehearse(plan: Plan, *, now: datetime) -> Rehearsal:
    """Runs the plan's document from the first ring on; the call begins at `now`.

    Costs no query and reads nothing but the plan. Bounded by so many steps and lines, and by the
    four hours that a call may last; a document of any kind does no more harm than in a call.
    """
    stage = Stage(plan, now, carry_out)
    replies = [Reply(plan.document), *plan.replies]
    request, given = None, 0
    stage.later(0, lambda: _begin(stage))
    while request is None and stage.go_on():
        while stage.fetches and request is None and not stage.is_over:
            asked = stage.fetches.popleft()
            reply = replies[given] if given < len(replies) else None
            known = told.request_of(stage, asked, reply.body if reply else "")
            if reply is None or reply.asked not in ("", known.key):
                request = known
            else:
                given += 1
                _answer(stage, asked, reply)
    return Rehearsal(
        call=stage.call,
        legs=tuple(stage.legs[child] for child in sorted(stage.legs)),
        story=tuple(stage.story[:MOST_LINES]),
        request=request,
        used=max(0, given - 1),
        missed=_missed(stage),
        seconds=stage.at,
    )


def _begin(stage: Stage) -> None:
    call = stage.call
    parties: dict[str, Any] = {"from": call.from_number, "to": call.to_number}
    if stage.plan.outbound:
        stage.note("call_asked", origin="api_call", **parties)
        stage.hears(events.OutgoingCall())
    else:
        stage.note("call_started", direction=call.direction, **parties)
        stage.hears(events.IncomingCall())


def _answer(stage: Stage, asked: Fetch, reply: Reply) -> None:
    """Lets the answer arrive; what the call does not wait for any more does no harm."""
    event, data = _event(asked.fetch_id, reply)
    data |= {
        "purpose": asked.purpose,
        "url": asked.url,
        "method": asked.method,
        "params": told.shown(stage, asked),
        "ms": round(ANSWER_SECONDS * 1000),
        "tries": 1,
        "content_type": _TYPE,
    }
    stage.later(ANSWER_SECONDS, lambda: stage.hears(event, **data))


def _event(fetch_id: int, reply: Reply) -> tuple[Event, dict[str, Any]]:
    if reply.outcome is Outcome.ERROR:
        said = {"http_status": 500, "sentence": "Your server answered 500."}
        return events.FetchFailed(fetch_id, "status", 500), said
    if reply.outcome is Outcome.TIMEOUT:
        said = {"http_status": None, "sentence": "Your server did not answer in time."}
        return events.FetchFailed(fetch_id, "timeout"), said
    body = reply.body.encode("utf-8", "surrogatepass")
    return document_event(fetch_id, body), {"http_status": 200}


def _missed(stage: Stage) -> tuple[Move, ...]:
    """What nobody could do: the phone was in no call, or the call was over."""
    later = stage.undone() if stage.is_over else ()
    left = tuple(stage.waiting) if stage.is_over else ()
    return (*stage.missed, *later, *left)
