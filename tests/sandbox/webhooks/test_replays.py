"""HOOK-05: a request sent again by hand."""

import uuid
from datetime import timedelta

import pytest
from plivo.utils import validate_v3_signature

from console.accounts.models import AccountState, AuditEvent
from console.accounts.services.tokens import issue_token, rotate_token
from console.core import clock, outbox
from console.core.errors import DomainError, LimitReached, NotFound
from console.core.models import OutboxRow, OutboxState
from sandbox.webhooks import replays, services, tasks
from sandbox.webhooks.limits import HostBusyError
from sandbox.webhooks.models import (
    DeliveryState,
    InFlight,
    Origin,
    Purpose,
    Replay,
    ReplayState,
    WebhookDelivery,
)
from sandbox.webhooks.selectors import DeliveryFilter
from tests.sandbox.webhooks.answer_server import XML, answer, in_turn, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]


def sent(account, url, **fields):
    fields = {
        "purpose": Purpose.ANSWER,
        "delivery": uuid.uuid4(),
        "attempt": 1,
        "method": "POST",
        "state": DeliveryState.FAILED,
        "status": 500,
        "params": {"From": "+12025550100", "Event": "StartApp"},
        "headers": {"Host": "hooks.example.com"},
    } | fields
    return WebhookDelivery.objects.create(account=account, url=url, **fields)


def again(row, actor, **fields):
    return replays.replay(account=row.account, row_id=row.pk, actor=actor, **fields)


def run_all():
    for row in OutboxRow.objects.filter(kind=replays.KIND, state=OutboxState.PENDING):
        outbox.run(row.pk)


def test_hook_05_a_replay_is_a_new_try_of_the_same_delivery(account, owner, server):
    row = sent(account, server.url("/a"))
    made = again(row, owner)
    assert server.seen == []
    run_all()
    (seen,) = server.seen
    assert seen.form == row.params
    assert seen.headers["X-Ringfence-Delivery"] == str(row.delivery)
    assert seen.headers["X-Ringfence-Attempt"] == "2"
    result = replays.result_of(made)
    assert (result.origin, result.attempt, result.state) == (Origin.REPLAY, 2, "delivered")
    assert result.response_body == XML.decode()
    made.refresh_from_db()
    assert made.state == ReplayState.DONE
    assert not made.edited


def test_hook_05_it_is_signed_by_the_token_that_lives_now(account, owner, server):
    issue_token(account)
    row = sent(account, server.url("/a"))
    new = rotate_token(account=account, grace_hours=0, actor=owner)
    again(row, owner)
    run_all()
    (seen,) = server.seen
    assert validate_v3_signature(
        "POST",
        server.url("/a"),
        seen.headers["X-Plivo-Signature-V3-Nonce"],
        new,
        seen.headers["X-Plivo-Signature-V3"],
        seen.form,
    )


def test_hook_05_url_method_and_parameters_may_be_edited(account, owner, server):
    row = sent(account, "https://hooks.example.com/old")
    made = again(row, owner, url=server.url("/new"), method="GET", params={"From": "x&y"})
    run_all()
    (seen,) = server.seen
    assert (seen.method, seen.query) == ("GET", {"From": "x&y"})
    assert seen.target.startswith("/new?")
    assert made.edited


def test_ssrf_06_an_edited_url_is_judged_like_any_other(account, owner, settings):
    settings.WEBHOOK_ALLOW_NETS = []
    row = sent(account, "https://hooks.example.com/")
    made = again(row, owner, url="http://127.0.0.1:8080/")
    run_all()
    assert replays.result_of(made).error == "destination not allowed"


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"url": "ftp://hooks.example.com/"}, "url", "invalid_url"),
        ({"url": "http://user@hooks.example.com/"}, "url", "invalid_url"),
        ({"method": "PUT"}, "method", "invalid_method"),
    ],
)
def test_what_cannot_be_sent_is_refused_beside_its_field(account, owner, fields, field, code):
    row = sent(account, "https://hooks.example.com/")
    with pytest.raises(DomainError) as caught:
        again(row, owner, **fields)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert not Replay.objects.exists()


