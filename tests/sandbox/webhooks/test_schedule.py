"""HOOK-04: how long a notification waits for its next try (trust section 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.core import randomness
from sandbox.webhooks.schedule import LAST_ATTEMPT, wait_after

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PLANNED = ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"]
UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


class Drawn:
    """Chance that always falls on the same end."""

    def __init__(self, *, highest: bool) -> None:
        self.highest = highest

    def below(self, limit: int) -> int:
        return limit - 1 if self.highest else 0

    def token(self, size: int) -> bytes:
        return bytes(size)


def wait(failures: int, retry_after: str = "", *, highest: bool = False) -> timedelta | None:
    with randomness.use(Drawn(highest=highest)):
        return wait_after(failures, retry_after=retry_after, now=NOON)


@pytest.mark.parametrize(("failures", "planned"), list(enumerate(PLANNED, 1)))
def test_hook_04_a_wait_is_the_planned_one_a_fifth_up_or_down(failures, planned):
    length = timedelta(**{UNITS[planned[-1]]: int(planned[:-1])})
    assert wait(failures) == length * 0.8
    assert wait(failures, highest=True) == length * 1.2


def test_hook_04_the_tenth_try_is_the_last():
    assert LAST_ATTEMPT == 10
    assert wait(9) is not None
    assert wait(10) is None
    assert wait(11, "60") is None


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("1", 4), ("5", 5), ("86400", 86_400), ("86401", 86_400)]
)
def test_hook_04_a_server_may_ask_for_a_longer_wait_of_up_to_a_day(retry_after, seconds):
    assert wait(1, retry_after) == timedelta(seconds=seconds)
