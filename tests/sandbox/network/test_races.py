"""Two at once: permits, presses, deliveries. Each act has one winner."""

from __future__ import annotations

from uuid import uuid4

import pytest

from sandbox.network import services
from sandbox.network.models import HandsetCall, HandsetMessage, PermitKind
from sandbox.network.permits import PermitRefused, consume
from tests.sandbox.network.conftest import CALLER, PHONE, events, permit_for, ring
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_gate_01_of_eight_users_of_a_permit_one_succeeds(account):
    permit = permit_for(account)
    outcomes = at_once(
        *(lambda: consume(permit, kind=PermitKind.CALL, network="simulated") for _ in range(8))
    )
    refused = [one for one in outcomes if isinstance(one, PermitRefused)]
    assert len(refused) == 7


def test_eight_people_answer_and_the_engine_hears_of_one(account, phone):
    call = ring(account)
    outcomes = at_once(*(lambda: services.answer(account=account, number=phone) for _ in range(8)))
    assert {one.state for one in outcomes} == {"up"}
    assert [one["event"] for one in events(call)] == ["answered"]


def test_answering_and_rejecting_at_once_ends_in_one_of_them(account, phone):
    call = ring(account)
    at_once(
        lambda: services.answer(account=account, number=phone, call_uuid=call.pk),
        lambda: services.reject(account=account, number=phone, call_uuid=call.pk),
    )
    told = [one["event"] for one in events(call)]
    call.refresh_from_db()
    assert (told, call.state) in [(["answered"], "up"), (["rejected"], "ended")]


def test_keys_pressed_at_once_are_all_heard_and_none_twice(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    press = services.press_digits
    at_once(*(lambda k=k: press(account=account, number=phone, digits=k) for k in "12345678"))
    call.refresh_from_db()
    assert sorted(call.digits_sent) == list("12345678")
    assert sorted(one["digits"] for one in events(call)[1:]) == list("12345678")


def test_a_press_that_arrives_twice_at_once_is_heard_once(account, phone):
    call = ring(account)
    services.answer(account=account, number=phone)
    words = {"account": account, "number": phone, "digits": "7", "action_id": "one"}
    at_once(*(lambda: services.press_digits(**words) for _ in range(4)))
    call.refresh_from_db()
    assert call.digits_sent == "7"
    assert len(events(call)) == 2


def test_a_call_that_is_rung_by_two_workers_rings_once(account, driver):
    call_uuid = uuid4()
    permits = [permit_for(account) for _ in range(4)]
    at_once(
        *(
            lambda permit=permit: driver.ring(permit=permit, call_uuid=call_uuid, from_=CALLER)
            for permit in permits
        )
    )
    assert HandsetCall.objects.count() == 1
    for permit in permits:
        permit.refresh_from_db()
    assert sum(permit.consumed_at is not None for permit in permits) == 1


def test_a_message_that_two_workers_deliver_is_shown_once(account, driver):
    permits = [permit_for(account, PHONE, "message") for _ in range(4)]
    at_once(
        *(
            lambda permit=permit: driver.deliver(
                permit=permit, message_uuid=uuid4(), from_=CALLER, text="Hello", key="same"
            )
            for permit in permits
        )
    )
    assert HandsetMessage.objects.count() == 1
