"""So many at a time, and fewer of each owner, so that nobody holds all the places."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Places of one event loop: `most` in all, `each` of them for one owner at a time.

    Whoever waits for a second place of their own holds none meanwhile.
    """

    def __init__(self, *, most: int, each: int) -> None:
        self._each = each
        self._all = asyncio.Semaphore(most)
        self._own: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def of(self, owner: str) -> AsyncIterator[None]:
        """Waits for a place and holds it."""
        own, asking = self._own.get(owner) or (asyncio.Semaphore(self._each), 0)
        self._own[owner] = own, asking + 1
        try:
            async with own, self._all:
                yield
        finally:
            self._leave(owner)

    def _leave(self, owner: str) -> None:
        own, asking = self._own.pop(owner)
        if asking > 1:
            self._own[owner] = own, asking - 1
