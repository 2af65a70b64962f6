"""Of the threads that mostly wait for customers' servers, few prepare their work at once.

A process runs one thread of Python at a time. When dozens of threads look for a place of their own,
those that hold one wait for their turn after each word with the network, and everyone is slow. So a
thread passes a door first, and leaves it when it has nothing to do but wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ROOM: Final = 4
_LONGEST = 2.0
_room = threading.Semaphore(ROOM)
_mine = threading.local()


@contextmanager
def passed() -> Iterator[None]:
    """Waits for room behind the door, two seconds at most: it makes way, it keeps nobody out."""
    _mine.inside = _room.acquire(timeout=_LONGEST)
    try:
        yield
    finally:
        leave()


def leave() -> None:
    """What follows is waiting: makes room for another. Nothing for who is not inside."""
    if getattr(_mine, "inside", False):
        _mine.inside = False
        _room.release()
