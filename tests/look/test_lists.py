"""Lists: paging by htmx, and as plain links."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from console.core import clock, randomness
from console.records.models import Cdr
from console.records.services import PAGE_SIZE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def many_calls(account) -> None:
    now = clock.now()
    Cdr.objects.bulk_create(
        Cdr(
            call_uuid=randomness.new_uuid(), account=account, leg="A", direction="inbound",
            state="ANSWER", from_number="+447700900123", to_number=f"+1415555{i:04}",
            initiated_at=now - timedelta(minutes=i), answered_at=now - timedelta(minutes=i),
            ended_at=now - timedelta(minutes=i),
        )
        for i in range(100, 100 + PAGE_SIZE + 5)
    )  # fmt: skip


def test_older_and_back_swap_the_list_and_keep_the_address(browse, owner, many_calls):
    seen = browse(owner)
    page = seen.open("/calls/")
    table = page.get_by_role("table", name="Calls", exact=True)
    expect(table.locator("tbody tr")).to_have_count(PAGE_SIZE)
    page.get_by_role("link", name="Older").click()
    expect(table.locator("tbody tr")).to_have_count(5)
    expect(page.locator("#calls")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/calls/\?.+"))
    page.go_back()
    expect(table.locator("tbody tr")).to_have_count(PAGE_SIZE)
    assert seen.complaints == []


def test_the_chart_of_the_filter_comes_after_the_list(browse, owner, many_calls):
    seen = browse(owner)
    page = seen.open("/calls/?number=%2B4477009")
    expect(page.locator(".days-chart .chart--wide title").first).to_have_text("Calls a day")
    assert seen.complaints == []


def test_web_02_what_people_typed_stands_in_no_htmx_attribute(client, owner, many_calls):
    client.force_login(owner)
    page = client.get("/calls/", {"number": "+4477009"}).content.decode()
    attributes = re.findall(r'\shx-[a-z-]+="([^"]*)"', page)
    assert attributes
    assert [value for value in attributes if "4477009" in value] == []
