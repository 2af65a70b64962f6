"""Somebody who kills the workers, again and again, without a warning.

At random moments all the time, and on demand: a test that asks for a strike after each so many
requests has its kills by construction, however quick or slow the machine is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.settings import KILL_EVERY, MOST_KILLS, STRIKES
from tests.support.stack import Stack

WORKER = "celery"
_STRIKES_WITHIN = 300.0


class Killer:
    """Kills each process whose command line holds `words`, at a random moment of its work."""

    def __init__(self, stack: Stack, words: str = WORKER) -> None:
        self.kills = 0
        self._stack, self._words = stack, words
        self._one_at_a_time = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def strike(self) -> None:
        """Kills every worker that is at work, now; waits for one when none is."""
        until = time.monotonic() + _STRIKES_WITHIN
        while not sum(self._kill(pid) for pid in self._working()):
            assert time.monotonic() < until, f"no worker came up:\n{self._stack.logs()}"
            time.sleep(0.05)

    def _run(self) -> None:
        born: dict[int, float] = {}
        doomed: dict[int, float] = {}
        while self.kills < MOST_KILLS and not self._stop.wait(0.05):
            now = time.monotonic()
            born = {pid: born.get(pid, now) for pid in self._stack.processes(self._words)}
            doomed = {
                pid: doomed.get(pid) or now + _life(now - at)
                for pid, at in born.items()
                if _works(pid)
            }
            for pid in [pid for pid, at in doomed.items() if at <= now]:
                self._kill(pid)

    def _working(self) -> list[int]:
        return [pid for pid in self._stack.processes(self._words) if _works(pid)]

    def _kill(self, pid: int) -> bool:
        """Whether it lived until now."""
        with self._one_at_a_time, contextlib.suppress(OSError):
            if _works(pid):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1
                return True
        return False


def strike_amid(killer: Killer, *, of: int) -> Callable[[], None]:
    """To be called after each of so many requests: strikes STRIKES times, evenly spread."""
    turns, every = itertools.count(1), of // (STRIKES + 1)
    due = {every * number for number in range(1, STRIKES + 1)}

    def after() -> None:
        if next(turns) in due:
            killer.strike()

    return after


def _works(pid: int) -> bool:
    """Whether it is past its start: a worker that only ever starts would carry nothing out."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return "\nThreads:\t1\n" not in status and "\nState:\tZ" not in status
    return False


def _life(start: float) -> float:
    """Seconds it may work: on a slow machine, where a start takes longer, longer too."""
    return random.uniform(0.5, 1.5) * max(KILL_EVERY, start)
