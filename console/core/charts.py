"""Geometry of the server-side charts: from figures to rectangles, drawn by `<c-chart>`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT = 720, 220
NARROW = 344  # the same for a phone's width, so that its letters stay readable
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 4, 12, 24
_GAP = 0.28
_NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day: went well, neither well nor wrong, failed.

    For calls these are answered, not answered (nobody's fault) and failed. `spend` is US dollars.
    """

    day: date
    good: int = 0
    neither: int = 0
    failed: int = 0
    spend: Decimal = Decimal(0)

    @property
    def rate(self) -> int | None:
        """What went well, in hundredths; None on a day without anything."""
        return round(100 * self.good / self.total) if self.total else None

    @property
    def total(self) -> int:
        """All together."""
        return self.good + self.neither + self.failed


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a stacked bar, in the drawing's own units."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar; `label` stands under it ("" for most), `slot_x` and `slot` are its hit area."""

    day: Day
    x: float
    width: float
    slot_x: float
    slot: float
    parts: list[Part]
    label: str
    last: bool

    @property
    def label_x(self) -> float:
        """Where its label stands: in the middle, for the last bar at its right edge."""
        return self.x + self.width if self.last else round(self.x + self.width / 2, 2)

    @property
    def anchor(self) -> str:
        """How the label hangs there (SVG `text-anchor`)."""
        return "end" if self.last else "middle"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid with its figure."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `width` by `height` units and the figures behind it."""

    bars: list[Bar]
    grid: list[Line]
    days: Sequence[Day]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT

    @property
    def narrow(self) -> Chart:
        """The same figures, drawn for a narrow screen."""
        return daily(self.days, width=NARROW)

    @property
    def summary(self) -> str:
        """One sentence with what the picture says, for those who do not see it."""
        total = sum(d.total for d in self.days)
        failed = sum(d.failed for d in self.days)
        top = max(self.days, key=lambda d: d.total, default=None)
        if not total or top is None:
            return "Nothing in this time."
        return (
            f"{total} in {len(self.days)} days, {failed} failed. "
            f"The most on {top.day:%-d %B}: {top.total}."
        )


def daily(days: Sequence[Day], *, width: int = WIDTH) -> Chart:
    """Stacked bars, failures on top so that the eye finds them first."""
    ceiling = ceiling_of(max((d.total for d in days), default=0))
    slot = (width - _LEFT - _RIGHT) / max(1, len(days))
    every = max(1, -(-len(days) * 56 // width))
    bars = [
        Bar(
            day=day,
            x=round(_LEFT + slot * (i + _GAP / 2), 2),
            width=round(min(slot * (1 - _GAP), 48), 2),
            slot_x=round(_LEFT + slot * i, 2),
            slot=round(slot, 2),
            parts=_stack(day, ceiling),
            label=f"{day.day:%-d %b}" if (len(days) - 1 - i) % every == 0 else "",
            last=i == len(days) - 1,
        )
        for i, day in enumerate(days)
    ]
    grid = [Line(_y(value, ceiling), value) for value in sorted({0, ceiling // 2, ceiling})]
    return Chart(bars=bars, grid=grid, days=days, width=width)


def _stack(day: Day, ceiling: int) -> list[Part]:
    parts, below = [], 0
    for tone, count in (("ok", day.good), ("mute", day.neither), ("bad", day.failed)):
        if count:
            top = _y(below + count, ceiling)
            parts.append(Part(tone, top, round(_y(below, ceiling) - top, 2)))
            below += count
    return parts


def _y(value: int, ceiling: int) -> float:
    room = HEIGHT - _TOP - _BOTTOM
    return round(_TOP + room * (1 - value / ceiling), 2)


def ceiling_of(highest: int) -> int:
    """The even, round figure that the axis ends at: 2, 4, 10, 20, 40, 100 …"""
    size = 1
    while True:
        for nice in _NICE:
            if nice * size * 2 >= highest:
                return nice * size * 2
        size *= 10