def test_ten_02_a_strangers_request_is_not_found(other_account, account, owner):
    row = sent(other_account, "https://hooks.example.com/")
    with pytest.raises(NotFound):
        replays.replay(account=account, row_id=row.pk, actor=owner)


def test_hook_05_every_replay_is_audited(account, owner, server):
    again(sent(account, server.url("/a")), owner, ip="192.0.2.1")
    event = AuditEvent.objects.get(action="webhook.replayed")
    assert event.actor_name == "owner@example.com"
    assert event.data == {"url": server.url("/a"), "method": "POST", "edited": False}


def test_hook_05_replays_are_counted_by_the_minute(account, owner, settings, frozen):
    row = sent(account, "https://hooks.example.com/")
    for _ in range(settings.TRUST.webhook_replays_minute):
        again(row, owner)
    with pytest.raises(LimitReached):
        again(row, owner)
    frozen.advance(minutes=1, seconds=1)
    again(row, owner)


def test_a_second_run_sends_nothing_more(account, owner, server):
    made = again(sent(account, server.url("/a")), owner)
    replays.carry_out(made.pk)
    replays.carry_out(made.pk)
    assert len(server.seen) == 1


def test_a_worker_killed_after_the_answer_does_not_send_again(account, owner, server):
    made = again(sent(account, server.url("/a")), owner)
    replays.carry_out(made.pk)
    Replay.objects.update(state=ReplayState.WAITING)
    replays.carry_out(made.pk)
    assert len(server.seen) == 1
    assert Replay.objects.get().state == ReplayState.DONE


def test_ssrf_07_a_replay_waits_its_turn_like_every_request(account, owner, server):
    until = clock.now() + timedelta(seconds=30)
    for _ in range(4):
        InFlight.objects.create(account=account, host="hooks.example.com", until=until)
    made = again(sent(account, server.url("/a")), owner)
    with pytest.raises(HostBusyError):
        replays.carry_out(made.pk)
    assert Replay.objects.get().state == ReplayState.WAITING


def test_gate_08_a_suspended_account_replays_nothing(account, owner, server):
    made = again(sent(account, server.url("/a")), owner)
    account.state = AccountState.SUSPENDED
    account.save(update_fields=["state"])
    run_all()
    made.refresh_from_db()
    assert made.state == ReplayState.REFUSED
    assert "not active" in made.sentence
    assert server.seen == []


def test_a_disabled_subaccount_replays_nothing(account, subaccount, owner, server):
    made = again(sent(account, server.url("/a"), subaccount=subaccount), owner)
    subaccount.enabled = False
    subaccount.save(update_fields=["enabled"])
    run_all()
    made.refresh_from_db()
    assert made.state == ReplayState.REFUSED


def test_a_replay_is_one_try_whatever_it_brings(account, owner):
    with running(a=answer(b"no", "500 Oops")) as server:
        made = again(sent(account, server.url("/a")), owner)
        run_all()
        assert len(server.seen) == 1
    assert replays.result_of(made).state == DeliveryState.FAILED
    assert not OutboxRow.objects.filter(kind=replays.KIND).exclude(state="done").exists()


def pending_notification(account, url):
    services.notify(account=account, url=url, params={"Event": "Hangup"}, purpose=Purpose.HANGUP)
    row = OutboxRow.objects.get(kind=services.NOTIFY)
    outbox.run(row.pk)
    return row


def test_a_replay_that_arrives_ends_the_retries_of_its_notification(account, owner, frozen):
    with running(a=in_turn(answer(b"", "503 Busy"), answer())) as server:
        row = pending_notification(account, server.url("/a"))
        again(WebhookDelivery.objects.get(), owner)
        run_all()
        times = {seen.headers["X-Ringfence-Event-Time"] for seen in server.seen}
        assert len(times) == 1
        row.refresh_from_db()
        frozen.moment = row.next_at
        outbox.run(row.pk)
        assert len(server.seen) == 2
    row.refresh_from_db()
    assert row.state == OutboxState.DONE


