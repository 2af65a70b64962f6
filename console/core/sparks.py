"""Small pictures beside a figure: how it went on the days before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 112, 24
_GAP: Final = 0.25
_LOWEST: Final = 1.0  # what is little still shows


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar, in the drawing's own units; `said` is its figure in words."""

    x: float
    y: float
    width: float
    height: float
    said: str


@dataclass(frozen=True, slots=True)
class Spark:
    """A row of bars, the last one today; `summary` says it to those who do not see it."""

    bars: list[Bar]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT


def spark(values: Sequence[tuple[float | None, str]], *, summary: str, ceiling: float = 0) -> Spark:
    """A bar for each value, which comes with its words; None and nought leave a gap.

    `ceiling` is what a bar of full height means; without it the highest value is.
    """
    top = ceiling or max((value or 0 for value, _ in values), default=0)
    slot = WIDTH / max(1, len(values))
    bars = []
    for at, (value, said) in enumerate(values):
        if value and top:
            height = round(max(_LOWEST, HEIGHT * value / top), 2)
            x, width = round(slot * at, 2), round(slot * (1 - _GAP), 2)
            bars.append(Bar(x, round(HEIGHT - height, 2), width, height, said))
    return Spark(bars=bars, summary=summary)
