"""The clock, handed in from outside.

Times come from the database's clock (REL-08): the wall clock of an application host may be wrong
by minutes. One reading of the database's clock is kept with the monotonic clock's reading and
renewed every 30 seconds, so that `now()` costs a query at most twice a minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from django.db import connection
from django.utils.dateparse import parse_datetime

_RENEW_AFTER = 30.0


class Clock(Protocol):
    """What stands for time."""

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        ...


class DatabaseClock:
    """The database's wall clock, carried on by this host's monotonic clock."""

    def __init__(self) -> None:
        self._anchor: datetime | None = None
        self._read_at = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The current time of the database, aware, UTC; at most one query in 30 seconds."""
        elapsed = time.monotonic() - self._read_at
        anchor = self._anchor
        if anchor is None or elapsed > _RENEW_AFTER:
            anchor, elapsed = self._renew()
        return anchor + timedelta(seconds=elapsed)

    def _renew(self) -> tuple[datetime, float]:
        with self._lock:
            self._anchor, self._read_at = _database_now(), time.monotonic()
            return self._anchor, 0.0


def _database_now() -> datetime:
    # SQLite runs in this process, so its clock is this host's: no query needed.
    if connection.vendor == "sqlite":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        value = cursor.fetchone()[0]
    moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    assert moment is not None
    return moment.astimezone(UTC)


class FrozenClock:
    """A clock for tests: stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment

    def advance(self, **parts: float) -> None:
        """Moves on by `timedelta(**parts)`."""
        self.moment += timedelta(**parts)


_clock: Clock = DatabaseClock()


def now() -> datetime:
    """The current time, aware, UTC, from the clock in use."""
    return _clock.now()


@contextmanager
def use(clock: Clock) -> Iterator[None]:
    """Puts another clock in place while the block runs; for tests and replays."""
    global _clock
    before, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = before


def zulu(moment: datetime) -> str:
    """The moment in UTC, as `2020-02-17T07:53:36.643522Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_moment(text: str) -> datetime | None:
    """The aware moment, in UTC, that a page's key holds; None for anything else.

    An offset may push a moment out of the calendar, which databases answer with an error.
    """
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
