"""Staff's page of the outbox (BG-06, BG-09)."""

import uuid
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from celery import current_app
from django.urls import reverse
from kombu import Connection

from console.accounts.models import AuditEvent
from console.core import outbox
from console.core.models import OutboxRow, OutboxState, Queue
from console.core.periodic import lead

pytestmark = pytest.mark.django_db
PAGE = "/operator/outbox/"


@pytest.fixture
def operator(client, staff):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(staff)
    return client


def row(**fields):
    fields = {
        "kind": "test.kind",
        "queue": Queue.WEBHOOKS,
        "dedupe_key": str(uuid.uuid4()),
    } | fields
    return OutboxRow.objects.create(**fields)


def dead(**fields):
    return row(state=OutboxState.DEAD, attempts=5, last_error="Boom <b>", **fields)


def test_acc_04_it_is_not_there_for_anybody_else(client, owner, staff):
    given_up = dead()
    revive = reverse("webhooks:operator-outbox-revive", args=[given_up.pk])
    client.force_login(owner)
    assert client.get(PAGE).status_code == client.post(revive).status_code == 404
    client.force_login(staff)  # without a second factor
    assert client.get(PAGE).status_code == client.post(revive).status_code == 302
    given_up.refresh_from_db()
    assert given_up.state == OutboxState.DEAD


def test_bg_09_each_queue_says_how_late_it_is(operator, frozen):
    row(next_at=frozen.moment - timedelta(seconds=45))
    row(next_at=frozen.moment + timedelta(hours=1))
    row(state=OutboxState.LEASED, lease_until=frozen.moment)
    dead()
    row(state=OutboxState.DONE, done_at=frozen.moment)
    queues = {one.name: one for one in operator.get(PAGE).context["queues"]}
    found = queues["webhooks"]
    assert (found.due, found.waiting, found.running, found.dead, found.late) == (1, 1, 1, 1, 45)
    assert queues["otp"].due == queues["otp"].late == 0


def test_bg_06_a_dead_row_is_shown_with_its_error_and_without_its_payload(operator):
    dead(payload={"From": "+12025550100"})
    page = operator.get(PAGE).text
    assert "Boom &lt;b&gt;" in page
    assert "+12025550100" not in page


def test_bg_06_a_dead_row_gets_its_tries_back_and_runs(operator, monkeypatch):
    ran = []
    monkeypatch.setitem(outbox.HANDLERS, "test.kind", lambda payload, row: ran.append(row.pk))
    given_up = dead()
    revive = reverse("webhooks:operator-outbox-revive", args=[given_up.pk])
    assert "due again" in operator.post(revive, follow=True).text
    assert outbox.run(given_up.pk)
    assert ran == [given_up.pk]
    event = AuditEvent.objects.get(action="outbox.revived")
    assert event.data == {"kind": "test.kind", "queue": "webhooks"}
    assert event.actor_name == "staff@example.com"


def test_a_row_that_is_not_dead_is_left_alone(operator, frozen):
    later = row(next_at=frozen.moment + timedelta(hours=1))
    revive = reverse("webhooks:operator-outbox-revive", args=[later.pk])
    assert "not given up any more" in operator.post(revive, follow=True).text
    later.refresh_from_db()
    assert later.next_at == frozen.moment + timedelta(hours=1)
    assert not AuditEvent.objects.filter(action="outbox.revived").exists()


def test_the_list_is_narrowed_to_a_queue(operator):
    dead(kind="mail.kind", queue=Queue.MAIL)
    dead()
    page = operator.get(PAGE, {"queue": "mail"})
    assert [one.kind for one in page.context["rows"]] == ["mail.kind"]
    assert len(operator.get(PAGE, {"queue": "nonsense"}).context["rows"]) == 2


def test_it_costs_at_most_eight_queries(operator, django_assert_max_num_queries):
    for _ in range(30):
        dead()
    operator.get(PAGE)
    with django_assert_max_num_queries(8):
        assert "There are more" in operator.get(PAGE).text


def test_bg_09_the_page_says_whether_broker_and_beat_are_well(operator, frozen, monkeypatch):
    assert "Nothing wakes what is due" in operator.get(PAGE).text
    lead(uuid.uuid4())
    page = operator.get(PAGE).text
    assert "Broker and beat are well." in page
    monkeypatch.setattr(
        current_app, "connection_for_write", lambda: Connection("redis://127.0.0.1:1/0")
    )
    assert "The broker does not answer" in operator.get(PAGE).text
