"""Faults on demand: what goes wrong because the owner asked for it, and is written down as such."""

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from console.accounts.models import AuditEvent
from console.applications.services import create_application, delete_application
from console.core import outbox, randomness
from console.core.errors import DomainError
from console.core.models import OutboxRow
from sandbox.webhooks import faults, services
from sandbox.webhooks.chaos import Fault, broken
from sandbox.webhooks.faults import Wanted, clear_faults, dice_for, find_setting, set_faults
from sandbox.webhooks.models import FaultSetting, Origin, Purpose, WebhookDelivery
from sandbox.webhooks.policy import ErrorClass
from tests.sandbox.webhooks.answer_server import XML, answer, running
from tests.sandbox.webhooks.conftest import call

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]


def suffer(url, *faults_in_turn, **fields):
    left = list(faults_in_turn)
    return call(url, dice=lambda: left.pop(0) if left else Fault(), **fields)


@pytest.fixture
def application(account):
    return create_application(
        account=account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )


def wanted(fault=Fault(drop=True), **fields):  # noqa: B008 - frozen
    fields = {"share": 100, "lasting": timedelta(hours=1)} | fields
    return Wanted(fault=fault, **fields)


def switch_on(application, fault, **fields):
    return set_faults(application=application, wanted=wanted(fault, **fields), actor="system")


def document(application, url, **fields):
    fields = {"params": {"From": "+12025550100"}, "purpose": Purpose.ANSWER} | fields
    return services.fetch_document(
        account=application.account, url=url, application=application.app_id, **fields
    )


def test_a_delay_passes_before_the_request_leaves(server):
    began = time.monotonic()
    result = suffer(server.url(), Fault(delay_ms=300))
    assert time.monotonic() - began >= 0.3
    assert result.ok
    assert result.fault == "Asked for by your fault setting: held back for 300 ms."


def test_a_delay_ends_with_the_deadline(server):
    began = time.monotonic()
    result = suffer(server.url("/#tt=200&rc=0"), Fault(delay_ms=30_000))
    assert time.monotonic() - began < 20  # of the thirty that were asked for
    assert result.error == ErrorClass.TIMED_OUT
    assert server.connections == 0


def test_a_lost_request_never_arrives_and_is_retried_as_a_failed_connection(server):
    result = suffer(server.url(), Fault(drop=True))
    assert [one.error for one in result.attempts] == [ErrorClass.NO_CONNECTION, None]
    assert server.connections == 1


@pytest.mark.parametrize(("status", "tries"), [(503, 2), (403, 1)])
def test_a_status_stands_for_an_answer_that_was_never_asked(server, status, tries):
    result = suffer(server.url(), Fault(status=status), Fault(status=status))
    assert (result.status, len(result.attempts)) == (status, tries)
    assert result.error == ErrorClass.BAD_ANSWER
    assert server.connections == 0


