"""A text from a handset to a DID becomes a record, is told, and may be answered."""

from __future__ import annotations

import pytest
from plivo import plivoxml
from plivo.utils import validate_v3_signature

from console.accounts.services.tokens import issue_token
from console.core.models import OutboxRow, OutboxState
from sandbox.fence.models import FenceDenial
from sandbox.messages.models import Message, MessageEvent, OptOut
from sandbox.network import outgoing, services
from sandbox.network.models import Permit
from tests.sandbox.messages.conftest import DID, FRIEND, PHONE, fresh, on_phone, send
from tests.support.drain import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(account, told):
    """The phone is open, and the message URL takes everything; gives the application."""
    services.open_handset(account=account, number=PHONE)
    return told


def text(account, words: str):
    return outgoing.send_message(account=account, number=PHONE, to=DID, text=words)


def record(uuid) -> Message:
    return Message.objects.get(uuid=uuid)


def answer(server, inside: str) -> None:
    server.answers["/message/"] = lambda got: f"<Response>{inside}</Response>"


def test_the_message_url_is_told_once_signed_and_with_the_text(account, heard, server, frozen):
    token = issue_token(account)
    uuid = text(account, "Bonjour ✓")
    drain(frozen)
    (got,) = server.seen("/message/")
    assert (got.params["From"], got.params["To"]) == (PHONE[1:], DID[1:])
    assert (got.params["Text"], got.params["Type"]) == ("Bonjour ✓", "sms")
    assert (got.params["Units"], got.params["TotalAmount"]) == ("1", "0.00000")
    assert got.params["MessageUUID"] == str(uuid)
    nonce, signature = (
        got.headers["X-Plivo-Signature-V3-Nonce"],
        got.headers["X-Plivo-Signature-V3"],
    )
    assert validate_v3_signature(got.method, got.url, nonce, token, signature, got.params)


def test_a_2xx_makes_it_delivered(account, heard, frozen):
    uuid = text(account, "Hello")
    drain(frozen)
    row = record(uuid)
    assert (row.direction, row.state, row.text, row.amount) == ("inbound", "delivered", "Hello", 0)
    states = MessageEvent.objects.filter(message=row).values_list("state", flat=True)
    assert list(states) == ["received", "delivered"]


def test_three_failed_tries_in_two_minutes_make_it_undelivered(account, heard, server, frozen):
    server.status["/message/"] = 500
    uuid = text(account, "Hello")
    drain(frozen, seconds=20)
    assert record(uuid).state == "received"
    drain(frozen, seconds=120)
    assert record(uuid).state == "undelivered"
    assert "500" in record(uuid).detail


def test_a_server_that_recovers_is_told(account, heard, server, frozen):
    server.status["/message/"] = 503
    uuid = text(account, "Hello")
    drain(frozen, seconds=1)
    server.status["/message/"] = 200
    drain(frozen, seconds=120)
    assert record(uuid).state == "delivered"


def test_rel_06_rows_that_run_three_times_tell_and_answer_once(account, heard, server, frozen):
    services.open_handset(account=account, number=FRIEND)
    answer(server, "<Message>Thanks</Message>")
    text(account, "Hello")
    for _ in range(3):
        drain(frozen, seconds=5)
        OutboxRow.objects.update(state=OutboxState.PENDING)
    assert len(server.seen("/message/")) == 1
    assert Message.objects.filter(direction="outbound").count() == 1


def test_a_number_without_a_message_url_keeps_the_text_undelivered(
    account, application, did, server, frozen
):
    services.open_handset(account=account, number=PHONE)
    uuid = text(account, "Hello")
    drain(frozen)
    assert server.received == []
    assert record(uuid).state == "undelivered"
    assert "no application" in record(uuid).detail


def test_an_application_that_logs_nothing_hides_words_and_sender(account, heard, server, frozen):
    heard.log_incoming_messages = False
    heard.save()
    uuid = text(account, "A secret")
    drain(frozen)
    (got,) = server.seen("/message/")
    assert (got.params["Text"], got.params["From"]) == ("A secret", PHONE[1:])
    row = record(uuid)
    assert (row.text, row.from_number, row.hidden_party) == (None, "120XXXXX142", "")


def test_the_answer_may_be_a_message_back(account, heard, proved, server, frozen):
    answer(server, plivoxml.MessageElement("Welcome!").to_string(False))
    text(account, "Hello")
    drain(frozen, seconds=5)
    assert on_phone(PHONE) == ["Welcome!"]
    sent = Message.objects.get(direction="outbound")
    assert (sent.state, sent.origin, sent.from_number) == ("delivered", "xml_message", DID)


def test_the_answer_may_name_parties_and_a_callback(
    account, heard, proved, server, status_url, frozen
):
    document = plivoxml.ResponseElement().add(
        plivoxml.MessageElement("To a friend", src=DID, dst=f"{FRIEND}<{PHONE}", type="sms",
                                callback_url=status_url)
    )  # fmt: skip
    server.answers["/message/"] = lambda got: document.to_string()
    text(account, "Hello")
    drain(frozen, seconds=5)
    assert (on_phone(FRIEND), on_phone(PHONE)) == (["To a friend"], ["To a friend"])
    assert len(server.seen("/status/")) == 6