def test_an_edited_replay_settles_nothing_and_takes_no_step_of_the_schedule(
    account, owner, frozen, server
):
    with running(a=answer(b"", "503 Busy")) as broken:
        row = pending_notification(account, broken.url("/a"))
        again(WebhookDelivery.objects.get(), owner, url=server.url("/elsewhere"))
        run_all()
        row.refresh_from_db()
        frozen.moment = row.next_at
        outbox.run(row.pk)
        row.refresh_from_db()
        assert len(broken.seen) == 2
    assert row.state == OutboxState.PENDING
    # The second wait of the schedule, five minutes: the replay in between was not counted.
    assert timedelta(minutes=4) <= row.next_at - frozen.moment <= timedelta(minutes=6)


def test_a_parameter_that_was_not_kept_goes_as_dots_and_counts_as_edited(account, owner, server):
    row = sent(account, server.url("/a"), params={"Digits": "••••"})
    made = again(row, owner)
    run_all()
    assert server.seen[0].form == {"Digits": "••••"}
    assert made.edited
    again(row, owner, params={"Digits": "4711"})
    run_all()
    assert server.seen[1].form == {"Digits": "4711"}
    assert WebhookDelivery.objects.order_by("-attempt").first().params == {"Digits": "••••"}


def test_hook_05_a_filtered_range_sends_the_last_try_of_each_delivery(account, owner, server):
    shared = uuid.uuid4()
    sent(account, server.url("/a"), delivery=shared, state="failed")
    last = sent(account, server.url("/a"), delivery=shared, attempt=2, state="dead")
    sent(account, server.url("/b"), state="dead")
    sent(account, server.url("/c"), state="delivered")
    made = replays.replay_many(
        account=account, wanted=DeliveryFilter(outcome="failed"), actor=owner
    )
    run_all()
    assert {one.source_id for one in made} >= {last.pk}
    assert sorted(seen.target for seen in server.seen) == ["/a", "/b"]
    event = AuditEvent.objects.get(action="webhook.range_replayed")
    assert event.data == {"count": 2, "filter": {"outcome": "failed"}}


def test_hook_05_a_range_is_held_to_its_size_and_its_rate(account, owner, settings, monkeypatch):
    from dataclasses import replace

    settings.TRUST = replace(settings.TRUST, webhook_replay_rows=3, webhook_range_replays_hour=1)
    for number in range(5):
        sent(account, f"https://hooks.example.com/{number}")
    wanted = DeliveryFilter(outcome="failed")
    assert len(replays.replay_many(account=account, wanted=wanted, actor=owner)) == 3
    with pytest.raises(LimitReached):
        replays.replay_many(account=account, wanted=wanted, actor=owner)


def test_a_range_that_finds_nothing_says_so(account, owner):
    with pytest.raises(DomainError) as caught:
        replays.replay_many(account=account, wanted=DeliveryFilter(url="nowhere"), actor=owner)
    assert caught.value.code == "nothing_to_replay"


def test_what_is_older_than_a_week_cannot_be_sent_again(account, owner, frozen, server):
    row = sent(account, server.url("/a"))
    made = again(row, owner)
    frozen.advance(days=7, minutes=1)
    tasks.prune_deliveries()
    made.refresh_from_db()
    assert made.params == {}
    with pytest.raises(DomainError) as caught:
        again(row, owner)
    assert caught.value.code == "nothing_to_replay"


def test_a_fault_setting_does_not_touch_a_replay(account, owner, server):
    from console.applications.services import create_application
    from sandbox.webhooks.chaos import Fault
    from sandbox.webhooks.faults import Wanted, set_faults

    application = create_application(
        account=account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )
    wanted = Wanted(fault=Fault(drop=True), share=100, lasting=timedelta(hours=1))
    set_faults(application=application, wanted=wanted, actor="system")
    again(sent(account, server.url("/a"), application=application.app_id), owner)
    run_all()
    assert len(server.seen) == 1
