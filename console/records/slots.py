"""How many downloads run at once: each holds a thread of the web server for as long as it lasts.

Someone who reads slowly, or not at all, would otherwise take all threads and with them every page.
The count is the process's own; so are the threads.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

from django.conf import settings

from console.core.errors import LimitReached

MOST_IN_A_PROCESS = 8
"""Half of the threads of `console.asgi`."""
_lock = threading.Lock()
_open: Counter[int] = Counter()


class Download:
    """Blocks that hold one of the account's slots until they are read or closed."""

    def __init__(self, account_id: int, blocks: Iterator[bytes]) -> None:
        """Takes the slot; raises LimitReached when the account or the process has none left."""
        with _lock:
            mine, all_ = _open[account_id], _open.total()
            if mine >= settings.CSV_MAX_CONCURRENT or all_ >= MOST_IN_A_PROCESS:
                raise LimitReached(
                    f"At most {settings.CSV_MAX_CONCURRENT} downloads run at the same time. "
                    "Wait until one has ended.",
                    code="too_many",
                    retry_after=10,
                )
            _open[account_id] += 1
        self._account_id, self._blocks, self._held = account_id, blocks, True

    def __iter__(self) -> Iterator[bytes]:
        """The blocks."""
        try:
            yield from self._blocks
        finally:
            self.close()

    def close(self) -> None:
        """Gives the slot back; again is nothing."""
        with _lock:
            if self._held:
                self._held = False
                _open[self._account_id] -= 1
