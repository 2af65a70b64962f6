"""Acts that start together, for races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the error it raised, when all of them start together.

    Skips on SQLite's memory database, where threads lock each other out.
    """
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads of one SQLite memory database lock each other; see the other runs")
    outcomes: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int) -> None:
        start.wait()
        try:
            outcomes[index] = acts[index]()
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
