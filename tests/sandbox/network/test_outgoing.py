"""A handset calls and texts what its account has on the platform, and nothing else."""

from __future__ import annotations

import json

import pytest

from console.accounts.models import Account
from console.applications.models import Application
from console.core import clock
from console.core.errors import DomainError, LimitReached, NotFound
from console.core.models import OutboxRow
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber, StockNumber
from sandbox.network import outgoing, reach, services
from sandbox.network.models import HandsetCall, HandsetMessage
from tests.sandbox.network.conftest import PHONE, events

DID = "+12065550177"


def rent(account: Account, number: str = DID, **capabilities) -> RentedNumber:
    stock = StockNumber.objects.create(
        number=number,
        national=number[2:],
        country="US",
        type="local",
        available=False,
        **{"sms_enabled": True, **capabilities},
    )
    return RentedNumber.objects.create(
        account=account, stock=stock, number=number, renewal_date=clock.now().date()
    )


@pytest.fixture
def did(account) -> str:
    """A DID of the owner's account, with voice and SMS."""
    return rent(account).number


def test_a_call_rings_out_and_is_told_to_the_engine(account, phone, did):
    call_uuid = outgoing.place_call(account=account, number=phone, to="+1 206-555-0177")
    call = HandsetCall.objects.get(pk=call_uuid)
    assert (call.direction, call.state, call.to_number) == ("outbound", "ringing", did)
    assert OutboxRow.objects.get(kind="call.incoming").payload == {
        "call_uuid": str(call_uuid),
        "account": account.auth_id,
        "from": phone,
        "to": did,
    }


def test_the_platform_picks_up_a_call_that_a_phone_made(account, phone, did, driver):
    call_uuid = outgoing.place_call(account=account, number=phone, to=did)
    assert driver.answered(call_uuid=call_uuid)
    assert HandsetCall.objects.get(pk=call_uuid).state == "up"


def test_hanging_up_before_the_answer_cancels_the_call(account, phone, did):
    call_uuid = outgoing.place_call(account=account, number=phone, to=did)
    call = services.hang_up(account=account, number=phone)
    assert call.hangup_cause == "ORIGINATOR_CANCEL"
    assert [one["event"] for one in events(call_uuid)] == ["hung_up"]


def test_a_phone_cannot_answer_its_own_call(account, phone, did):
    outgoing.place_call(account=account, number=phone, to=did)
    with pytest.raises(NotFound):
        services.answer(account=account, number=phone)


@pytest.mark.parametrize("to", ["+12065550178", "+15005550100"])
def test_ten_02_a_number_that_is_not_the_accounts_is_refused_like_one_that_is_nobodys(
    account, other_account, phone, to
):
    rent(other_account, "+12065550178")
    with pytest.raises(DomainError) as refused:
        outgoing.place_call(account=account, number=phone, to=to)
    assert (refused.value.code, refused.value.field) == ("callee_not_yours", "to")
    assert not OutboxRow.objects.exists()


def test_a_released_number_is_the_accounts_no_more(account, phone, did):
    RentedNumber.objects.update(released_at=clock.now())
    with pytest.raises(DomainError) as refused:
        outgoing.place_call(account=account, number=phone, to=did)
    assert refused.value.code == "callee_not_yours"


@pytest.mark.parametrize(
    "to", ["", "hello", "１２３", "+1", "sip:", "sip:a b@example.com", "sip:x"]
)
def test_what_is_neither_number_nor_sip_address_is_refused(account, phone, to):
    with pytest.raises(DomainError) as refused:
        outgoing.place_call(account=account, number=phone, to=to)
    assert (refused.value.code, refused.value.field) == ("invalid_number", "to")


def test_gate_05_the_accounts_application_is_called_by_its_sip_address(account, phone):
    uri = Application.objects.create(account=account, name="Greeter").sip_uri
    call_uuid = outgoing.place_call(account=account, number=phone, to=uri)
    assert HandsetCall.objects.get(pk=call_uuid).to_number == uri


def test_gate_05_the_accounts_endpoint_is_called_by_its_sip_address(account, phone):
    desk = Endpoint.objects.create(
        account=account, username="desk123456789012", alias="Desk", ha1="0" * 32
    )
    assert outgoing.place_call(account=account, number=phone, to=desk.sip_uri)


def test_gate_05_a_strangers_sip_address_and_one_elsewhere_are_refused_alike(
    account, other_account, phone
):
    theirs = Application.objects.create(account=other_account, name="Theirs").sip_uri
    told = set()
    for to in (theirs, "sip:desk@example.com"):
        with pytest.raises(DomainError) as refused:
            outgoing.place_call(account=account, number=phone, to=to)
        told.add((refused.value.code, refused.value.message))
    assert len(told) == 1


def test_a_number_without_voice_takes_no_call_and_one_without_sms_no_text(account, phone):
    rent(account, "+12065550101", voice_enabled=False)
    rent(account, "+12065550102", sms_enabled=False)
    with pytest.raises(DomainError) as voice:
        outgoing.place_call(account=account, number=phone, to="+12065550101")
    with pytest.raises(DomainError) as sms:
        outgoing.send_message(account=account, number=phone, to="+12065550102", text="Hi")
    assert (voice.value.code, sms.value.code) == ("no_voice", "no_sms")


def test_a_phone_holds_fifty_calls_and_no_more(account, phone, did):
    for _ in range(outgoing.MOST_LIVING_CALLS):
        outgoing.place_call(account=account, number=phone, to=did)
    with pytest.raises(LimitReached):
        outgoing.place_call(account=account, number=phone, to=did)


def test_a_text_is_kept_on_the_phone_and_its_words_stay_out_of_the_outbox(account, phone, did):
    message_uuid = outgoing.send_message(account=account, number=phone, to=did, text="Grüße 🙂")
    row = OutboxRow.objects.get(kind="sms.incoming")
    assert row.payload["message_uuid"] == str(message_uuid)
    assert "Gr" not in json.dumps(row.payload)
    assert outgoing.text_of(message_uuid) == "Grüße 🙂"
    assert HandsetMessage.objects.get().direction == "outbound"


@pytest.mark.parametrize("text", ["", "  \n ", "a\0b", "x" * 1601, "\ud800"])
def test_a_text_that_cannot_be_sent_is_refused(account, phone, did, text):
    with pytest.raises(DomainError) as refused:
        outgoing.send_message(account=account, number=phone, to=did, text=text)
    assert refused.value.code == "invalid_text"
    assert not HandsetMessage.objects.exists()


def test_otp_19_a_text_to_the_platforms_own_number_goes_its_own_way(account, phone, monkeypatch):
    monkeypatch.setattr(reach, "_PLATFORM_LINES", {})
    reach.answer_texts_to("+12025550100", kind="otp.reply")
    outgoing.send_message(account=account, number=phone, to="+1 202-555-0100", text="STOP")
    row = OutboxRow.objects.get()
    assert (row.kind, row.queue) == ("otp.reply", "otp")


def test_ten_02_a_stranger_cannot_call_from_the_phone(other_account, phone, did):
    for act in (outgoing.place_call, lambda **words: outgoing.send_message(**words, text="Hi")):
        with pytest.raises(NotFound):
            act(account=other_account, number=PHONE, to=did)
