"""The log of webhooks in the console."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from sandbox.webhooks import services
from sandbox.webhooks.models import DeliveryState, DisabledUrl, Purpose, WebhookDelivery

pytestmark = pytest.mark.django_db
LIST = "/logs/webhooks/"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def delivery(account, **fields):
    fields = {
        "purpose": Purpose.ANSWER,
        "delivery": uuid.uuid4(),
        "attempt": 1,
        "method": "POST",
        "url": "https://hooks.example.com/answer/",
        "state": DeliveryState.DELIVERED,
        "status": 200,
        "started_at": NOON,
    } | fields
    return WebhookDelivery.objects.create(account=account, **fields)


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def test_the_list_shows_the_accounts_tries(signed_in, account):
    row = delivery(account)
    page = signed_in.get(LIST)
    assert page.status_code == 200
    assert "hooks.example.com" in page.text
    assert reverse("webhooks:detail", args=[row.pk]) in page.text
    assert "<c-" not in page.text


def test_an_empty_log_leads_to_the_applications(signed_in):
    page = signed_in.get(LIST).content.decode()
    assert ">Your applications</a>" in page


def test_ten_01_a_stranger_sees_none_of_them(client, stranger, account):
    row = delivery(account)
    client.force_login(stranger)
    assert "hooks.example.com" not in client.get(LIST).text
    page = client.get(reverse("webhooks:detail", args=[row.pk]))
    random = client.get(reverse("webhooks:detail", args=[uuid.uuid4()]))
    assert page.status_code == random.status_code == 404


def test_signed_out_goes_to_the_sign_in_page(client):
    answer = client.get(LIST)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("path", [LIST, f"{LIST}{uuid.UUID(int=7)}/"])
def test_only_reading_is_possible(signed_in, path):
    assert signed_in.post(path).status_code == 405


def test_paging_by_key_walks_all_rows_once_and_back(signed_in, account):
    for number in range(120):
        # Three share each instant, so that the key's second half matters.
        moment = NOON + timedelta(seconds=number // 3)
        delivery(account, started_at=moment, url=f"https://hooks.example.com/n{number:03}/")
    seen, link, pages = [], LIST, []
    while link:
        found = signed_in.get(link).context["page"]
        pages.append([row.url for row in found.rows])
        seen += pages[-1]
        link = f"{LIST}{'?before=' + found.older.replace('+', '%2B') if found.older else ''}"
        if not found.older:
            break
    assert len(seen) == len(set(seen)) == 120
    assert [len(rows) for rows in pages] == [50, 50, 20]
    back = signed_in.get(f"{LIST}?after={found.newer.replace('+', '%2B')}").context["page"]
    assert [row.url for row in back.rows] == pages[1]


@pytest.mark.parametrize("key", ["x", "_", "2026-03-02_", "\x01", "9999-99-99T00:00_" + "a" * 32])
def test_a_key_that_is_not_one_means_the_first_page(signed_in, account, key):
    delivery(account)
    page = signed_in.get(LIST, {"before": key})
    assert len(page.context["page"].rows) == 1


def test_filters_narrow_the_list(signed_in, account):
    call = uuid.uuid4()
    delivery(account, url="https://one.example.com/", call_uuid=call)
    delivery(account, url="https://two.example.com/", state="dead", purpose=Purpose.HANGUP)
    for query, expected in (
        ({"outcome": "failed"}, "two"),
        ({"outcome": "delivered"}, "one"),
        ({"purpose": "hangup"}, "two"),
        ({"call_uuid": str(call)}, "one"),
    ):
        (row,) = signed_in.get(LIST, query).context["page"].rows
        assert row.host == f"{expected}.example.com"


def test_a_filter_that_cannot_be_read_says_so_beside_its_field(signed_in, account):
    delivery(account)
    page = signed_in.get(LIST, {"call_uuid": "abc"})
    assert page.status_code == 200
    assert "A call UUID looks like" in page.text
    assert page.context["page"].rows == []


def test_paging_keeps_the_filter(signed_in, account):
    for _ in range(51):
        delivery(account)
    page = signed_in.get(LIST, {"outcome": "delivered"})
    assert page.context["older"].startswith("?outcome=delivered&before=")


def test_xml_04_what_a_server_said_is_shown_as_text_with_nothing_hidden(signed_in, account):
    body = "<script>alert(1)</script>\u202eevil\x07"
    row = delivery(account, response_body=body, params={"From<b>": "<img src=x>\u200b"})
    page = signed_in.get(reverse("webhooks:detail", args=[row.pk])).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "⟨U+202E⟩evil⟨U+0007⟩" in page
    assert "&lt;img src=x&gt;⟨U+200B⟩" in page
    assert "<img src=x>" not in page


def test_the_page_of_a_try_lists_its_siblings(signed_in, account):
    shared = uuid.uuid4()
    first = delivery(account, delivery=shared, state="failed", status=500, error="bad answer")
    second = delivery(account, delivery=shared, attempt=2)
    page = signed_in.get(reverse("webhooks:detail", args=[second.pk])).text
    assert reverse("webhooks:detail", args=[first.pk]) in page


def test_the_list_costs_few_queries(signed_in, account, django_assert_max_num_queries):
    for _ in range(30):
        delivery(account)
    with django_assert_max_num_queries(8):
        signed_in.get(LIST)


def test_a_stopped_url_can_be_let_go_again_from_the_page(signed_in, account):
    services.disable_url(account=account, url="https://hooks.example.com/gone")
    assert "https://hooks.example.com/gone" in signed_in.get(LIST).text
    signed_in.post(reverse("webhooks:url-enable"), {"url": "https://hooks.example.com/gone"})
    assert not DisabledUrl.objects.unscoped("test").exists()


def test_an_analyst_cannot_let_a_stopped_url_go(client, analyst, account):
    services.disable_url(account=account, url="https://hooks.example.com/gone")
    client.force_login(analyst)
    url = reverse("webhooks:url-enable")
    assert client.post(url, {"url": "https://hooks.example.com/gone"}).status_code == 403
    assert "Notify it again" not in client.get(LIST).text
    assert DisabledUrl.objects.unscoped("test").exists()


def test_a_stranger_cannot_let_a_stopped_url_go(client, stranger, account):
    services.disable_url(account=account, url="https://hooks.example.com/gone")
    client.force_login(stranger)
    client.post(reverse("webhooks:url-enable"), {"url": "https://hooks.example.com/gone"})
    assert DisabledUrl.objects.unscoped("test").exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans a table this small")
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"call_uuid": uuid.UUID(int=7)}, "delivery_of_call"),
        ({"state": "dead"}, "delivery_given_up"),
        ({}, "delivery_of_account"),
    ],
)
def test_each_hot_question_has_its_index(account, wanted, index):
    rows = WebhookDelivery.objects.for_account(account).filter(**wanted)
    assert index in rows.newest_first()[:50].explain()
    by_nonce = WebhookDelivery.objects.for_account(account).filter(nonce="12345678901234567890")
    assert "delivery_by_nonce" in by_nonce.explain()
