"""HOOK-04: notifications, tried again on a schedule that lives in the outbox row."""

import uuid
from datetime import timedelta

import pytest

from console.accounts.models import AccountState, MailMessage
from console.accounts.services.tokens import issue_token
from console.core import outbox
from console.core.models import OutboxRow, OutboxState
from sandbox.webhooks import notices, schedule, services, tasks
from sandbox.webhooks.models import DeliveryState, DisabledUrl, Purpose, WebhookDelivery
from tests.sandbox.webhooks.answer_server import answer, hang, in_turn, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]
BUSY = answer(b"later", "503 Busy")


def tell(account, url, **fields):
    fields = {"params": {"Event": "Hangup"}, "purpose": Purpose.HANGUP} | fields
    return services.notify(account=account, url=url, **fields)


def row():
    return OutboxRow.objects.get(kind=services.NOTIFY)


def tries():
    return list(WebhookDelivery.objects.order_by("attempt"))


def run_when_due(frozen):
    frozen.moment = max(frozen.moment, row().next_at)
    return outbox.run(row().pk)


def test_a_notification_is_sent_once_by_the_worker(account, frozen, server):
    delivery = tell(account, server.url("/bye"))
    assert server.seen == []
    assert run_when_due(frozen)
    (sent,) = tries()
    assert server.seen[0].form == {"Event": "Hangup"}
    assert server.seen[0].headers["X-Ringfence-Delivery"] == str(delivery) == str(sent.delivery)
    assert sent.state == DeliveryState.DELIVERED
    assert row().state == OutboxState.DONE


def test_no_url_means_nothing_to_do(account):
    assert tell(account, "") is None
    assert not OutboxRow.objects.filter(kind=services.NOTIFY).exists()


def test_the_same_dedupe_key_is_one_notification(account, server):
    assert tell(account, server.url(), dedupe_key="call-1-hangup")
    assert tell(account, server.url(), dedupe_key="call-1-hangup") is None


def test_a_second_run_after_success_sends_nothing(account, frozen, server):
    tell(account, server.url("/bye"))
    payload = row().payload
    services.deliver(payload)
    services.deliver(payload)
    assert len(server.seen) == 1


def test_hook_04_a_failed_try_waits_in_the_outbox_row(account, frozen):
    with running(a=BUSY) as server:
        tell(account, server.url("/a#rc=5"))
        run_when_due(frozen)
        assert len(server.seen) == 1
    wait = row().next_at - frozen.moment
    assert timedelta(seconds=4) <= wait <= timedelta(seconds=6)
    (sent,) = tries()
    assert (sent.state, sent.retry_at) == (DeliveryState.FAILED, row().next_at)
    assert row().state == OutboxState.PENDING


def test_hook_04_ten_failures_are_the_end(account, frozen):
    start = frozen.moment
    with running(a=BUSY) as server:
        tell(account, server.url("/a"))
        for _ in range(10):
            assert run_when_due(frozen)
        assert not run_when_due(frozen)
        attempts = [seen.headers["X-Ringfence-Attempt"] for seen in server.seen]
        nonces = {seen.headers["X-Ringfence-Delivery"] for seen in server.seen}
    assert attempts == [str(number) for number in range(1, 11)]
    assert len(nonces) == 1
    assert [sent.state for sent in tries()] == [DeliveryState.FAILED] * 9 + [DeliveryState.DEAD]
    assert row().state == OutboxState.DONE
    planned = sum(schedule.WAITS, timedelta())
    assert 0.8 * planned <= frozen.moment - start <= 1.2 * planned


def test_hook_04_a_try_whose_worker_was_killed_lengthens_no_wait(account, frozen):
    with running(a=BUSY) as server:
        delivery = tell(account, server.url("/a"))
        WebhookDelivery.objects.create(
            account=account, purpose=Purpose.HANGUP, delivery=delivery, attempt=1, method="POST",
            url=server.url("/a"), started_at=frozen.moment - timedelta(minutes=3),
        )  # fmt: skip
        tasks.close_interrupted()
        run_when_due(frozen)
        assert server.seen[0].headers["X-Ringfence-Attempt"] == "2"
    assert row().next_at - frozen.moment <= schedule.WAITS[0] * 1.2