@pytest.mark.parametrize(
    ("to", "code"), [("+12025550144", 300), ("+33639980123", 450), ("+12065550151", 300)]
)
def test_gate_04_a_reply_that_the_fence_refuses_is_rejected(
    account, heard, proved, server, status_url, frozen, to, code
):
    answer(server, f"<Message dst='{to}' callbackUrl='{status_url}'>Hi</Message>")
    uuid = text(account, "Hello")
    drain(frozen, seconds=5)
    assert record(uuid).state == "delivered"
    row = Message.objects.get(direction="outbound")
    assert (row.state, row.error_code, row.amount) == ("rejected", code, 0)
    assert row.detail
    assert FenceDenial.objects.count() == 1
    assert not Permit.objects.exists()
    assert [got.params["Status"] for got in server.seen("/status/")] == ["rejected"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<Response><Speak>Hi</Speak></Response>", "Speak"),
        ("<Response><Message>Hi</Response>", "Line 1"),
        ("<Response><Message dst='12ab'>Hi</Message></Response>", "not sent"),
        ("<Response><Message></Message></Response>", "Write something"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_in_words(account, heard, server, frozen, body, says):
    server.answers["/message/"] = lambda got: body
    uuid = text(account, "Hello")
    drain(frozen, seconds=5)
    assert record(uuid).state == "delivered"
    assert says in record(uuid).detail
    assert not Message.objects.filter(direction="outbound").exists()


@pytest.mark.parametrize("body", ["", "ok", "<Response/>", "{}"])
def test_an_answer_without_messages_sends_nothing(account, heard, server, frozen, body):
    server.answers["/message/"] = lambda got: body
    uuid = text(account, "Hello")
    drain(frozen, seconds=5)
    assert (record(uuid).state, record(uuid).detail) == ("delivered", "")


def test_stop_closes_the_way_to_the_phone_and_start_opens_it(
    account, heard, proved, server, frozen
):
    text(account, " Stop ")
    drain(frozen)
    assert server.seen("/message/")[0].params["MessageIntent"] == "optout"
    assert OptOut.objects.for_account(account).get().destination == PHONE
    (message,) = send(account, dst=PHONE)
    drain(frozen, seconds=5)
    assert (fresh(message).state, fresh(message).error_code) == ("failed", 200)
    assert on_phone(PHONE) == []
    (other,) = send(account, dst=FRIEND)
    text(account, "START")
    drain(frozen, seconds=5)
    (again,) = send(account, dst=PHONE)
    drain(frozen, seconds=5)
    assert {fresh(other).state, fresh(again).state} == {"delivered"}


def test_stop_inside_a_sentence_is_no_stop(account, heard, server, frozen):
    text(account, "Please stop by tomorrow")
    drain(frozen)
    assert "MessageIntent" not in server.seen("/message/")[0].params
    assert not OptOut.objects.exists()


@pytest.fixture
def second(account, told):
    """A second number of the account, with the same application."""
    from console.core import clock
    from console.numbers.models import RentedNumber
    from tests.console.numbers.conftest import put_in_stock

    number = "+12065550151"
    return RentedNumber.objects.create(
        account=account,
        stock=put_in_stock(number),
        number=number,
        application=told,
        renewal_date=clock.now().date(),
    )


def test_a_text_between_two_own_numbers_goes_straight_to_the_application(
    account, told, second, proved, server, frozen
):
    (message,) = send(account, dst=second.number)
    drain(frozen, seconds=5)
    assert fresh(message).state == "delivered"
    (got,) = server.seen("/message/")
    assert (got.params["From"], got.params["To"]) == (DID[1:], second.number[1:])
    assert got.params["MessageUUID"] != str(message.uuid)
    assert Permit.objects.exclude(consumed_at=None).count() == 1


def test_an_own_number_that_takes_calls_only_cannot_be_texted(
    account, told, second, proved, server, frozen
):
    second.stock.sms_enabled = False
    second.stock.save()
    (message,) = send(account, dst=second.number)
    drain(frozen, seconds=5)
    assert (fresh(message).state, fresh(message).error_code) == ("undelivered", 80)
    assert server.received == []


def test_otp_16_codes_are_nobodys_messages(account, owner, network, frozen):
    from sandbox.verification.services.numbers import add_number

    add_number(account=account, raw=FRIEND, channel="sms", actor=owner)
    drain(frozen, seconds=5)
    assert len(on_phone()) == 1
    assert not Message.objects.exists()


def test_two_programs_that_answer_each_other_are_stopped(
    account, told, second, proved, server, frozen
):
    answer(server, "<Message>Ping</Message>")
    send(account, dst=second.number)
    drain(frozen, seconds=60)
    last = Message.objects.filter(direction="outbound").order_by("-id").first()
    assert (last.state, last.error_code) == ("failed", 60)
    assert Message.objects.filter(direction="outbound").count() == 5
