"""A running stack whose processes may be killed, and a line for each figure at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.settings import STACK
from tests.support.figures import FIGURES
from tests.support.stack import Stack, running

Tell = Callable[[str], None]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Web, workers and beat as processes; `up` starts a dead one again."""
    with running(**STACK) as started:
        yield started


@pytest.fixture
def tell(record_property) -> Tell:
    """Notes a sentence with figures; all of them are printed at the end of the run."""
    return lambda sentence: record_property(FIGURES, sentence)
