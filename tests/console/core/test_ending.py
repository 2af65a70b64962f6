"""A process notes that it was asked to end (BG-08)."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from console.core import ending


@pytest.fixture
def heard(monkeypatch):
    """The signals that reach the server's own handler; ours are taken back afterwards."""
    monkeypatch.setattr(ending, "_asked", threading.Event())
    came: list[int] = []
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda got, _frame: came.append(got))
    yield came
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_bg_08_a_signal_is_noted_and_still_reaches_the_server(heard, number):
    ending.listen()
    assert not ending.asked()
    os.kill(os.getpid(), number)
    assert ending.asked()
    assert heard == [number]


def test_beside_the_main_thread_nothing_is_put_in_place(heard):
    thread = threading.Thread(target=ending.listen)
    thread.start()
    thread.join()
    os.kill(os.getpid(), signal.SIGTERM)
    assert not ending.asked()
    assert heard == [signal.SIGTERM]
