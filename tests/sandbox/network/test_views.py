"""The handsets' pages: who sees what, what a button does, and that text stays text."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.core.models import OutboxRow
from sandbox.network import services
from sandbox.network.models import HandsetCall
from tests.sandbox.network.conftest import CALLER, PHONE, SECOND_PHONE, events, permit_for, ring
from tests.sandbox.network.test_outgoing import rent

FETCH = {"X-Requested-With": "fetch"}


def text_to(driver, account, phone, text, **fields) -> None:
    fields.setdefault("from_", CALLER)
    permit = permit_for(account, phone, "message")
    driver.deliver(permit=permit, message_uuid=uuid4(), text=text, key=str(uuid4()), **fields)


@pytest.fixture
def signed_in(client, owner, phone):
    """The owner's browser, without scripts."""
    client.force_login(owner)
    return client


def test_the_list_names_the_accounts_handsets_and_their_state(signed_in, account, phone):
    ring(account)
    answer = signed_in.get("/handsets/")
    assert answer.status_code == 200
    assert "+1 202 555 0142" in answer.text
    assert "Ringing" in answer.text


def test_without_a_handset_the_list_says_how_to_get_one(client, owner):
    client.force_login(owner)
    assert "Add a sandbox number" in client.get("/handsets/").text


def test_one_handset_has_nothing_to_stand_beside(signed_in, account):
    assert "Open side by side" not in signed_in.get("/handsets/").text
    services.open_handset(account=account, number=SECOND_PHONE)
    assert "Open side by side" in signed_in.get("/handsets/").text


@pytest.mark.parametrize(
    "path",
    [
        "/handsets/",
        f"/handsets/{PHONE}/",
        f"/handsets/?show=%2B{PHONE[1:]}&show=%2B{SECOND_PHONE[1:]}",
    ],
)
def test_a_page_costs_at_most_eight_queries(signed_in, account, driver, path):
    services.open_handset(account=account, number=SECOND_PHONE)
    rent(account)
    for number in (PHONE, SECOND_PHONE):
        for _ in range(3):
            call = ring(account, number)
            driver.speak(call_uuid=call.pk, text="Hello", key="1")
            text_to(driver, account, number, "Hello")
    signed_in.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert signed_in.get(path).status_code == 200
    assert len(queries) <= 8, "\n".join(one["sql"][:120] for one in queries.captured_queries)


def test_a_signed_out_visitor_is_sent_to_sign_in(client, phone):
    for path in ("/handsets/", f"/handsets/{PHONE}/", f"/live/handsets/{PHONE}/events"):
        assert "/login/" in client.get(path)["Location"]


@pytest.mark.parametrize(
    "path",
    [
        f"/handsets/{PHONE}/",
        f"/handsets/{PHONE}/screen/",
        f"/handsets/?show=%2B{PHONE[1:]}",
        f"/live/handsets/{PHONE}/events",
        "/handsets/+12025550199/",
        "/handsets/nonsense/",
    ],
)
def test_ten_02_a_strangers_handset_is_404_like_one_that_never_was(client, stranger, phone, path):
    client.force_login(stranger)
    assert client.get(path).status_code == 404


def test_ten_02_a_stranger_cannot_press_anything(client, stranger, account, phone):
    call = ring(account)
    client.force_login(stranger)
    for deed in ("answer", "reject", "hangup", "digits", "say", "call", "message"):
        words = {"call_uuid": str(call.pk), "digits": "1", "to": "+12065550177", "text": "x"}
        assert client.post(f"/handsets/{PHONE}/{deed}/", words).status_code == 404
    assert events(call) == []


def test_an_analyst_reads_the_phone_and_presses_nothing(client, analyst, account, phone):
    ring(account)
    client.force_login(analyst)
    shown = client.get(f"/handsets/{PHONE}/").text
    assert "Incoming call" in shown
    assert '<form method="post" action="/handsets/' not in shown
    assert client.post(f"/handsets/{PHONE}/answer/").status_code == 403


def test_otp_18_with_real_carriers_there_are_no_handsets(signed_in, settings):
    settings.SIMULATED_NETWORK = False
    for path in ("/handsets/", f"/handsets/{PHONE}/", f"/live/handsets/{PHONE}/events"):
        assert signed_in.get(path).status_code == 404


def test_answering_works_without_scripts(signed_in, account):
    call = ring(account)
    answer = signed_in.post(f"/handsets/{PHONE}/answer/", {"call_uuid": str(call.pk)}, follow=True)
    assert "Hang up" in answer.text
    assert [one["event"] for one in events(call)] == ["answered"]