@pytest.mark.parametrize(("options", "expected"), [("rc=0", 1), ("rc=2", 3), ("rc=99", 6)])
def test_hook_04_a_url_may_ask_for_fewer_retries(account, frozen, options, expected):
    with running(a=BUSY) as server:
        tell(account, server.url(f"/a#{options}"))
        while run_when_due(frozen):
            pass
        assert len(server.seen) == expected
    assert tries()[-1].state == DeliveryState.DEAD


@pytest.mark.parametrize(
    ("options", "again"), [("rp=5xx", True), ("rp=ct,rt", False), ("rp=4xx,5xx", True), ("", True)]
)
def test_hook_04_a_url_may_say_which_failures_are_retried(account, frozen, options, again):
    with running(a=BUSY) as server:
        tell(account, server.url(f"/a#{options}"))
        run_when_due(frozen)
    assert (row().state == OutboxState.PENDING) is again


def test_the_read_timeout_of_the_url_holds_for_notifications_too(account, frozen):
    with running(a=hang) as server:
        tell(account, server.url("/a#rt=150"))
        run_when_due(frozen)
    (sent,) = tries()
    assert sent.error == "timed out"
    assert sent.elapsed_ms < 12_000  # of the fifteen seconds of a whole fetch


def test_hook_04_a_later_success_ends_it(account, frozen):
    with running(a=in_turn(BUSY, answer())) as server:
        tell(account, server.url("/a"))
        run_when_due(frozen)
        run_when_due(frozen)
        assert len(server.seen) == 2
    assert [sent.state for sent in tries()] == [DeliveryState.FAILED, DeliveryState.DELIVERED]


def test_hook_04_retry_after_is_honoured(account, frozen):
    with running(a=answer(b"", "429 Slow", "Retry-After: 600")) as server:
        tell(account, server.url("/a"))
        run_when_due(frozen)
    assert row().next_at - frozen.moment == timedelta(seconds=600)


def test_hook_04_a_410_ends_it_and_stops_the_url(account, other_account, frozen):
    with running(a=answer(b"", "410 Gone")) as server:
        tell(account, server.url("/a#rc=2"))
        run_when_due(frozen)
        assert tries()[0].state == DeliveryState.DEAD
        OutboxRow.objects.all().delete()
        tell(account, server.url("/a"))
        run_when_due(frozen)
        assert len(server.seen) == 1
        OutboxRow.objects.all().delete()
        tell(other_account, server.url("/a"))
        run_when_due(frozen)
        assert len(server.seen) == 2


def test_a_stopped_url_can_be_let_go_again(account, frozen, server):
    services.disable_url(account=account, url=server.url("/a"))
    services.disable_url(account=account, url=server.url("/a"))
    assert DisabledUrl.objects.count() == 1
    assert services.enable_url(account=account, url=server.url("/a#rc=1"))
    assert not services.enable_url(account=account, url=server.url("/a"))
    tell(account, server.url("/a"))
    run_when_due(frozen)
    assert len(server.seen) == 1


def test_ssrf_06_a_notification_to_a_private_address_is_dead_at_once(account, frozen, settings):
    settings.WEBHOOK_ALLOW_NETS = []
    tell(account, "http://127.0.0.1:8080/a")
    run_when_due(frozen)
    assert tries()[0].state == DeliveryState.DEAD
    assert row().state == OutboxState.DONE


def test_a_killed_worker_leaves_a_try_that_is_explained_and_the_next_one_goes_on(
    account, frozen, server
):
    delivery = tell(account, server.url("/a"))
    WebhookDelivery.objects.create(
        account=account,
        purpose=Purpose.HANGUP,
        delivery=delivery,
        attempt=1,
        method="POST",
        url=server.url("/a"),
    )
    frozen.advance(minutes=3)
    tasks.close_interrupted()
    run_when_due(frozen)
    first, second = tries()
    assert (first.state, second.state) == (DeliveryState.FAILED, DeliveryState.DELIVERED)
    assert "worker stopped" in first.sentence


