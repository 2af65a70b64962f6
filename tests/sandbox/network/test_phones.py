"""Phone actions: one change, one event, whoever presses twice."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from console.core.errors import DomainError, NotFound
from console.core.models import OutboxRow
from console.core.seals import SealBroken
from sandbox.network import services
from sandbox.network.events import opened
from sandbox.network.models import HandsetCall
from tests.sandbox.network.conftest import PHONE, SECOND_PHONE, events, ring


def test_answering_takes_the_call_and_tells_the_engine(account, phone, frozen):
    call = ring(account)
    services.answer(account=account, number=phone)
    call.refresh_from_db()
    assert (call.state, call.answered_at) == ("up", frozen.moment)
    told = events(call)
    assert [one["event"] for one in told] == ["answered"]
    assert told[0]["account"] == account.auth_id


def test_answering_twice_is_a_friendly_no_op(account, phone):
    call = ring(account)
    for _ in range(2):
        services.answer(account=account, number=phone, call_uuid=call.pk)
    assert len(events(call)) == 1


def test_answering_a_call_that_has_ended_says_so(account, phone, driver):
    call = ring(account)
    driver.hang_up(call_uuid=call.pk, cause="ORIGINATOR_CANCEL")
    with pytest.raises(DomainError) as refused:
        services.answer(account=account, number=phone, call_uuid=call.pk)
    assert refused.value.code == "call_over"
    assert events(call) == []


def test_rejecting_ends_the_ring(account, phone):
    call = ring(account)
    services.reject(account=account, number=phone)
    call.refresh_from_db()
    assert (call.state, call.hangup_cause) == ("ended", "CALL_REJECTED")
    assert [one["event"] for one in events(call)] == ["rejected"]


def test_a_call_that_is_up_cannot_be_rejected(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    with pytest.raises(DomainError) as refused:
        services.reject(account=account, number=phone, call_uuid=call.pk)
    assert refused.value.code == "call_over"


def test_hanging_up_twice_tells_once(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    for _ in range(2):
        services.hang_up(account=account, number=phone, call_uuid=call.pk)
    assert [one["event"] for one in events(call)] == ["answered", "hung_up"]


def test_hanging_up_while_it_rings_is_rejecting(account, phone):
    call = ring(account)
    services.hang_up(account=account, number=phone)
    assert [one["event"] for one in events(call)] == ["rejected"]


def test_digits_go_to_the_engine_and_are_remembered(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    for keys in ("1", "23#"):
        services.press_digits(account=account, number=phone, digits=keys)
    call.refresh_from_db()
    assert call.digits_sent == "123#"
    assert [one["digits"] for one in events(call)] == ["", "1", "23#"]


def test_keys_and_words_are_not_readable_in_the_row_that_tells_of_them(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    services.press_digits(account=account, number=phone, digits="90817")
    row = OutboxRow.objects.get(kind="call.phone_event", payload__event="digits")
    assert "90817" not in json.dumps(row.payload)
    assert opened(row.payload)["digits"] == "90817"
    row.payload["call_uuid"] = str(call.account.pk)
    with pytest.raises(SealBroken):
        opened(row.payload)


def test_a_press_that_is_sent_again_counts_once(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    for _ in range(2):
        services.press_digits(account=account, number=phone, digits="5", action_id="same-press")
    call.refresh_from_db()
    assert call.digits_sent == "5"
    assert len(events(call)) == 2


@pytest.mark.parametrize("digits", ["", "a", "１", "1\n", "1" * 33, "1 2", "٣"])
def test_what_is_not_a_key_is_refused(account, phone, digits):
    call = ring(account)
    services.answer(account=account, number=phone)
    with pytest.raises(DomainError) as refused:
        services.press_digits(account=account, number=phone, digits=digits)
    assert refused.value.code == "invalid_digits"
    assert len(events(call)) == 1


def test_keys_before_the_answer_are_refused(account, phone):
    call = ring(account)
    with pytest.raises(DomainError) as refused:
        services.press_digits(account=account, number=phone, digits="1")
    assert refused.value.code == "call_over"
    assert events(call) == []


def test_a_phone_without_a_call_has_nothing_to_answer(account, phone):
    with pytest.raises(NotFound):
        services.answer(account=account, number=phone)


def test_the_ringing_call_is_answered_while_another_is_up(account, phone):
    first = ring(account)
    services.answer(account=account, number=phone)
    second = ring(account)
    assert services.answer(account=account, number=phone).pk == second.pk
    assert services.hang_up(account=account, number=phone, call_uuid=first.pk).state == "ended"


@pytest.mark.parametrize("act", [services.answer, services.reject, services.hang_up])
def test_ten_02_a_stranger_finds_no_phone_and_no_call(account, other_account, phone, act):
    call = ring(account)
    with pytest.raises(NotFound):
        act(account=other_account, number=phone, call_uuid=call.pk)
    services.open_handset(account=other_account, number=phone)
    with pytest.raises(NotFound) as theirs:
        act(account=other_account, number=phone, call_uuid=call.pk)
    with pytest.raises(NotFound) as unknown:
        act(account=other_account, number=phone, call_uuid=uuid4())
    assert theirs.value.message == unknown.value.message
    call.refresh_from_db()
    assert call.state == "ringing"


def test_a_call_is_not_on_another_phone_of_the_account(account, phone):
    services.open_handset(account=account, number=SECOND_PHONE)
    call = ring(account)
    with pytest.raises(NotFound):
        services.answer(account=account, number=SECOND_PHONE, call_uuid=call.pk)


def test_a_closed_handset_is_not_there(account, phone):
    services.close_handset(account=account, number=phone)
    with pytest.raises(NotFound):
        services.handset_state(account=account, number=PHONE)


def test_otp_16_events_of_the_platforms_own_calls_go_by_the_codes_queue(account, phone):
    call = ring(account, platform=True)
    services.answer(account=account, number=phone)
    assert HandsetCall.objects.get(pk=call.pk).platform
    assert OutboxRow.objects.get(kind="call.phone_event").queue == "otp"
