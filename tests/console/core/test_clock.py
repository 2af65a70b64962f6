"""Times are the database's, whatever the host believes (REL-08)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from console.core import clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class WrongClock(datetime):
    """A host that has lost its time."""

    @classmethod
    def now(cls, tz=None):
        return cls(2001, 1, 1, tzinfo=tz)


def test_rel_08_between_two_readings_time_goes_by_the_monotonic_clock(monkeypatch):
    readings = iter([NOON, NOON + timedelta(minutes=10)])
    host = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(clock, "_database_now", lambda: next(readings))
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: host.seconds))
    monkeypatch.setattr(clock, "datetime", WrongClock)
    ours = clock.DatabaseClock()
    assert ours.now() == NOON
    host.seconds += 29
    assert ours.now() == NOON + timedelta(seconds=29)
    host.seconds += 2
    assert ours.now() == NOON + timedelta(minutes=10)


def test_rel_08_a_host_with_a_wrong_clock_gets_the_databases_time(db, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs in this process: its clock is the host's")
    monkeypatch.setattr(clock, "datetime", WrongClock)
    assert clock.DatabaseClock().now().year > 2001
