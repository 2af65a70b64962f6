"""Streams in threads of their own, beside the worker's tasks: each lasts longer than a task may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from console.core.outbox import Later
from sandbox.streams import pump

MOST_AT_ONCE: Final = 64
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def in_thread(stream_id: UUID) -> None:
    """Starts the stream and comes back at once; raises Later when this process is full.

    A process that dies takes its streams along: their beat stops, and the sweep ends them.
    """
    if not _places.acquire(blocking=False):
        raise Later(timedelta(seconds=1), "this worker carries as many streams as it can")
    thread = threading.Thread(target=_run, args=(stream_id,), name="stream", daemon=True)
    thread.start()


def _run(stream_id: UUID) -> None:
    try:
        pump.run(stream_id)
    finally:
        connection.close()
        _places.release()


begin: Callable[[UUID], None] = in_thread
"""What tests put another in place of."""
