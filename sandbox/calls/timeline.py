"""A call as bars on an axis of time: legs, elements, requests, keys. Pure geometry in percent.

Drawn as SVG whose x are percentages, so one drawing fits every width and its letters keep their
size; the same figures stand in a table behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sandbox.calls.flow import cause
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.calls.sentences import FINE, url_words

LANE_HEIGHT: Final = 30
BAR_HEIGHT: Final = 16
MOST_LEGS: Final = 5
MOST_SPANS: Final = 24
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400)
_MOST_TICKS: Final = 6
_LETTER: Final = 0.95
"""Percent of the width that a letter of a bar's label takes, on a wide screen."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, or happened (no length); `begin` and `end` are seconds.

    `x` and `width` are percent; `look` is ring, up, element, fetch, bad, mark or fault.
    """

    lane: int
    look: str
    label: str
    begin: float
    end: float
    x: float = 0
    width: float = 0

    @property
    def y(self) -> float:
        """The upper edge of its bar."""
        return self.lane * LANE_HEIGHT + (LANE_HEIGHT - BAR_HEIGHT) / 2

    @property
    def middle(self) -> float:
        """The middle of its lane."""
        return self.lane * LANE_HEIGHT + LANE_HEIGHT / 2

    @property
    def says(self) -> str:
        """Its label where there is room for it."""
        return self.label if self.width > len(self.label) * _LETTER + 1.2 else ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the drawing."""

    name: str
    title: str
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing and the figures behind it."""

    lanes: tuple[Lane, ...]
    spans: tuple[Span, ...]
    marks: tuple[Span, ...]
    ticks: tuple[Tick, ...]
    seconds: float
    more_legs: int

    @property
    def bottom(self) -> int:
        """Where the lanes end."""
        return len(self.lanes) * LANE_HEIGHT

    @property
    def height(self) -> int:
        """With the axis under them."""
        return self.bottom + 20

    @property
    def rows(self) -> list[tuple[Lane, Span]]:
        """The figures in order of time."""
        found = sorted((*self.spans, *self.marks), key=lambda span: (span.begin, span.lane))
        return [(self.lanes[span.lane], span) for span in found]

    @property
    def summary(self) -> str:
        """One sentence with what the picture says, for those who do not see it."""
        legs = len(self.lanes) - 1 + self.more_legs
        faults = sum(span.look in ("bad", "fault") for span in (*self.spans, *self.marks))
        words = "1 leg" if legs == 1 else f"{legs} legs"
        return f"{words} within {self.seconds:.1f} seconds, {faults} faults."


def timeline(
    call: Call, legs: Sequence[Leg], events: Sequence[CallEvent], *, now: datetime
) -> Timeline | None:
    """The drawing of a call as it is at `now`; None without any leg. No query."""
    shown = sorted(legs, key=lambda leg: leg.child)[:MOST_LEGS]
    if not shown:
        return None
    ends = [*(leg.ended_at or now for leg in legs), *(event.at for event in events[-1:])]
    seconds = max(1.0, (max(ends) - call.started_at).total_seconds())
    lane_of = {leg.child: 0 if leg.is_a else place + 1 for place, leg in enumerate(shown)}
    draw = _Drawing(call, seconds, lane_of, now)
    spans = [*draw.legs(shown), *draw.elements(events), *draw.fetches(events)]
    return Timeline(
        lanes=tuple(_lanes(shown)),
        spans=tuple(map(draw.placed, spans[:MOST_SPANS])),
        marks=tuple(map(draw.placed, list(draw.marks(events))[:MOST_SPANS])),
        ticks=tuple(_ticks(seconds)),
        seconds=seconds,
        more_legs=len(legs) - len(shown),
    )


class _Drawing:
    """What bars and marks are measured by."""

    def __init__(self, call: Call, seconds: float, lane_of: dict[int, int], now: datetime) -> None:
        self.start, self.seconds, self.lane_of, self.now = call.started_at, seconds, lane_of, now
        self.over = call.is_over

    def offset(self, moment: datetime) -> float:
        return round(max(0.0, (moment - self.start).total_seconds()), 2)

    def placed(self, span: Span) -> Span:
        x = 100 * span.begin / self.seconds
        width = 100 * (span.end - span.begin) / self.seconds
        return replace(span, x=round(min(x, 100), 2), width=round(max(width, 0.4), 2))

    def legs(self, legs: Iterable[Leg]) -> Iterator[Span]:
        for leg in legs:
            lane = self.lane_of[leg.child]
            end = leg.ended_at or self.now
            ringing = leg.answered_at or end
            if ringing > leg.initiated_at:
                begin = self.offset(leg.initiated_at)
                yield Span(lane, "ring", "Rings", begin, self.offset(ringing))
            if leg.answered_at:
                begin = self.offset(leg.answered_at)
                yield Span(lane, "up", "Answered", begin, self.offset(end))

    def elements(self, events: Sequence[CallEvent]) -> Iterator[Span]:
        """Each element until the next begins, the call ends, or now."""
        begun: CallEvent | None = None
        for event in events:
            if event.kind not in ("element_started", "hung_up", "document_started"):
                continue
            if begun is not None:
                yield self._element(begun, event.at)
            begun = event if event.kind == "element_started" else None
        if begun is not None:
            yield self._element(begun, self.now)

    def _element(self, event: CallEvent, end: datetime) -> Span:
        name = str(event.data.get("element", ""))
        return Span(1, "element", name, self.offset(event.at), self.offset(end))

    def fetches(self, events: Sequence[CallEvent]) -> Iterator[Span]:
        for event in events:
            if event.key and event.kind in _ANSWERS:
                took = float(event.data.get("ms") or 0) / 1000
                end = self.offset(event.at)
                what = url_words(event.data.get("purpose"))
                bad = event.kind != "document_fetched"
                look = "bad" if bad else "fetch"
                yield Span(1, look, f"Asks {what}", max(0.0, round(end - took, 2)), end)

    def marks(self, events: Sequence[CallEvent]) -> Iterator[Span]:
        for event in events:
            at = self.offset(event.at)
            lane = self.lane_of.get(event.child, 0)
            if event.kind == "digits":
                yield Span(lane, "mark", f"Keys {event.data.get('digits', '')}", at, at)
            elif event.kind in ("refused", "document_refused", "fetch_failed", "xml_loop"):
                words = event.kind.replace("_", " ").capitalize()
                yield Span(lane if event.child else 1, "fault", words, at, at)
            elif event.kind in ("leg_ended", "hung_up") and event.data.get("cause"):
                code = int(event.data["cause"])
                look = "mark" if code in FINE else "fault"
                yield Span(lane, look, f"{code} {cause(code).name}", at, at)


_ANSWERS: Final = frozenset({"document_fetched", "document_refused", "fetch_failed"})


def _lanes(legs: Sequence[Leg]) -> Iterator[Lane]:
    a_leg = legs[0]
    yield Lane("A", f"A leg: {a_leg.from_number} to {a_leg.to_number}", 0)
    yield Lane("Platform", "Platform", LANE_HEIGHT)
    for place, leg in enumerate(legs[1:], start=2):
        name = "B" if len(legs) == 2 else f"B{place - 1}"
        yield Lane(name, f"{name} leg: to {leg.to_number}", place * LANE_HEIGHT)


def _ticks(seconds: float) -> Iterator[Tick]:
    step = next((one for one in _STEPS if seconds / one <= _MOST_TICKS), _STEPS[-1])
    for place in range(int(seconds // step) + 1):
        at = place * step
        anchor = "start" if not place else ("end" if at / seconds > 0.94 else "middle")
        yield Tick(round(100 * at / seconds, 2), _clock(at), anchor)


def _clock(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60}:{seconds % 60:02d}"
