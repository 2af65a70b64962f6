"""Waking late rows of the outbox without drowning the broker in messages (BG-03)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

_FIRST_WAIT: Final = 4.0
_LONGEST_WAIT: Final = 30.0


class Relay:
    """Which of the late rows to publish now, for one beat.

    A row that stays late was woken, or waits behind others for a worker; a further message only
    lengthens that line. So each is woken again after 4 s, then 8, and so on up to half a minute,
    which is how long a broker that lost everything twice can hold a row up.
    """

    def __init__(self) -> None:
        self._woken: dict[UUID, tuple[float, float]] = {}

    def pick(self, late: Iterable[tuple[UUID, str]]) -> Iterator[tuple[UUID, str]]:
        """Those of `late`, rows and their queues, that are to be published; no query."""
        now, before, self._woken = time.monotonic(), self._woken, {}
        for row_id, queue in late:
            at, wait = before.get(row_id, (0.0, 0.0))
            if wait and now < at + wait:
                self._woken[row_id] = at, wait
                continue
            self._woken[row_id] = now, min(wait * 2, _LONGEST_WAIT) or _FIRST_WAIT
            yield row_id, queue

    def forget(self) -> None:
        """The broker does not answer: nothing that was published counts."""
        self._woken.clear()
