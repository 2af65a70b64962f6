"""BG-03: late rows are woken, and a line of them does not grow by being looked at."""

from __future__ import annotations

from uuid import uuid4

import pytest

from console.core import relay
from console.core.relay import Relay


@pytest.fixture
def now(monkeypatch):
    """The monotonic clock, which the test turns."""
    times = [1000.0]
    monkeypatch.setattr(relay.time, "monotonic", lambda: times[0])
    return times


def test_bg_03_a_late_row_is_woken_at_once_and_then_less_and_less_often(now):
    row, beat, woken = (uuid4(), "webhooks"), Relay(), []
    for _ in range(100):  # 200 s
        woken += [now[0] - 1000 for _ in beat.pick([row])]
        now[0] += 2
    assert woken == [0, 4, 12, 28, 58, 88, 118, 148, 178]


def test_bg_03_a_row_that_becomes_late_again_is_woken_at_once(now):
    row, beat = (uuid4(), "calls"), Relay()
    assert list(beat.pick([row])) == [row]
    assert list(beat.pick([])) == []
    assert list(beat.pick([row])) == [row]


def test_bg_03_what_a_broker_that_was_away_did_not_take_is_woken_again(now):
    rows, beat = [(uuid4(), "calls"), (uuid4(), "otp")], Relay()
    assert list(beat.pick(rows)) == rows
    beat.forget()
    assert list(beat.pick(rows)) == rows
