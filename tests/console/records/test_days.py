"""The chart of the calls page: the days of the filter, and nothing but the filter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.records import filters
from console.records.days import MOST_DAYS, picture

pytestmark = pytest.mark.django_db


def drawn(account, **query):
    """The picture of a query string."""
    return picture(account=account, wanted=filters.read(query, time_zone=account.time_zone))


def ended(moment):
    """The times of a call that ended then."""
    start = moment - timedelta(minutes=1)
    return {"initiated_at": start, "answered_at": start, "ended_at": moment}


def test_a_call_stands_on_its_day_and_in_the_totals(account, write, frozen):
    write()
    write(state="FAILED", answered_at=None, duration=0, billed_duration=0, amount="0")
    seen = drawn(account)
    assert len(seen.chart.days) == MOST_DAYS
    today = seen.chart.days[-1]
    assert (today.day, today.good, today.failed) == (frozen.now().date(), 1, 1)
    assert (seen.total, seen.rate, str(seen.spend)) == (2, 50, "0.01200")


def test_only_calls_that_the_filter_means_are_drawn(account, write):
    write(hangup_code=3010)
    write(hangup_code=4000)
    assert drawn(account, cause="3010").total == 1


def test_the_days_end_with_the_filter_and_begin_with_it(account, write, frozen):
    end = frozen.now().date() - timedelta(days=20)
    write(**ended(frozen.now() - timedelta(days=21)))
    write()
    seen = drawn(account, since=str(end - timedelta(days=3)), until=str(end))
    assert [one.day for one in seen.chart.days][::3] == [end - timedelta(days=3), end]
    assert seen.total == 1


def test_the_days_are_those_of_the_accounts_zone(account, write, frozen):
    account.time_zone = "Pacific/Auckland"
    account.save()
    write(**ended(frozen.now().replace(hour=13, minute=0) - timedelta(days=1)))
    (one,) = [day for day in drawn(account).chart.days if day.total]
    assert one.day == frozen.now().date()


@pytest.mark.parametrize(
    "query",
    [
        {"since": "9999-12-31"},
        {"until": "0001-01-02"},
        {"since": "0001-01-02", "until": "9999-12-30"},
    ],
)
def test_times_beyond_all_calls_draw_nothing_and_break_nothing(account, write, query):
    write(**ended(datetime(1999, 1, 1, tzinfo=UTC)))
    assert drawn(account, **query).total == 0


def test_a_filter_that_cannot_be_read_has_no_chart(account):
    assert drawn(account, since="soon") is None


def test_another_tenants_calls_are_not_drawn(account, other_account, write):
    write(account=other_account)
    assert drawn(account).total == 0


def test_the_list_does_not_wait_for_its_chart_and_asks_for_it_with_the_same_filter(
    client, owner, account, write, django_assert_max_num_queries
):
    write(hangup_code=3010)
    client.force_login(owner)
    url = "/calls/?cause=3010&amp;chart=1"
    asks = f'href="{url}" hx-get="?" data-follow hx-trigger="load"'
    assert asks in client.get("/calls/?cause=3010").content.decode()
    with django_assert_max_num_queries(6):
        part = client.get("/calls/?cause=3010&chart=1", headers={"HX-Request": "true"})
    assert "<svg" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]
    whole = client.get("/calls/?cause=3010&chart=1").content.decode()
    assert ('<svg class="chart' in whole, "data-follow hx-trigger" in whole) == (True, False)
