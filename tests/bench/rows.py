"""A line of the bench table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, the figure with its unit, the bar, and whether it was met."""

    what: str
    measured: str
    bar: str
    met: bool
