"""The running stack, a customer's answer server, and a browser that is watched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.answer_server import AnswerServer
from tests.support.browser import PATIENCE, Watched
from tests.support.stack import Stack, running


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Web, workers and beat as processes; telephone time runs four times as fast."""
    with running(RINGFENCE_TIME_SCALE="4") as started:
        yield started


@pytest.fixture
def answer_server() -> Iterator[AnswerServer]:
    """A customer's program; the test gives it its answers."""
    with AnswerServer() as server:
        yield server


@pytest.fixture
def visit(chromium, stack):
    """`visit(width)` gives a watched page of the running stack in a context of its own."""
    opened = []

    def start(width: int = 1280, **options) -> Watched:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return Watched(context, stack.url)

    yield start
    for context in opened:
        context.close()
