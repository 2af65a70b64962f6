"""Faults of what Verify and sent messages tell: it has no application, so the account sets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from console.accounts.models import AuditEvent
from console.applications.services import create_application
from console.core import outbox
from console.core.errors import DomainError
from console.core.models import OutboxRow
from sandbox.webhooks import faults, services
from sandbox.webhooks.chaos import Fault
from sandbox.webhooks.models import Purpose, Sender, SenderFaultSetting, WebhookDelivery
from tests.sandbox.webhooks.test_faults import wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]
GIVEN = {"share": "50", "lasting": "15", "status": "503"}


def switch_on(account, sender, fault=Fault(drop=True), **fields):  # noqa: B008 - frozen
    return faults.set_sender_faults(
        account=account, sender=sender, wanted=wanted(fault, **fields), actor="system"
    )


def tell(account, url, purpose, **fields) -> WebhookDelivery:
    """A notification, tried once."""
    services.notify(account=account, url=url, params={}, purpose=purpose, **fields)
    outbox.run(OutboxRow.objects.filter(kind=services.NOTIFY).latest("pk").pk)
    return WebhookDelivery.objects.order_by("started_at", "pk").last()


@pytest.mark.parametrize(
    ("sender", "purpose"), [(Sender.VERIFY, Purpose.VERIFY), (Sender.MESSAGES, Purpose.STATUS)]
)
def test_a_notification_of_the_sender_suffers(account, server, sender, purpose):
    switch_on(account, sender)
    row = tell(account, server.url("/told"), purpose)
    assert row.fault == "Asked for by your fault setting: lost on the way."
    assert server.seen == []


def test_the_other_sender_and_what_has_no_sender_are_left_alone(account, server):
    switch_on(account, Sender.VERIFY)
    for purpose in (Purpose.STATUS, Purpose.HANGUP):
        assert tell(account, server.url("/told"), purpose).fault == ""


def test_an_application_keeps_to_its_own_setting(account, server):
    application = create_application(
        account=account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )
    switch_on(account, Sender.MESSAGES)
    row = tell(account, server.url("/told"), Purpose.STATUS, application=application.app_id)
    assert row.fault == ""


def test_another_account_is_left_alone(account, other_account, server):
    switch_on(other_account, Sender.VERIFY)
    assert tell(account, server.url("/told"), Purpose.VERIFY).fault == ""


def test_a_setting_is_over_when_its_time_has_come(account, frozen, server):
    switch_on(account, Sender.VERIFY, lasting=timedelta(minutes=15))
    frozen.advance(minutes=15, seconds=1)
    assert tell(account, server.url("/told"), Purpose.VERIFY).fault == ""


def test_setting_again_replaces_it_and_clearing_twice_is_nothing(account, owner):
    switch_on(account, Sender.VERIFY)
    switch_on(account, Sender.VERIFY, Fault(delay_ms=10))
    assert faults.fault_of(SenderFaultSetting.objects.get()) == Fault(delay_ms=10)
    cleared = {"account": account, "sender": Sender.VERIFY, "actor": owner}
    assert faults.clear_sender_faults(**cleared)
    assert not faults.clear_sender_faults(**cleared)
    events = AuditEvent.objects.filter(action__startswith="faults.").order_by("sequence")
    assert [one.action for one in events] == ["faults.set", "faults.set", "faults.cleared"]
    assert {(one.object_type, one.object_id) for one in events} == {("sender", "verify")}


def test_a_setting_that_only_breaks_xml_is_refused_where_there_is_none(account):
    with pytest.raises(DomainError) as caught:
        switch_on(account, Sender.VERIFY, Fault(corrupt=True))
    assert caught.value.code == "bad_fault"
    assert not SenderFaultSetting.objects.exists()


@pytest.mark.parametrize("values", [{"share": 0}, {"status": 200}, {"sender": "nobody"}])
def test_the_database_refuses_what_cannot_be(account, frozen, values):
    values = {"sender": "verify", "until": frozen.moment + timedelta(hours=1)} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        SenderFaultSetting.objects.create(account=account, **values)


# Pages


@pytest.mark.parametrize(
    ("sender", "belongs_to"), [("verify", "/sandbox-numbers/sessions/"), ("messages", "/messages/")]
)
def test_faults_are_set_and_ended_on_the_page_of_the_sender(client, owner, sender, belongs_to):
    client.force_login(owner)
    path = reverse(f"webhooks:{sender}-faults")
    assert path in client.get(belongs_to).text
    shown = client.get(path).text
    assert "Nothing goes wrong on purpose" in shown
    assert "Break the XML" not in shown
    assert "Faults are on until" in client.post(path, GIVEN, follow=True).text
    setting = SenderFaultSetting.objects.get()
    assert (setting.sender, setting.share, setting.status) == (sender, 50, 503)
    banner = " ".join(client.get(belongs_to).text.split())
    assert "50 % of its notifications go wrong on purpose" in banner
    client.post(reverse(f"webhooks:{sender}-faults-clear"))
    assert not SenderFaultSetting.objects.exists()
    assert "Faults are on" not in client.get(belongs_to).text


def test_an_analyst_reads_the_senders_setting_and_changes_nothing(client, analyst, account):
    switch_on(account, Sender.VERIFY)
    client.force_login(analyst)
    path = reverse("webhooks:verify-faults")
    shown = client.get(path).text
    assert "Faults are on until" in shown
    assert "Switch on" not in shown
    assert client.post(path, GIVEN).status_code == 403
    assert client.post(reverse("webhooks:verify-faults-clear")).status_code == 403


@pytest.mark.parametrize("purpose", list(faults.SENDERS))
def test_a_try_that_suffered_leads_to_the_senders_setting(client, owner, account, server, purpose):
    sender = faults.SENDERS[purpose]
    switch_on(account, sender)
    row = tell(account, server.url("/told"), purpose)
    client.force_login(owner)
    shown = client.get(reverse("webhooks:detail", args=[row.pk])).text
    assert reverse(f"webhooks:{sender}-faults") in shown


def test_the_page_costs_at_most_eight_queries(
    client, owner, account, django_assert_max_num_queries
):
    switch_on(account, Sender.VERIFY)
    client.force_login(owner)
    path = reverse("webhooks:verify-faults")
    client.get(path)
    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200