def test_keys_work_without_scripts(signed_in, account):
    call = ring(account)
    services.answer(account=account, number=PHONE)
    signed_in.post(f"/handsets/{PHONE}/digits/", {"digits": "7"})
    assert [one["digits"] for one in events(call)] == ["", "7"]


def test_words_are_said_without_scripts(signed_in, account):
    call = ring(account)
    services.answer(account=account, number=PHONE)
    signed_in.post(f"/handsets/{PHONE}/say/", {"words": "  a table\nplease "})
    assert [one["text"] for one in events(call)] == ["", "a table please"]


def test_the_screen_tells_own_words_from_those_of_the_platform(signed_in, account, driver):
    call = ring(account)
    services.answer(account=account, number=PHONE)
    driver.speak(call_uuid=call.pk, text="What <b>now</b>?", key="1")
    driver.said(call_uuid=call.pk, text="A <i>table</i>", key="2")
    shown = signed_in.get(f"/handsets/{PHONE}/screen/").text
    assert 'data-kind="own"><span class="sr-only">You: </span>A &lt;i&gt;table' in shown
    assert shown.count("You: ") == 1
    # What the platform said last may still be heard, whatever was said into the phone since.
    assert "caption--newest" in shown[shown.index("table") :]


def test_the_history_tells_own_words_too(signed_in, account, driver):
    call = ring(account)
    driver.said(call_uuid=call.pk, text="A table", key="2")
    services.reject(account=account, number=PHONE)
    shown = signed_in.get(f"/handsets/{PHONE}/").text
    line = shown[shown.index('id="heard-') :].split("<li", 1)[1].split("</li>")[0]
    assert line.strip() == 'class="caption--mine"><span class="sr-only">You: </span>A table'


def test_saying_nothing_or_too_much_is_refused(signed_in, account):
    ring(account)
    services.answer(account=account, number=PHONE)
    for words in ("  ", "x" * 501):
        path, headers = f"/handsets/{PHONE}/say/", FETCH
        answer = signed_in.post(path, {"words": words}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_text")


def test_nobody_hears_what_is_said_before_the_answer(signed_in, account):
    ring(account)
    answer = signed_in.post(f"/handsets/{PHONE}/say/", {"words": "hello"}, headers=FETCH)
    assert (answer.status_code, answer.json()["code"]) == (409, "call_over")


def test_a_refused_press_says_why_on_the_page(signed_in, account):
    ring(account)
    answer = signed_in.post(f"/handsets/{PHONE}/digits/", {"digits": "7"}, follow=True)
    assert "Nobody is on the line" in answer.text


def test_a_script_gets_the_refusal_with_its_code_and_field(signed_in):
    answer = signed_in.post(f"/handsets/{PHONE}/call/", {"to": "+12065550199"}, headers=FETCH)
    assert answer.status_code == 400
    assert answer.json()["code"] == "callee_not_yours"
    assert answer.json()["field"] == "to"


def test_a_script_calls_out_and_texts(signed_in, account):
    did = rent(account).number
    assert signed_in.post(f"/handsets/{PHONE}/call/", {"to": did}, headers=FETCH).status_code == 204
    words = {"to": did, "text": "two\r\nlines"}
    assert signed_in.post(f"/handsets/{PHONE}/message/", words, headers=FETCH).status_code == 204
    kinds = OutboxRow.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["call.incoming", "sms.incoming"]


def test_the_same_press_sent_twice_counts_once(signed_in, account):
    call = ring(account)
    services.answer(account=account, number=PHONE)
    for _ in range(2):
        words = {"digits": "5", "action_id": "abc"}
        assert signed_in.post(f"/handsets/{PHONE}/digits/", words, headers=FETCH).status_code == 204
    assert HandsetCall.objects.get(pk=call.pk).digits_sent == "5"


def test_a_form_of_two_phones_side_by_side_comes_back_to_both(signed_in, account):
    services.open_handset(account=account, number=SECOND_PHONE)
    ring(account)
    answer = signed_in.post(f"/handsets/{PHONE}/answer/", {"show": [PHONE, SECOND_PHONE]})
    assert answer["Location"] == "/handsets/?show=%2B12025550142&show=%2B447700900123"


@pytest.mark.parametrize("deed", ["dance", "screen2", "answer2"])
def test_an_unknown_deed_is_404(signed_in, deed):
    assert signed_in.post(f"/handsets/{PHONE}/{deed}/").status_code == 404


@pytest.mark.parametrize("deed", ["answer", "call"])
def test_a_deed_cannot_be_done_by_a_link(signed_in, deed):
    assert signed_in.get(f"/handsets/{PHONE}/{deed}/").status_code == 405


def test_a_call_id_that_is_none_means_the_phones_own_call(signed_in, account):
    call = ring(account)
    signed_in.post(f"/handsets/{PHONE}/answer/", {"call_uuid": "'; drop table"})
    assert len(events(call)) == 1


def test_a_screen_that_has_not_changed_is_empty(signed_in, account):
    ring(account)
    first = signed_in.get(f"/handsets/{PHONE}/screen/")
    seen = first.text.split('data-seen="')[1].split('"')[0]
    assert signed_in.get(f"/handsets/{PHONE}/screen/?seen={seen}").status_code == 204


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ settings.SECRET_KEY }}{% now 'Y' %}",
        "<c-button>x</c-button>",
    ],
)
def test_xml_04_what_others_write_is_shown_as_text(signed_in, account, driver, hostile):
    call = ring(account, caller_name=hostile)
    services.answer(account=account, number=PHONE)
    driver.speak(call_uuid=call.pk, text=hostile, key="1", language=hostile)
    driver.play(call_uuid=call.pk, url=hostile, key="2")
    text_to(driver, account, PHONE, hostile, from_=hostile)
    shown = signed_in.get(f"/handsets/{PHONE}/").text
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "<c-button>x" not in shown
    from django.utils.html import escape

    assert escape(hostile) in shown