def test_corrupt_xml_is_what_no_parser_takes(server):
    result = suffer(server.url(), Fault(corrupt=True))
    assert result.ok
    assert result.body == broken(XML) != XML
    assert result.body.startswith(XML[: len(XML) // 2])


def test_a_slow_drip_of_a_long_answer_runs_into_the_deadline():
    with running(a=answer(b"x" * 5000)) as server:
        result = suffer(server.url("/a#tt=2000&rc=0"), Fault(drip=True))
    assert result.error == ErrorClass.TIMED_OUT
    assert "slowed the answer down" in result.sentence


def test_a_slow_drip_of_a_short_answer_is_only_slow():
    with running(a=answer(b"x" * 8)) as server:
        began = time.monotonic()
        assert suffer(server.url("/a"), Fault(drip=True)).ok
    assert time.monotonic() - began >= 0.4


def test_a_doubled_request_arrives_twice_under_one_delivery_and_the_first_answer_counts(server):
    result = suffer(server.url(), Fault(double=True), delivery_id="d-1")
    assert len(result.attempts) == 1
    first, second = server.seen
    assert first.headers["X-Ringfence-Delivery"] == second.headers["X-Ringfence-Delivery"]
    nonces = {seen.headers["X-Plivo-Signature-V3-Nonce"] for seen in server.seen}
    assert len(nonces) == 2


def test_ssrf_06_a_fault_opens_no_address(server, settings):
    settings.WEBHOOK_ALLOW_NETS = []
    from tests.sandbox.webhooks.conftest import strict

    result = suffer(server.url(), Fault(status=503, double=True), policy=strict())
    assert result.error == ErrorClass.NOT_ALLOWED
    assert server.connections == 0


def test_the_row_of_the_try_says_that_it_was_asked_for(application, server):
    switch_on(application, Fault(status=500))
    result = document(application, server.url("/a#rc=0"))
    row = WebhookDelivery.objects.get()
    assert result.status == row.status == 500
    assert row.fault == "Asked for by your fault setting: answered 500 in your server’s place."
    assert row.application == application.app_id


def test_the_second_sending_is_a_row_of_its_own(application, server):
    switch_on(application, Fault(double=True))
    document(application, server.url("/a"))
    rows = list(WebhookDelivery.objects.order_by("attempt"))
    assert [row.origin for row in rows] == [Origin.TRY, Origin.DOUBLE]
    assert len({row.delivery for row in rows}) == 1


def test_a_notification_that_was_lost_comes_later_by_the_schedule(application, frozen, server):
    switch_on(application, Fault(drop=True), fetches=False)
    services.notify(
        account=application.account,
        url=server.url("/bye"),
        params={},
        purpose=Purpose.HANGUP,
        application=application.app_id,
    )
    row = OutboxRow.objects.get(kind=services.NOTIFY)
    outbox.run(row.pk)
    assert server.seen == []
    clear_faults(application=application, actor="system")
    row.refresh_from_db()
    frozen.moment = row.next_at
    outbox.run(row.pk)
    assert len(server.seen) == 1


def test_only_the_chosen_kind_of_request_suffers(application, server):
    switch_on(application, Fault(drop=True), fetches=False)
    assert document(application, server.url("/a")).ok


def test_another_application_is_left_alone(application, other_account, server):
    switch_on(application, Fault(drop=True))
    theirs = create_application(
        account=other_account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )
    assert document(theirs, server.url("/a")).fault == ""


def test_a_setting_is_over_when_its_time_has_come(application, frozen, server):
    switch_on(application, Fault(drop=True), lasting=timedelta(minutes=15))
    frozen.advance(minutes=15, seconds=1)
    assert document(application, server.url("/a")).ok
    assert not find_setting(application, account=application.account).is_on()


def test_a_share_is_drawn_for_each_try(application, account):
    from sandbox.webhooks.records import Job

    switch_on(application, Fault(drop=True), share=30)
    job = Job(
        account=account, subaccount=None, url="", method="POST", params={},
        purpose=Purpose.ANSWER, delivery=randomness.new_uuid(), application=application.app_id,
    )  # fmt: skip
    with randomness.use(randomness.SeededRandom(7)):
        dice = dice_for(job, fetches=True)
        hits = sum(dice().drop for _ in range(1000))
    assert 250 < hits < 350


def test_a_sound_file_is_no_xml_to_break(application, server):
    switch_on(application, Fault(corrupt=True))
    assert document(application, server.url("/a"), purpose=Purpose.PLAY).body == XML


def test_setting_and_clearing_are_audited(application, owner):
    set_faults(application=application, wanted=wanted(), actor=owner, ip="192.0.2.9")
    assert clear_faults(application=application, actor=owner)
    assert not clear_faults(application=application, actor=owner)
    events = AuditEvent.objects.filter(action__startswith="faults.").order_by("sequence")
    assert [event.action for event in events] == ["faults.set", "faults.cleared"]
    assert events[0].data["share"] == 100
    assert events[0].object_id == application.app_id


def test_setting_again_replaces_what_was_set(application):
    switch_on(application, Fault(drop=True))
    switch_on(application, Fault(delay_ms=10))
    assert faults.fault_of(FaultSetting.objects.get()) == Fault(delay_ms=10)


def test_a_setting_goes_with_its_application(application):
    switch_on(application, Fault(drop=True))
    delete_application(application=application, actor="system")
    assert not FaultSetting.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (wanted(Fault()), ""),
        (wanted(fetches=False, notifications=False), ""),
        (wanted(share=0), "share"),
        (wanted(share=101), "share"),
        (wanted(Fault(delay_ms=30_001)), "delay_ms"),
        (wanted(Fault(status=200)), "status"),
        (wanted(lasting=timedelta(hours=25)), "lasting"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(application, given, field):
    with pytest.raises(DomainError) as caught:
        set_faults(application=application, wanted=given, actor="system")
    assert (caught.value.field, caught.value.code) == (field, "bad_fault")
    assert not FaultSetting.objects.exists()


@pytest.mark.parametrize(
    "values", [{"share": 0}, {"share": 101}, {"delay_ms": 30_001}, {"status": 200}]
)
def test_the_database_refuses_it_too(application, frozen, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        FaultSetting.objects.create(
            application=application, account=application.account,
            until=frozen.moment + timedelta(hours=1), **values,
        )  # fmt: skip
