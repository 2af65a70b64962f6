"""The JSON of a handset, as scripts read it."""

from __future__ import annotations

from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.network import services
from sandbox.network.models import HandsetCall, HandsetMessage
from sandbox.network.state import fingerprint
from sandbox.network.tasks import prune_handsets
from tests.sandbox.network.conftest import CALLER, permit_for, ring


def _text(driver, account, phone, text, **fields):
    driver.deliver(
        permit=permit_for(account, phone, "message"),
        message_uuid=uuid4(),
        from_=CALLER,
        text=text,
        key=str(uuid4()),
        **fields,
    )


def test_the_state_has_the_contracts_keys_and_newest_first(account, phone, driver):
    _text(driver, account, phone, "first")
    _text(driver, account, phone, "second")
    call = ring(account)
    driver.speak(call_uuid=call.pk, text="Hello", key="1")
    state = services.handset_state(account=account, number=phone)
    assert state["number"] == phone
    assert [one["text"] for one in state["messages"]] == ["second", "first"]
    assert {"message_uuid", "from", "text", "received_at"} <= state["messages"][0].keys()
    shown = state["calls"][0]
    assert shown["call_uuid"] == str(call.pk)
    assert shown["heard"][0]["kind"] == "speak"
    assert shown["heard"][0]["text"] == "Hello"
    wanted = {"direction", "from", "to", "state", "digits_sent", "started_at", "ended_at"}
    assert wanted | {"hangup_cause"} <= shown.keys()


def test_the_phones_own_words_are_apart_from_what_it_heard(account, phone, driver):
    call = ring(account)
    driver.speak(call_uuid=call.pk, text="What?", key="1")
    driver.said(call_uuid=call.pk, text="A table", key="2")
    shown = services.handset_state(account=account, number=phone)["calls"][0]
    assert [one["text"] for one in shown["heard"]] == ["What?"]
    assert [one["text"] for one in shown["said"]] == ["A table"]


def test_ten_01_two_accounts_with_one_number_see_each_their_own(
    account, other_account, phone, driver
):
    services.open_handset(account=other_account, number=phone)
    _text(driver, account, phone, "for the owner", secret=True, platform=True)
    ring(account)
    theirs = services.handset_state(account=other_account, number=phone)
    assert (theirs["messages"], theirs["calls"]) == ([], [])


def test_the_state_costs_four_queries_however_much_was_said(account, phone, driver):
    for _ in range(3):
        call = ring(account)
        for key in range(5):
            driver.speak(call_uuid=call.pk, text="Hello", key=str(key))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        services.handset_state(account=account, number=phone)
    assert len(queries) == 4


def test_the_fingerprint_changes_with_everything_that_the_phone_notices(account, phone, driver):
    seen = [fingerprint(account.pk, phone)]
    call = ring(account)
    seen.append(fingerprint(account.pk, phone))
    driver.speak(call_uuid=call.pk, text="Hello", key="1")
    seen.append(fingerprint(account.pk, phone))
    driver.stop(call_uuid=call.pk)
    seen.append(fingerprint(account.pk, phone))
    services.answer(account=account, number=phone)
    seen.append(fingerprint(account.pk, phone))
    _text(driver, account, phone, "ping")
    seen.append(fingerprint(account.pk, phone))
    assert len(set(seen)) == len(seen)
    assert fingerprint(account.pk, phone) == seen[-1]


def test_what_is_a_month_old_is_deleted(account, phone, driver, frozen):
    _text(driver, account, phone, "old")
    driver.speak(call_uuid=ring(account).pk, text="old", key="1")
    frozen.advance(days=31)
    _text(driver, account, phone, "new")
    prune_handsets()
    assert [one.text for one in HandsetMessage.objects.all()] == ["new"]
    assert HandsetCall.objects.count() == 0


def test_the_list_has_the_accounts_handsets_only(account, other_account, phone):
    services.open_handset(account=other_account, number="+447700900123")
    services.open_handset(account=account, number=phone)
    assert [one.number for one in services.handsets(account=account)] == [phone]