def test_xml_04_control_and_direction_characters_are_made_visible(signed_in, account, driver):
    text_to(driver, account, PHONE, "pay \u202egnihton\u2066 now\x1b[2J")
    shown = signed_in.get(f"/handsets/{PHONE}/").text
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "U+202E" in shown


def test_a_sealed_code_is_readable_on_the_phone(signed_in, account, driver):
    text_to(driver, account, PHONE, "482913 is your code", secret=True, platform=True)
    assert "482913 is your code" in signed_in.get(f"/handsets/{PHONE}/").text


def test_a_missed_call_and_what_was_heard_stay_in_the_phones_history(signed_in, account, driver):
    missed = ring(account)
    driver.hang_up(call_uuid=missed.pk, cause="ORIGINATOR_CANCEL")
    talked = ring(account)
    services.answer(account=account, number=PHONE)
    driver.speak(call_uuid=talked.pk, text="Welcome aboard", key="1")
    services.hang_up(account=account, number=PHONE)
    shown = signed_in.get(f"/handsets/{PHONE}/").text
    assert "Missed" in shown
    assert "Welcome aboard" in shown


def test_a_page_of_a_busy_phone_stays_within_its_60_kilobytes(signed_in, account, driver):
    for _ in range(60):
        text_to(driver, account, PHONE, "x" * 150)
    for _ in range(25):
        call = ring(account)
        for key in range(4):
            driver.speak(call_uuid=call.pk, text="Press one for sales", key=str(key))
        driver.hang_up(call_uuid=call.pk, cause="NORMAL_CLEARING")
    assert len(signed_in.get(f"/handsets/{PHONE}/").content) < 60_000


def test_acc_05_what_the_page_asks_by_itself_does_not_keep_a_session_alive(frozen, signed_in):
    signed_in.get(f"/handsets/{PHONE}/")
    for _ in range(7):
        frozen.advance(minutes=10)
        signed_in.get(f"/handsets/{PHONE}/screen/", headers={"X-Background": "1"})
    assert signed_in.get(f"/handsets/{PHONE}/").status_code == 302


def test_acc_05_a_person_who_uses_the_page_stays_signed_in(frozen, signed_in):
    for _ in range(7):
        frozen.advance(minutes=10)
        assert signed_in.get(f"/handsets/{PHONE}/").status_code == 200


def test_the_list_costs_the_same_however_many_handsets_there_are(signed_in, account, driver):
    text_to(driver, account, PHONE, "Hello")
    signed_in.get("/handsets/")
    with CaptureQueriesContext(connection) as few:
        signed_in.get("/handsets/")
    for end in range(20):
        services.open_handset(account=account, number=f"+120255501{end:02d}")
    with CaptureQueriesContext(connection) as many:
        assert "+1 202 555 0119" in signed_in.get("/handsets/").text
    assert len(many) == len(few)


def test_the_list_says_when_a_phone_last_heard_of_anything(signed_in, account, driver):
    services.open_handset(account=account, number=SECOND_PHONE)
    text_to(driver, account, PHONE, "Hello")
    shown = signed_in.get("/handsets/").text
    assert shown.count("Never") == 1
    assert "just now" in shown
