"""The signed-in front page: first steps, today's figures, the fortnight."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache

from console.applications.models import Application
from console.core import clock, randomness
from console.home import dashboard, glance, onboarding
from console.numbers.models import RentedNumber, StockNumber
from console.records.models import Cdr
from sandbox.calls.models import Call
from sandbox.fence.models import SandboxNumber

pytestmark = pytest.mark.django_db


def _call(account, *, ended=None, state="ANSWER", direction="inbound", amount="0.01"):
    ended = ended or clock.now()
    answered = ended if state == "ANSWER" else None
    return Cdr.objects.create(
        call_uuid=randomness.new_uuid(), account=account, leg="A", direction=direction, state=state,
        from_number="+447700900123", to_number="+14155550100", initiated_at=ended,
        answered_at=answered, ended_at=ended, amount=amount,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _clean_cache(frozen):
    cache.clear()


def test_a_new_account_sees_its_first_steps_and_no_figures(client, owner):
    client.force_login(owner)
    page = client.get("/").content.decode()
    assert "First steps" in page
    assert "Calls today" not in page


def test_today_counts_calls_failures_and_spend_of_this_account_only(account, other_account):
    _call(account)
    _call(account, state="FAILED", amount="0")
    _call(account, ended=clock.now() - timedelta(days=1))
    _call(other_account)
    today = dashboard.calls_by_day(account).today
    assert (today.total, today.good, today.failed, str(today.spend)) == (2, 1, 1, "0.01000")


def test_the_day_begins_at_midnight_where_the_account_is(account):
    account.time_zone = "Pacific/Auckland"  # noon UTC is one in the morning there
    _call(account, ended=clock.now() - timedelta(hours=2))
    assert dashboard.calls_by_day(account).today.total == 0


def test_the_chart_stacks_each_day_and_ends_today(account):
    _call(account, ended=clock.now() - timedelta(days=3), state="NO_ANSWER")
    _call(account, ended=clock.now() - timedelta(days=3), state="FAILED")
    _call(account)
    days = dashboard.calls_by_day(account).chart.days
    assert len(days) == dashboard.CHART_DAYS
    assert (days[-1].day, days[-1].good) == (clock.now().date(), 1)
    assert (days[-4].neither, days[-4].failed) == (1, 1)


def test_a_day_that_is_over_is_counted_once(account, django_assert_num_queries):
    _call(account, ended=clock.now() - timedelta(days=3))
    dashboard.calls_by_day(account)
    _call(account, ended=clock.now() - timedelta(days=3))
    _call(account)
    days = dashboard.calls_by_day(account).chart.days
    assert (days[-4].good, days[-1].good) == (1, 1)


def test_the_first_steps_name_the_next_one(account):
    states = onboarding.states(glance.at(account).done)
    assert [one.next_one for one in states] == [True, False, False, False]


def test_a_call_from_outside_ticks_the_last_step(account, django_assert_num_queries):
    _call(account)
    with django_assert_num_queries(1):
        states = onboarding.states(glance.at(account).done)
    assert states[-1].done


def test_the_page_with_figures_stays_within_eight_queries(
    client, owner, account, django_assert_max_num_queries
):
    _call(account)
    client.force_login(owner)
    client.get("/")
    with django_assert_max_num_queries(8):
        page = client.get("/").content.decode()
    assert "Calls today" in page


def _living(account, **facts):
    return Call.objects.create(
        account=account, direction="inbound", from_number="+447700900123",
        to_number="+14155550100", **{"wake_by": clock.now(), **facts},
    )  # fmt: skip


def test_living_calls_are_counted_without_the_platforms_own(account, other_account):
    _living(account)
    _living(account, platform=True)
    _living(account, phase="ended", ended_at=clock.now(), wake_by=None)
    _living(other_account)
    assert glance.at(account).live_calls == 1


def test_every_first_step_is_ticked_by_what_it_makes(account):
    SandboxNumber.objects.create(
        account=account, e164="+447700900123", region="GB", number_type="mobile",
        state="verified", verified_at=clock.now(), expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    Application.objects.create(account=account, name="Support line")
    stock = StockNumber.objects.create(
        number="+14155550100", country="US", region="California", type="local",
        national="4155550100", monthly_rate="1", setup_rate="0",
    )  # fmt: skip
    RentedNumber.objects.create(
        account=account, stock=stock, number=stock.number, renewal_date=clock.now().date()
    )
    _call(account)
    assert glance.at(account).done == dict.fromkeys(glance.at(account).done, True)


def test_a_verification_that_has_ended_is_no_longer_a_step_done(account, frozen):
    SandboxNumber.objects.create(
        account=account, e164="+447700900123", region="GB", number_type="mobile",
        state="verified", verified_at=clock.now(), expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    frozen.advance(days=2)
    assert not glance.at(account).done["verify"]


def test_answer_rate_and_spend_are_pictures_with_words(account):
    _call(account, ended=clock.now() - timedelta(days=3), amount="0.30")
    _call(account, ended=clock.now() - timedelta(days=3), state="NO_ANSWER", amount="0")
    _call(account, amount="0.10")
    days = dashboard.calls_by_day(account).chart.days
    rates, spends = dashboard.answer_rates(days), dashboard.spends(days)
    assert [bar.height for bar in rates.bars] == [12, 24]
    assert [bar.height for bar in spends.bars] == [24, 8]
    assert rates.summary == "Between 50 and 100 % a day."
    assert spends.summary == "$0.40 in 14 days."


def test_spend_of_a_day_that_is_over_is_kept_with_it(account):
    _call(account, ended=clock.now() - timedelta(days=3), amount="0.30")
    first, again = (dashboard.calls_by_day(account).chart.days[-4].spend for _ in range(2))
    assert first == again == Decimal("0.30")
