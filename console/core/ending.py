"""Whether this process was asked to end: what would last long looks here and ends at once (BG-08).

uvicorn waits for open requests. Those that end by themselves get that time; a page that is open in
somebody's browser holds a stream, which would use all of it up.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

_asked = threading.Event()


def asked() -> bool:
    """True from the moment that SIGTERM or SIGINT came, when `listen` was called before."""
    return _asked.is_set()


def listen() -> None:
    """Notes the signals on their way to whoever handles them now; main thread only, else nothing.

    To be called when the server has put its own handlers in place.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        _note(number)


def _note(number: int) -> None:
    before = signal.getsignal(number)
    if not callable(before):
        return  # the process ends at once anyway

    def note(got: int, frame: FrameType | None) -> None:
        _asked.set()
        before(got, frame)

    signal.signal(number, note)
