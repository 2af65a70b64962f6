"""The story of a call to take along: as JSON for programs, as Markdown for tickets and chats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from console.core import money
from console.core.visible import make_visible
from sandbox.calls.flow import cause
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.calls.sentences import source_words
from sandbox.calls.telling import Line, all_lines

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#~])")
Json = dict[str, Any]


def as_json(call: Call, legs: Sequence[Leg], events: Sequence[CallEvent]) -> Json:
    """Facts, legs and every line with its data; times are ISO 8601 in UTC, money is text."""
    return {
        "call_uuid": str(call.call_uuid),
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "app_id": call.app_id,
        "phase": call.phase,
        "started_at": call.started_at.isoformat(),
        "ended_at": _iso(call.ended_at),
        "legs": [_leg(leg) for leg in legs],
        "story": [_event(event) for event in events],
    }


def _event(event: CallEvent) -> Json:
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "leg": "B" if event.child else "A",
        "child": event.child,
        "data": event.data,
    }


def _leg(leg: Leg) -> Json:
    return {
        "call_uuid": str(leg.call_uuid),
        "leg": "A" if leg.is_a else "B",
        "child": leg.child,
        "direction": leg.direction,
        "from": leg.from_number,
        "to": leg.to_number,
        "state": leg.state,
        "initiated_at": leg.initiated_at.isoformat(),
        "answered_at": _iso(leg.answered_at),
        "ended_at": _iso(leg.ended_at),
        "seconds": leg.seconds,
        "billed_seconds": leg.billed_seconds,
        "rate": money.text(leg.rate),
        "amount": money.text(leg.amount),
        "pop": leg.pop,
        "carrier": leg.carrier,
        "failed_over": leg.failed_over,
        "hangup_cause_code": leg.cause if leg.is_over else None,
        "hangup_cause_name": leg.cause_name if leg.is_over else None,
        "hangup_source": leg.source if leg.is_over else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def as_markdown(call: Call, legs: Sequence[Leg], events: Sequence[CallEvent]) -> str:
    """The same for people: a heading, the legs as a table, the lines as a list."""
    return "\n".join(_markdown(call, legs, events)) + "\n"


def _markdown(call: Call, legs: Sequence[Leg], events: Sequence[CallEvent]) -> Iterator[str]:
    yield f"# Call {_plain(call.from_number)} → {_plain(call.to_number)}"
    yield ""
    yield f"- Call UUID: `{call.call_uuid}`"
    yield f"- Began: {call.started_at:%Y-%m-%d %H:%M:%S} UTC"
    if call.ended_at:
        yield f"- Ended: {call.ended_at:%Y-%m-%d %H:%M:%S} UTC"
    for leg in legs[:1]:
        if leg.is_over:
            yield f"- {_ending(leg)}"
    yield from ("", "## Legs", "", "| leg | from | to | how it ended | seconds | cost, USD |")
    yield "|---|---|---|---|---|---|"
    for leg in legs:
        yield _row(leg)
    yield from ("", "## Story", "")
    for line in all_lines(call, legs, events):
        yield from _line(line)


def _ending(leg: Leg) -> str:
    return f"Cause: {leg.cause} {cause(leg.cause).name}, by {source_words(leg.source)}"


def _row(leg: Leg) -> str:
    how = f"{leg.cause} {leg.cause_name}" if leg.is_over else leg.get_state_display()
    cells = (
        "A" if leg.is_a else f"B{leg.position or ''}",
        *(_plain(one) for one in (leg.from_number, leg.to_number, how)),
        str(leg.seconds),
        money.text(leg.amount),
    )
    return f"| {' | '.join(cells)} |"


def _line(line: Line) -> Iterator[str]:
    yield f"- `{line.offset} s` **{line.name}** {_plain(line.text)}"
    if line.more:
        yield f"  {_plain(line.more)}"
    if line.body:
        fence = "`" * max(3, _longest_run(line.body) + 1)
        yield f"  {fence}xml"
        yield from (f"  {row}" for row in line.body.splitlines())
        yield f"  {fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing but text."""
    return _SPECIAL.sub(r"\\\1", make_visible(text).replace("\n", " "))
