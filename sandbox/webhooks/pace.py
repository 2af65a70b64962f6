"""How much may come from a customer's server in a while: a store that fills again by itself."""

from __future__ import annotations


class Pace:
    """Room for `most` at once, and for `a_second` each second after that. One thread's own."""

    def __init__(self, *, a_second: float, most: float) -> None:
        self._a_second, self._most = a_second, most
        self._left = most
        self._seen: float | None = None

    def has_room(self, now: float) -> bool:
        """Whether more may be taken at `now`, a reading of the monotonic clock."""
        passed = 0.0 if self._seen is None else max(0.0, now - self._seen)
        self._seen = now
        self._left = min(self._most, self._left + passed * self._a_second)
        return self._left > 0

    def spend(self, units: float) -> None:
        """So much was taken; what goes beyond the room is waited for."""
        self._left -= units
