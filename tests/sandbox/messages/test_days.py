"""The chart of the messages page: the days of the filter, and nothing but the filter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.messages import filters
from sandbox.messages.days import picture
from sandbox.messages.models import Message
from tests.sandbox.messages.conftest import DID, FRIEND

pytestmark = pytest.mark.django_db


def make(account, state="delivered", **given) -> Message:
    facts = {"direction": "inbound", "from_number": FRIEND, "to_number": DID, "text": "Hello"}
    if state in ("queued", "sent", "failed"):
        facts |= {"direction": "outbound", "from_number": DID, "to_number": FRIEND}
    return Message.objects.create(account=account, state=state, **facts | given)


def drawn(account, **query):
    """The picture of a query string."""
    return picture(account=account, wanted=filters.read(query, time_zone=account.time_zone))


def test_a_message_stands_on_its_day_by_what_became_of_it(account, frozen):
    make(account, amount="0.00500")
    make(account, state="received")
    make(account, state="undelivered")
    make(account, state="failed", error_code=900)
    seen = drawn(account)
    today = seen.chart.days[-1]
    assert today.day == frozen.now().date()
    assert (today.good, today.neither, today.failed) == (1, 1, 2)
    assert (seen.total, seen.rate, str(seen.spend)) == (4, 25, "0.00500")


def test_only_messages_that_the_filter_means_are_drawn(account, frozen):
    make(account)
    make(account, state="failed", error_code=900)
    assert drawn(account, error="900").total == 1


def test_messages_before_the_days_are_not_counted(account, frozen):
    make(account, message_time=frozen.now() - timedelta(days=20))
    assert drawn(account).total == 0
    assert drawn(account, until="2026-02-12").total == 1


def test_ten_01_another_tenants_messages_are_not_drawn(account, other_account, frozen):
    make(other_account)
    assert drawn(account).total == 0


def test_a_filter_that_cannot_be_read_has_no_chart(account):
    assert drawn(account, since="soon") is None


def test_the_list_asks_for_its_chart_with_the_same_filter(
    client, owner, account, frozen, django_assert_max_num_queries
):
    make(account, state="failed", error_code=900)
    client.force_login(owner)
    url = "/messages/?error=900&amp;chart=1"
    asks = f'href="{url}" hx-get="?" data-follow hx-trigger="load"'
    assert asks in client.get("/messages/?error=900").content.decode()
    with django_assert_max_num_queries(6):
        part = client.get("/messages/?error=900&chart=1", headers={"HX-Request": "true"})
    shown = part.content.decode()
    assert "Messages a day" in shown
    assert "<html" not in shown


def test_without_scripts_the_link_leads_to_the_list_with_its_chart(
    client, owner, account, frozen, django_assert_max_num_queries
):
    make(account)
    client.force_login(owner)
    client.get("/messages/")
    with django_assert_max_num_queries(8):
        whole = client.get("/messages/?chart=1").content.decode()
    assert ('<svg class="chart' in whole, "data-follow hx-trigger" in whole) == (True, False)
    assert "<c-" not in whole


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans a table this small")
@pytest.mark.parametrize("query", [{}, {"number": FRIEND}, {"state": "failed"}, {"error": "900"}])
def test_the_days_are_read_by_an_index(account, query):
    with CaptureQueriesContext(connection) as asked:
        drawn(account, **query)
    (counting,) = asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {counting['sql'].replace('%', '%%')}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "USING INDEX message_" in plan
    assert "SCAN" not in plan
