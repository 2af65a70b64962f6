"""Sending: the fence, the price, the phone, the report, the callbacks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils.dateparse import parse_datetime

from console.accounts.models import Account, AccountState
from console.core.errors import DomainError, NotFound
from console.core.message_errors import MESSAGE_ERRORS
from console.core.models import OutboxRow, OutboxState
from sandbox.fence.kinds import Origin
from sandbox.fence.models import FenceDenial, SandboxNumber
from sandbox.messages import tasks
from sandbox.messages.models import Message, MessageEvent
from sandbox.messages.services import dispatch, moves
from sandbox.network.models import HandsetMessage, Permit
from tests.sandbox.messages.conftest import DID, FRIEND, credit_of, fresh, on_phone, send
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
UNVERIFIED, GEO_BLOCKED, OUTCOME = "+12025550144", "+33639980123", "+15005550170"


@pytest.fixture(autouse=True)
def stage(frozen, account, did, proved):
    """Everything that a message needs."""


def states(message: Message) -> list[str]:
    return list(MessageEvent.objects.filter(message=message).values_list("state", flat=True))


def test_a_message_reaches_the_phone_and_is_delivered(account, frozen):
    (message,) = send(account, text="Good morning")
    assert (message.state, message.units, message.encoding) == ("queued", 1, "gsm7")
    drain(frozen, seconds=5)
    assert on_phone() == ["Good morning"]
    assert states(message) == ["queued", "sent", "delivered"]
    assert fresh(message).reported_at > fresh(message).sent_at >= message.message_time


def test_it_costs_its_parts_once(account, frozen):
    before = credit_of(account)
    (message,) = send(account, text="a" * 161)
    assert (message.units, message.rate, message.amount) == (2, Decimal("0.005"), Decimal("0.01"))
    assert credit_of(account) == before
    drain(frozen, seconds=5)
    OutboxRow.objects.filter(kind="sms.send").update(state=OutboxState.PENDING)
    drain(frozen, seconds=5)
    assert credit_of(account) == before - Decimal("0.01")
    assert len(on_phone()) == 1


def test_several_destinations_are_several_messages_and_a_repeated_one_is_one(account, frozen):
    sent = send(account, dst=f"{FRIEND}<{OUTCOME[1:]}<{FRIEND[1:]}")
    assert [one.to_number for one in sent] == [FRIEND, OUTCOME]
    drain(frozen, seconds=5)
    assert {fresh(one).state for one in sent} == {"delivered"}


def test_what_is_no_number_is_left_out_and_named(account):
    from sandbox.messages.services.sending import send_messages

    sent = send_messages(
        account=account, origin=Origin.API_MESSAGE, src=DID, dst=f"{FRIEND}<12ab<", text="Hi"
    )
    assert [one.to_number for one in sent.messages] == [FRIEND]
    assert sent.invalid == ["12ab", ""]


def test_only_malformed_numbers_refuse_the_request(account):
    with pytest.raises(DomainError) as refused:
        send(account, dst="12ab<+")
    assert refused.value.code == "invalid_number"


@pytest.mark.parametrize("to", [FRIEND, UNVERIFIED, GEO_BLOCKED])
@pytest.mark.parametrize("way", ["{}", "{}<" + FRIEND, OUTCOME + "<{}"])
def test_gate_04_what_arrives_has_a_permit_and_one_refusal_refuses_all(account, frozen, way, to):
    dst = way.format(to)
    if to == FRIEND:
        send(account, dst=dst)
    else:
        with pytest.raises(DomainError) as refused:
            send(account, dst=dst)
        assert refused.value.status == (403 if to == GEO_BLOCKED else 400)
        assert not Message.objects.exists()
        assert FenceDenial.objects.count() == 1
    drain(frozen, seconds=5)
    permits = Permit.objects.exclude(consumed_at=None).values_list("to", flat=True)
    arrived = HandsetMessage.objects.values_list("number", flat=True)
    assert sorted(arrived) == sorted(permits)
    assert set(arrived) <= {FRIEND, OUTCOME}


def test_gate_06_a_sender_that_is_not_the_accounts_is_refused(account):
    with pytest.raises(DomainError) as refused:
        send(account, src="+12065550151")
    assert refused.value.code == "caller_id_not_owned"


def test_gate_02_a_number_removed_meanwhile_is_refused_at_dispatch(account, frozen):
    before = credit_of(account)
    (message,) = send(account)
    SandboxNumber.objects.filter(e164=FRIEND).update(state="removed")
    drain(frozen, seconds=5)
    row = fresh(message)
    assert (row.state, row.error_code, row.amount) == ("failed", 300, 0)
    assert "not a sandbox number" in row.detail
    assert on_phone() == []
    assert credit_of(account) == before


def test_gate_02_an_account_suspended_meanwhile_sends_nothing(account, frozen):
    (message,) = send(account)
    Account.objects.filter(pk=account.pk).update(state="suspended")
    drain(frozen, seconds=5)
    assert (fresh(message).state, fresh(message).error_code) == ("failed", 910)


def test_credit_that_is_too_little_fails_the_message_with_900(account, frozen):
    (message,) = send(account, text="a" * 400)
    Account.objects.filter(pk=account.pk).update(credit="0.00600")
    drain(frozen, seconds=5)
    assert (fresh(message).state, fresh(message).error_code) == ("failed", 900)
    assert credit_of(account) == Decimal("0.00600")
    assert on_phone() == []


@pytest.mark.parametrize(("life", "waited"), [(60, 61), (10_800, 901)])
def test_bg_05_a_message_that_waited_too_long_is_not_sent(account, frozen, life, waited):
    (message,) = send(account, life=life)
    frozen.advance(seconds=waited)
    drain(frozen)
    assert (fresh(message).state, fresh(message).error_code) == ("failed", 420)
    assert on_phone() == []


def test_bg_05_a_message_that_no_worker_takes_is_settled_by_the_clock(account, frozen):
    (message,) = send(account)
    OutboxRow.objects.filter(kind="sms.send").update(state=OutboxState.DEAD)
    tasks.expire_messages()
    assert fresh(message).state == "queued"
    frozen.advance(minutes=16)
    tasks.expire_messages()
    assert (fresh(message).state, fresh(message).error_code) == ("failed", 420)


@pytest.mark.parametrize("place", range(len(MESSAGE_ERRORS)))
def test_outcome_numbers_refuse_with_each_error(account, frozen, place):
    code = list(MESSAGE_ERRORS)[place]
    (message,) = send(account, dst=f"+150055501{80 + place}")
    drain(frozen, seconds=5)
    row = fresh(message)
    assert (row.state, row.error_code) == ("undelivered", code)
    assert row.error_message == MESSAGE_ERRORS[code]
    assert row.amount > 0


def test_an_outcome_number_delays_and_another_never_reports(account, frozen):
    late, silent = send(account, dst="+15005550172<+15005550199")
    drain(frozen, seconds=19)
    assert {fresh(late).state, fresh(silent).state} == {"sent"}
    drain(frozen, seconds=2)
    assert fresh(late).state == "delivered"
    drain(frozen, seconds=3600)
    assert fresh(silent).state == "sent"


def test_every_state_is_told_with_all_parameters(account, frozen, server, status_url):
    (message,) = send(account, url=status_url, requester_ip="192.0.2.7")
    drain(frozen, seconds=5)
    told = sorted((got.params for got in server.seen("/status/")), key=lambda p: p["Sequence"])
    assert [one["Status"] for one in told] == ["queued", "sent", "delivered"]
    assert [one["Sequence"] for one in told] == ["1", "2", "3"]
    last = told[-1]
    assert last["MessageUUID"] == last["ParentMessageUUID"] == str(message.uuid)
    assert (last["From"], last["To"], last["Type"]) == (DID[1:], FRIEND[1:], "sms")
    assert (last["Units"], last["TotalRate"], last["TotalAmount"]) == ("1", "0.00500", "0.00500")
    assert (last["PartInfo"], last["ErrorCode"], last["Log"]) == ("1 of 1", "000", "true")
    assert (last["MCC"], last["MNC"], last["requester_ip"]) == ("001", "01", "192.0.2.7")
    for name in ("MessageTime", "QueuedTime", "SentTime", "DeliveryReportTime"):
        assert parse_datetime(last[name]) is not None
    assert "ErrorCode" not in told[0]
    assert "SentTime" not in told[0]


def test_a_failure_is_told_with_its_error(account, frozen, server, status_url):
    send(account, dst="+15005550182", url=f"{status_url}?x=1", method="GET")
    drain(frozen, seconds=5)
    last = max(server.seen("/status/"), key=lambda got: got.params["Sequence"])
    assert (last.method, last.params["Status"], last.params["ErrorCode"]) == (
        "GET",
        "undelivered",
        "30",
    )


def test_rel_06_late_doubled_and_shuffled_reports_change_nothing(account, frozen, server):
    (message,) = send(account)
    drain(frozen, seconds=5)
    was = fresh(message)
    for state, error in [("undelivered", 30), ("delivered", None), ("undelivered", 30)]:
        dispatch.report(message_uuid=message.uuid, state=state, error=error)
    now = fresh(message)
    assert (now.state, now.error_code, now.sequence) == (was.state, was.error_code, was.sequence)


@pytest.mark.parametrize("state", ["queued", "sent", "failed", "rejected", "received"])
def test_bg_12_a_settled_message_goes_nowhere(account, frozen, state):
    (message,) = send(account)
    drain(frozen, seconds=5)
    with transaction.atomic():
        assert not moves.move(fresh(message), state)
    assert fresh(message).state == "delivered"


def test_rel_06_each_row_three_times_is_one_message(account, frozen, server, status_url):
    (message,) = send(account, url=status_url)
    for _ in range(3):
        drain(frozen, seconds=5)
        OutboxRow.objects.exclude(kind="webhooks.notify").update(state=OutboxState.PENDING)
    drain(frozen, seconds=5)
    assert on_phone() == ["Hello"]
    assert states(message) == ["queued", "sent", "delivered"]
    assert len(server.seen("/status/")) == 3
    assert not HandsetMessage.objects.exclude(repeats=0).exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": "  "}, "invalid_text"),
        ({"text": "a\0b"}, "invalid_text"),
        ({"text": "a" * 1601}, "text_too_long"),
        ({"text": "✓" * 738}, "text_too_long"),
        ({"type": "whatsapp"}, "message_type_not_supported"),
        ({"log": "maybe"}, "invalid_log"),
        ({"life": 4}, "invalid_expiry"),
        ({"life": 10_801}, "invalid_expiry"),
        ({"method": "PUT"}, "invalid_method"),
        ({"url": "ftp://example.com/"}, "invalid_url"),
        ({"dst": DID}, "src_is_dst"),
        ({"dst": "<".join([FRIEND] * 1001)}, "too_many"),
        ({"media_urls": ["https://example.com/a.png"]}, "invalid_media"),
        ({"type": "mms", "media_urls": ["https://example.com/a.png"] * 11}, "invalid_media"),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(account, more, code):
    with pytest.raises(DomainError) as refused:
        send(account, **more)
    assert refused.value.code == code
    assert not Message.objects.exists()


def test_the_longest_texts_pass(account):
    send(account, text="a" * 1600)
    send(account, text="✓" * 737)


def test_a_number_without_sms_cannot_text(account, did):
    did.stock.sms_enabled = False
    did.stock.save()
    with pytest.raises(DomainError) as refused:
        send(account)
    assert refused.value.code == "no_sms"


@pytest.mark.parametrize(
    ("log", "text", "to"),
    [
        ("true", "Hello", FRIEND),
        ("content_only", "Hello", "120XXXXX143"),
        ("number_only", None, FRIEND),
        ("false", None, "120XXXXX143"),
    ],
)
def test_log_says_what_is_kept(account, frozen, server, status_url, log, text, to):
    (message,) = send(account, log=log, url=status_url)
    drain(frozen, seconds=5)
    row = fresh(message)
    assert on_phone() == ["Hello"]
    assert (row.text, row.to_number, row.hidden_party) == (text, to, "")
    assert {got.params["To"] for got in server.seen("/status/")} == {FRIEND[1:]}


def test_texts_go_after_30_days_and_records_after_90(account, frozen):
    (message,) = send(account, requester_ip="192.0.2.7")
    drain(frozen, seconds=5)
    frozen.advance(days=29)
    tasks.forget_texts()
    assert fresh(message).text == "Hello"
    frozen.advance(days=2)
    tasks.forget_texts()
    assert (fresh(message).text, fresh(message).requester_ip) == (None, None)
    frozen.advance(days=60)
    tasks.prune_messages()
    assert not Message.objects.exists()


def test_a_form_sent_twice_is_one_message(account, frozen):
    from console.core.randomness import new_uuid

    key = new_uuid()
    first, second = send(account, form_key=key), send(account, form_key=key)
    assert first[0].pk == second[0].pk


def test_an_mms_shows_its_media_and_is_one_unit(account, frozen):
    (message,) = send(
        account, type="mms", text="é✓" * 80, media_urls=["https://example.com/cat.png"]
    )
    assert message.units == 1
    drain(frozen, seconds=5)
    assert on_phone()[0].endswith("\nhttps://example.com/cat.png")


def test_media_of_another_account_are_not_found(account, other_account):
    from sandbox.messages.media import upload_media

    made = upload_media(account=other_account, file_name="a.png", content=b"\x89PNG\r\n\x1a\nx")
    with pytest.raises(NotFound):
        send(account, type="mms", media_ids=[str(made.uuid)])


def test_the_price_of_asking_is_bounded(account, django_assert_max_num_queries):
    send(account)
    with django_assert_max_num_queries(30):
        send(account)


def test_a_thousand_destinations_are_queued_in_a_few_queries(
    account, status_url, django_assert_max_num_queries
):
    Account.objects.update(state=AccountState.ACTIVE)
    account.refresh_from_db()
    phones = [f"+1{area}555{last:04d}" for area in (202, 312, 415) for last in range(100, 200)]
    with django_assert_max_num_queries(60):
        sent = send(account, dst="<".join(phones), url=status_url)
    assert [message.to_number for message in sent] == phones
    assert MessageEvent.objects.filter(state="queued", delivery__isnull=False).count() == 300
    assert OutboxRow.objects.filter(kind="webhooks.notify").count() == 300


def test_a_report_that_is_early_waits(account):
    from console.core.outbox import Later

    (message,) = send(account)
    with pytest.raises(Later):
        dispatch.report(message_uuid=message.uuid, state="delivered")
    assert fresh(message).state == "queued"
    assert timedelta(0) < Later(timedelta(seconds=1)).delay