def test_bodies_go_after_seven_days_and_rows_after_thirty(account, frozen, server):
    tell(account, server.url("/a"))
    run_when_due(frozen)
    frozen.advance(days=6, hours=23)
    tasks.prune_deliveries()
    assert tries()[0].response_body
    frozen.advance(hours=2)
    tasks.prune_deliveries()
    kept = tries()[0]
    assert (kept.response_body, kept.params, kept.headers) == ("", {}, {})
    frozen.advance(days=23)
    tasks.prune_deliveries()
    assert tries() == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("120", 120),
        ("-5", 0),
        ("soon", 0),
        ("99999999999999", 999999999),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2020 12:01:00 GMT", 0),
        ("Mon, 02 Mar 2026 12:01:00", 0),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(frozen, text, seconds):
    assert schedule.asked_for(text, now=frozen.moment) == timedelta(seconds=seconds)


def test_hook_04_retry_after_is_held_to_a_day(frozen):
    wait = schedule.wait_after(1, retry_after="9999999", now=frozen.moment)
    assert wait == timedelta(hours=24)


def test_hook_04_owners_get_one_letter_a_day(account, owner, team_mate, frozen, settings):
    settings.WEBHOOK_ALLOW_NETS = []
    for number in range(3):
        tell(account, f"http://127.0.0.1:8080/{number}")
    for waiting in OutboxRow.objects.filter(kind=services.NOTIFY):
        outbox.run(waiting.pk)
    letter = OutboxRow.objects.get(kind=notices.KIND)
    frozen.moment = letter.next_at
    assert outbox.run(letter.pk)
    assert not outbox.run(letter.pk)
    assert list(MailMessage.objects.values_list("to", flat=True)) == ["owner@example.com"]
    notices.plan(account=account)
    assert OutboxRow.objects.filter(kind=notices.KIND).count() == 1
    frozen.advance(days=1)
    notices.plan(account=account)
    assert OutboxRow.objects.filter(kind=notices.KIND).count() == 2


def test_the_letter_says_how_many_and_where_to_look(account, owner, frozen, mailoutbox):
    for number in range(2):
        WebhookDelivery.objects.create(
            account=account,
            purpose=Purpose.HANGUP,
            delivery=uuid.uuid4(),
            attempt=1,
            method="POST",
            url=f"https://hooks.example.com/{number}",
            state=DeliveryState.DEAD,
            sentence="The server answered 503 Service Unavailable.",
        )
    notices.plan(account=account)
    letter = OutboxRow.objects.get(kind=notices.KIND)
    frozen.moment = letter.next_at
    outbox.run(letter.pk)
    outbox.run(OutboxRow.objects.get(kind="accounts.mail").pk)
    (sent,) = mailoutbox
    assert "2 notifications from Owner Ltd" in sent.body
    assert "/logs/webhooks/?outcome=dead" in sent.body


def test_priv_02_a_closed_account_is_not_notified_for(account, frozen, server):
    tell(account, server.url("/a"))
    account.state = AccountState.CLOSED
    account.save(update_fields=["state"])
    run_when_due(frozen)
    assert server.seen == []
    assert row().state == OutboxState.DONE


def test_a_deleted_subaccount_leaves_the_main_accounts_signature(
    account, subaccount, frozen, server
):
    issue_token(account)
    tell(account, server.url("/a"), subaccount=subaccount)
    subaccount.delete()
    run_when_due(frozen)
    assert "X-Plivo-Signature-Ma-V3" in server.seen[0].headers


def test_text_that_a_database_refuses_does_not_undo_the_cause(account, server):
    tell(account, server.url("/a"), params={"Text": "a\x00\ud800"})
    assert row().payload["params"] == {"Text": "a\ufffd?"}


def test_hook_04_a_notification_tells_when_its_event_was_and_where_it_stands(account, frozen):
    with running(a=in_turn(BUSY, answer())) as server:
        tell(account, server.url("/a"), sequence=7)
        run_when_due(frozen)
        run_when_due(frozen)
        first, second = server.seen
    for seen in (first, second):
        assert seen.headers["X-Ringfence-Event-Time"] == "1772452800.000000"
        assert seen.headers["X-Ringfence-Sequence"] == "7"
    assert first.headers["X-Ringfence-Timestamp"] < second.headers["X-Ringfence-Timestamp"]


def test_a_row_written_by_an_older_release_is_still_sent(account, frozen, server):
    tell(account, server.url("/a"))
    waiting = row()
    for name in ("event_at", "sequence"):
        del waiting.payload[name]
    waiting.payload["application"] = None
    waiting.save()
    run_when_due(frozen)
    assert "X-Ringfence-Event-Time" not in server.seen[0].headers
