"""/messages/, its download, one message and the form, over HTTP."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from console.exports import files
from console.exports import services as exports
from console.exports.models import Export
from sandbox.messages.believable import insert_believable
from sandbox.messages.media import link, upload_media
from sandbox.messages.models import Message
from tests.sandbox.messages.conftest import DID, FRIEND, fresh, on_phone, send
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def ready(account, did, proved, frozen):
    """All that sending needs."""
    return account


def make(account, **given) -> Message:
    facts = {"direction": "inbound", "state": "received", "text": "Hello"}
    facts |= {"from_number": FRIEND, "to_number": DID, "account": account, **given}
    return Message.objects.create(**facts)


def rows_of(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_shows_the_accounts_messages_and_no_other(signed_in, account, other_account):
    make(account)
    make(other_account, from_number="+12025550199")
    page = signed_in.get("/messages/").content.decode()
    assert "555 0143" in page
    assert "0199" not in page
    assert "<c-" not in page


def test_an_empty_page_says_what_to_do(signed_in):
    assert "No message yet" in signed_in.get("/messages/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["state=failed", "direction=outbound", "type=mms", "error=30", "number=%2B12025550100",
     "since=2040-01-01", "until=2000-01-01"],
)  # fmt: skip
def test_a_filter_that_nothing_matches_says_so(signed_in, account, query):
    make(account)
    answer = signed_in.get(f"/messages/?{query}")
    assert answer.status_code == 200
    assert "No message matches these filters" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["state=lost", "error=x", "error=31", "number=abc", "since=never"]
)
def test_a_filter_that_cannot_be_read_is_400(signed_in, account, query):
    make(account)
    answer = signed_in.get(f"/messages/?{query}")
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


def test_pages_by_key_show_every_row_once(signed_in, account, frozen):
    for place in range(120):
        make(account, text=str(place), message_time=frozen.now())
    seen, url = [], "/messages/"
    while url:
        page = signed_in.get(url)
        seen += [row.pk for row in page.context["rows"]]
        url = page.context["older"]
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_the_list_takes_at_most_eight_queries(signed_in, account, django_assert_max_num_queries):
    for _ in range(30):
        make(account)
    with django_assert_max_num_queries(8):
        signed_in.get("/messages/")


def test_the_download_holds_exactly_the_filtered_rows(signed_in, account):
    make(account)
    kept = make(account, direction="outbound", state="failed", error_code=900, units=3)
    rows = rows_of(signed_in.get("/messages/messages.csv?state=failed"))
    (row,) = rows
    assert row["message_uuid"] == str(kept.uuid)
    assert (row["error_code"], row["units"], row["to_number"]) == ("900", "3", DID)
    assert row["total_amount"] == "0.00000"
    assert row["message_sent_time"] == ""


def test_an_export_holds_what_the_download_holds(
    signed_in, account, owner, frozen, settings, tmp_path
):
    settings.EXPORTS_DIR = tmp_path
    make(account)
    make(account, direction="outbound", state="failed", error_code=900)
    wanted = signed_in.get("/messages/messages.csv?state=failed")
    assert "/exports/new/?kind=messages&amp;state=failed" in (
        signed_in.get("/messages/?state=failed").content.decode()
    )
    export = exports.create_export(
        account=account, actor=owner, kind="messages", filters={"state": "failed"}
    )
    Export.objects.for_account(account).update(settles_at=None)
    drain(frozen)
    export.refresh_from_db()
    assert export.rows_done == 1
    assert files.part_path(export.pk, 1).read_bytes() == wanted.getvalue()


def test_the_download_never_holds_the_text(signed_in, account):
    make(account, text="A very secret text")
    answer = signed_in.get("/messages/messages.csv")
    assert b"secret" not in b"".join(answer.streaming_content)


def test_csv_04_more_rows_than_a_direct_download_gives_are_offered_as_an_export(
    signed_in, account, settings
):
    settings.TRUST = replace(settings.TRUST, csv_direct_rows=1)
    answer = signed_in.get("/messages/messages.csv?state=failed")
    assert answer.status_code == 200
    for _ in range(2):
        make(account)
    answer = signed_in.get("/messages/messages.csv")
    assert answer.headers["Location"] == "/exports/new/?kind=messages"


def test_csv_02_a_party_like_a_formula_is_guarded(signed_in, account):
    make(account, from_number="=1+1")
    (row,) = rows_of(signed_in.get("/messages/messages.csv"))
    assert row["from_number"] == "'=1+1"


def test_a_message_shows_states_callbacks_and_error(
    signed_in, ready, frozen, status_url, django_assert_max_num_queries
):
    (message,) = send(ready, dst="+15005550182", url=status_url)
    drain(frozen, seconds=5)
    with django_assert_max_num_queries(8):
        page = signed_in.get(f"/messages/{message.uuid}/").content.decode()
    for words in ("Queued", "Sent", "Undelivered", "Spam detected", "/help/errors/message-30/"):
        assert words in page
    assert page.count("/logs/webhooks/") >= 3
    assert "<c-" not in page


def test_ten_02_a_message_of_another_account_is_not_there(signed_in, other_account):
    message = make(other_account)
    assert signed_in.get(f"/messages/{message.uuid}/").status_code == 404


def test_xml_04_a_senders_text_is_shown_as_text(signed_in, account):
    message = make(account, text="<script>alert(1)</script>")
    page = signed_in.get(f"/messages/{message.uuid}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_text_is_sent_from_the_form(signed_in, ready, frozen):
    page = signed_in.get("/messages/new/").content.decode()
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    form = {"src": DID, "dst": "+1 202 555 0143", "text": "From the form", "form_key": key}
    answers = [signed_in.post("/messages/new/", form) for _ in range(2)]
    message = Message.objects.get()
    assert {answer.url for answer in answers} == {f"/messages/{message.uuid}/"}
    drain(frozen, seconds=5)
    assert on_phone() == ["From the form"]
    assert fresh(message).origin == "console_message"


def test_the_form_shows_the_verdict_when_the_fence_refuses(signed_in, ready):
    form = {"src": DID, "dst": "+12025550144", "text": "Hi"}
    answer = signed_in.post("/messages/new/", form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "is not a sandbox number of this account" in page
    assert "/sandbox-numbers/?number=" in page
    assert "Hi</textarea>" in page
    assert not Message.objects.exists()


def test_the_form_says_beside_the_field_what_is_wrong(signed_in, ready):
    answer = signed_in.post("/messages/new/", {"src": DID, "dst": FRIEND, "text": "✓" * 738})
    assert answer.status_code == 400
    assert "takes at most 737" in answer.content.decode()


def test_without_a_number_the_form_says_where_to_get_one(signed_in):
    assert "/numbers/search/" in signed_in.get("/messages/new/").content.decode()


def test_an_analyst_cannot_send(client, analyst, ready):
    client.force_login(analyst)
    assert client.get("/messages/new/").status_code == 403
    assert "Send a message" not in client.get("/messages/").content.decode()


@pytest.fixture
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_file_is_served_to_whoever_holds_its_signed_link(client, account, media_root):
    made = upload_media(account=account, file_name="cat.png", content=PNG)
    address = link(made).partition("/media/")[2]
    answer = client.get(f"/media/{address}")
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("key", ["", "x", "' OR 1"])
def test_without_the_signature_the_file_is_not_there(client, account, media_root, key):
    made = upload_media(account=account, file_name="cat.png", content=PNG)
    assert client.get(f"/media/{made.uuid}/", {"key": key}).status_code == 404


def test_what_a_browser_could_run_is_downloaded(client, account, media_root):
    made = upload_media(account=account, file_name="evil.plain", content=b"<script>1</script>")
    answer = client.get(f"/media/{link(made).partition('/media/')[2]}")
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


def test_bg_09_a_message_that_waits_says_so(signed_in, ready, frozen):
    (message,) = send(ready)
    path = f"/messages/{message.uuid}/"
    assert "Waiting for our sender" not in signed_in.get(path).content.decode()
    frozen.advance(seconds=6)
    assert "Waiting for our sender" in signed_in.get(path).content.decode()
    frozen.advance(seconds=30)
    assert "keep trying" in signed_in.get(path).content.decode()
    drain(frozen, seconds=5)
    page = signed_in.get(path).content.decode()
    assert "keep trying" not in page
    assert "The phone has it" in page
    assert 'hx-trigger="every' not in page


def test_the_page_of_an_error_says_in_plain_words_what_it_means(signed_in, ready, frozen):
    (message,) = send(ready, dst="+15005550186")
    drain(frozen, seconds=5)
    page = signed_in.get(f"/messages/{message.uuid}/").content.decode()
    assert "The number will not receive messages any more." in page


def test_the_palette_finds_a_message_by_its_id(signed_in, account, other_account):
    mine, others = make(account), make(other_account)
    for row, found in ((mine, True), (others, False)):
        page = signed_in.get(f"/palette/?q={row.uuid}").content.decode()
        assert (f"/messages/{row.uuid}/" in page) is found


def test_home_counts_the_days_messages_and_what_they_cost(signed_in, ready, frozen):
    send(ready, dst="+15005550170<+15005550182")
    make(ready, message_time=frozen.now() - timedelta(days=2))
    drain(frozen, seconds=5)
    page = signed_in.get("/").content.decode()
    assert "Messages today" in page
    home = signed_in.get("/").context
    assert (home["messages_today"], home["spend"]) == (2, Decimal("0.01"))


def test_the_demo_shows_believable_messages(signed_in, account):
    insert_believable(account=account, rows=300, days=30, seed=7)
    page = signed_in.get("/messages/").content.decode()
    assert "Delivered" in page
    rows = Message.objects.for_account(account)
    assert {"delivered", "undelivered", "failed"} <= set(rows.values_list("state", flat=True))
    for row in rows.order_by("?")[:5]:
        assert row.events.count() == row.sequence
        assert row.events.last().state == row.state
        assert signed_in.get(f"/messages/{row.uuid}/").status_code == 200
