"""The story as its page shows it: lines with their time, leg, sentence, fix and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from console.core.visible import make_visible
from sandbox.calls.excerpt import Row, around
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.calls.rungs import OWN, rung
from sandbox.calls.sentences import say
from sandbox.fence.rules import RULES

PAGE_LINES: Final = 40
MOST_EVIDENCE: Final = 4
LONGEST_BODY: Final = 1536


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story. `offset` is seconds since the call began, `rung` who tells whom.

    `told` is what its request was for, when the request and its answer stand in the webhook log.
    `place` is its number among all lines; `held` says that what was sent and what came is left out
    here and stands on the page that begins with this line.
    """

    at: datetime
    offset: str
    lane: str
    name: str
    tone: str
    icon: str
    text: str
    more: str = ""
    fix: str = ""
    fix_url: str = ""
    cause: int = 0
    facts: tuple[tuple[str, str], ...] = ()
    body: str = ""
    rows: tuple[Row, ...] = ()
    rules: tuple[Mapping[str, str], ...] = field(default=())
    steps: tuple[Mapping[str, Any], ...] = field(default=())
    rung: str = OWN
    told: str = ""
    place: int = 0
    held: bool = False


class _Telling:
    """Goes through the lines and remembers what later ones refer to."""

    def __init__(self, call: Call, legs: Sequence[Leg]) -> None:
        self.start = call.started_at
        self.legs = {leg.child: leg for leg in legs}
        self.several = len(legs) > 2
        self.xml = ""
        self.answered: set[int] = set()

    def lines(self, events: Sequence[CallEvent]) -> Iterator[Line]:
        self.answered = {event.data.get("fetch_id", 0) for event in events if _is_answer(event)}
        for event in events:
            if not self._is_told_elsewhere(event):
                yield self._line(event)

    def _is_told_elsewhere(self, event: CallEvent) -> bool:
        """A request that was answered stands in its answer; the flow's own notes say the rest."""
        if event.kind == "fetch_started":
            return event.data.get("fetch_id") in self.answered
        return event.kind in _TOLD_ELSEWHERE

    def _line(self, event: CallEvent) -> Line:
        data, leg = event.data, self.legs.get(event.child)
        came = _is_answer(event)
        # Bytes that are no text were an answer too; why they are refused is the next line.
        kind = "document_fetched" if came and event.kind == "document_refused" else event.kind
        said = say(kind, data, leg)
        body = ""
        facts: tuple[tuple[str, str], ...] = ()
        rows: tuple[Row, ...] = ()
        if came:
            body, facts = self._evidence(event)
        elif event.kind == "notified" and "params" in data:  # of a rehearsal: no log has it
            facts = _visible(data["params"])
        elif event.kind == "document_refused":
            rows = tuple(around(self.xml, int(data.get("line") or 0)))
        return Line(
            at=event.at,
            offset=f"{max(0.0, (event.at - self.start).total_seconds()):.1f}",
            lane="B" if event.child else "A",
            name=self._name(leg),
            tone=said.tone,
            icon=said.icon,
            text=make_visible(said.text),
            more=make_visible(said.more),
            fix=str(data.get("fix") or ("Assign an application" if "fix_url" in data else "")),
            fix_url=str(data.get("fix_url", "")),
            cause=int(data.get("cause") or 0) if event.kind in ("hung_up", "leg_ended") else 0,
            facts=facts,
            body=body,
            rows=rows,
            rules=tuple(_titled(rule) for rule in data.get("rules", ())),
            steps=tuple(data.get("steps", ())),
            told=str(data.get("purpose", "")) if event.kind == "notified" else "",
            rung=rung(kind, data, child=event.child),
        )

    def _name(self, leg: Leg | None) -> str:
        if leg is None or leg.is_a:
            return "A"
        return f"B{leg.position}" if self.several else "B"

    def _evidence(self, event: CallEvent) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What was sent and what came."""
        data: Mapping[str, Any] = event.data
        self.xml = str(data.get("body", ""))
        return make_visible(self.xml[:LONGEST_BODY]), _visible(data.get("params", {}))


def _visible(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, make_visible(str(value))) for name, value in sorted(params.items()))


_TITLES: Final = {rule.name: rule.title for rule in RULES}


def _titled(rule: Mapping[str, str]) -> Mapping[str, str]:
    """A verdict of the fence with its rule's title for people."""
    return {**rule, "title": _TITLES.get(rule["rule"], rule["rule"])}


_ANSWERS: Final = frozenset({"document_fetched", "document_refused", "fetch_failed"})
_TOLD_ELSEWHERE: Final = frozenset({"incoming_call", "leg_left", "phone_rings"})


def _is_answer(event: CallEvent) -> bool:
    """Whether the line is what a request brought; the flow's own notes have no key."""
    return bool(event.key) and event.kind in _ANSWERS


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of the story; `earlier` and `later` are where the neighbours begin, or None."""

    lines: list[Line]
    earlier: int | None
    later: int | None


def tell(
    call: Call, legs: Sequence[Leg], events: Sequence[CallEvent], *, start: int | None = None
) -> Page:
    """Forty lines from `start`; by default the first, of a living call the last. No query.

    Only the first few requests of a page show what was sent and what came, so that it stays small.
    """
    told = enumerate(all_lines(call, legs, events))
    lines = [replace(line, place=place) for place, line in told]
    last = max(0, len(lines) - PAGE_LINES)
    first = (0 if call.is_over else last) if start is None else min(max(0, start), len(lines))
    shown = list(_with_some_evidence(lines[first : first + PAGE_LINES]))
    return Page(
        lines=shown,
        earlier=max(0, first - PAGE_LINES) if first else None,
        later=first + PAGE_LINES if first + PAGE_LINES < len(lines) else None,
    )


def all_lines(call: Call, legs: Sequence[Leg], events: Sequence[CallEvent]) -> Iterator[Line]:
    """Every line of the story in order, with all its evidence. No query."""
    yield from _Telling(call, legs).lines(events)


def _with_some_evidence(lines: Sequence[Line]) -> Iterator[Line]:
    left = MOST_EVIDENCE
    for line in lines:
        if line.body or line.facts:
            left -= 1
        if left >= 0 or not (line.body or line.facts):
            yield line
        else:
            yield replace(line, body="", facts=(), held=True)
