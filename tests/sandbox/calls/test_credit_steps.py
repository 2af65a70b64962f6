"""When credit runs out: legs that are billed by the step, reckoned together."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from console.accounts.models import Account
from console.core import clock
from sandbox.calls.credit import HORIZON, seconds_left
from sandbox.calls.models import Call, Leg

pytestmark = pytest.mark.django_db


def up(account: Account, rate: str, since: float = 0, *, increment: int = 60, **call) -> None:
    """A leg that was answered so many seconds ago."""
    now = clock.now()
    facts = {"direction": "inbound", "phase": "live", "wake_by": now, **call}
    if facts["phase"] == "ended":
        facts |= {"wake_by": None, "ended_at": now}
    row = Call.objects.create(account=account, from_number="1", to_number="2", **facts)
    Leg.objects.create(
        call=row,
        direction="inbound",
        from_number="1",
        to_number="2",
        state="up",
        rate=rate,
        increment=increment,
        answered_at=now - timedelta(seconds=since),
    )


def left(account: Account, credit: str) -> float | None:
    account.credit = Decimal(credit)
    return seconds_left(account)


@pytest.mark.parametrize(
    ("credit", "since", "seconds"),
    [
        ("0.02", 0, 120),  # two steps are paid
        ("0.0299", 0, 120),  # almost three are two
        ("0.03", 0, 180),
        ("0.01", 0, 60),
        ("0", 0, 60),  # the step that has begun is owed
        ("0.02", 30, 90),
        ("0.02", 60, 60),  # a whole minute has begun no second step yet
        ("0.02", 61, 59),
        ("100", 0, HORIZON),
    ],
)
def test_a_leg_may_run_until_the_step_that_cannot_be_paid(frozen, account, credit, since, seconds):
    up(account, "0.01", since)
    assert left(account, credit) == seconds


@pytest.mark.parametrize(("increment", "seconds"), [(1, 7), (6, 6), (60, 60)])
def test_a_step_has_the_length_of_its_rate(frozen, account, increment, seconds):
    up(account, "0.60", increment=increment)
    assert left(account, "0.07") == seconds


def test_legs_that_run_at_once_are_paid_from_one_purse(frozen, account):
    up(account, "0.01", 50)
    up(account, "0.02")
    # 3 cents have begun; the next begins in 10 seconds for a cent, the one after in 60 for two.
    assert left(account, "0.03") == 10
    assert left(account, "0.04") == 60
    assert left(account, "0.06") == 70


def test_legs_that_cost_nothing_have_no_end(frozen, account):
    up(account, "0")
    assert left(account, "0") is None


@pytest.mark.parametrize("call", [{"platform": True}, {"phase": "ended"}])
def test_calls_of_the_platform_and_those_that_are_over_are_not_reckoned(frozen, account, call):
    up(account, "0.01", **call)
    assert left(account, "0") is None


def test_legs_of_another_account_are_not_reckoned(frozen, account, other_account):
    up(other_account, "0.01")
    assert left(account, "0") is None
