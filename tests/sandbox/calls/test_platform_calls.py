"""OTP-15, OTP-16: the platform's own calls say what they have to, and leave no readable trace."""

from __future__ import annotations

import json

import pytest
from django.core import serializers

from console.core.errors import NotFound
from console.core.models import OutboxRow, Queue
from console.records.models import Cdr
from sandbox.calls import internal_documents, services
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.network.models import HandsetCall, HandsetCaption
from sandbox.network.phones import Deed
from sandbox.webhooks.models import WebhookDelivery
from tests.sandbox.calls.conftest import PHONE, act, ringing_at
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
CODE = "482913"


def document(ref, params):
    if params.get("Digits") == "1":
        return f"<Response><Speak>Your code is {CODE}.</Speak></Response>"
    return (
        '<Response><GetDigits action="internal:test" numDigits="1" timeout="10">'
        "<Speak>Press 1 to hear your code.</Speak></GetDigits></Response>"
    )


@pytest.fixture
def place(account, network, frozen):
    internal_documents.register("test", document)
    return lambda ref="one", **more: services.place_platform_call(
        account=account, to=PHONE, document_key="test", ref=ref, **more
    )


def heard() -> list[str]:
    return [one.shown() for one in HandsetCaption.objects.order_by("id")]


def test_otp_15_the_phone_rings_and_says_what_the_document_holds(frozen, place):
    place()
    drain(frozen)
    call = ringing_at(PHONE)
    assert (call.state, call.platform, call.from_number) == ("ringing", True, "Ringfence")
    act(call, Deed.ANSWER)
    drain(frozen, seconds=3)
    act(call, Deed.DIGITS, digits="1")
    drain(frozen, seconds=30)
    assert heard() == ["Press 1 to hear your code.", f"Your code is {CODE}."]
    call.refresh_from_db()
    assert call.state == "ended"


def test_otp_15_without_a_key_it_hangs_up_and_says_nothing(frozen, place):
    place()
    drain(frozen)
    act(ringing_at(PHONE), Deed.ANSWER)
    drain(frozen, seconds=30)
    assert heard() == ["Press 1 to hear your code."]
    assert ringing_at(PHONE).state == "ended"


def test_otp_16_the_code_stands_readable_in_no_table_at_any_moment(frozen, place):
    place()
    drain(frozen)
    act(ringing_at(PHONE), Deed.ANSWER)
    drain(frozen, seconds=3)
    act(ringing_at(PHONE), Deed.DIGITS, digits="1")
    for _ in range(12):
        drain(frozen, seconds=0.5)
        for model in (Call, CallEvent, Leg, OutboxRow, HandsetCall, HandsetCaption):
            rows = serializers.serialize("json", model.objects.all())
            assert CODE not in rows, model
            assert "Your code" not in rows, model
    assert any(CODE in one for one in heard())


def test_otp_16_no_record_story_or_webhook_comes_of_it(frozen, account, place):
    call_uuid = place()
    drain(frozen)
    act(ringing_at(PHONE), Deed.ANSWER)
    drain(frozen, seconds=60)
    assert Cdr.objects.count() == 0
    assert WebhookDelivery.objects.count() == 0
    assert all(one.data == {} for one in CallEvent.objects.all())
    with pytest.raises(NotFound):
        services.story(account=account, call_uuid=call_uuid)
    account.refresh_from_db()
    assert account.credit == 10


def test_the_same_ref_is_one_call(frozen, place):
    assert place("one") == place("one")
    assert place("one") != place("two")
    assert Call.objects.count() == 2


def test_codes_do_not_wait_behind_calls(frozen, place):
    place()
    drain(frozen)
    act(ringing_at(PHONE), Deed.ANSWER)
    drain(frozen, seconds=20)
    queues = set(OutboxRow.objects.values_list("queue", flat=True))
    assert queues == {Queue.OTP}


def test_a_document_that_fails_ends_the_call_without_a_word(frozen, place):
    def broken(ref, params):
        raise RuntimeError(CODE)

    internal_documents.register("test", broken)
    place()
    drain(frozen)
    act(ringing_at(PHONE), Deed.ANSWER)
    drain(frozen, seconds=5)
    assert heard() == []
    assert ringing_at(PHONE).state == "ended"
    assert CODE not in json.dumps(list(OutboxRow.objects.values_list("last_error", flat=True)))


def test_the_call_ends_at_its_time_limit(frozen, place):
    internal_documents.register(
        "test", lambda ref, params: "<Response><Wait length='900'/></Response>"
    )
    place(time_limit=60)
    drain(frozen)
    act(ringing_at(PHONE), Deed.ANSWER)
    drain(frozen, seconds=59)
    assert ringing_at(PHONE).state == "up"
    drain(frozen, seconds=2)
    assert ringing_at(PHONE).state == "ended"
