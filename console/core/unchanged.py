"""A value that says "not given", where None already says "none"."""

from __future__ import annotations

from enum import Enum


class Unchanged(Enum):
    """Leave it as it is; for something new, take the default."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED
