"""/metrics: figures for a scraper on this machine or for staff, and for nobody else."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from console.core import clock
from console.core.models import OutboxRow, OutboxState, Queue
from sandbox.webhooks.models import InFlight

pytestmark = pytest.mark.django_db
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def test_a_scraper_on_this_machine_reads_the_state_of_the_outbox(client, account, frozen):
    due = frozen.moment - timedelta(seconds=90)
    OutboxRow.objects.create(kind="a", queue=Queue.OTP, next_at=due, dedupe_key="1")
    OutboxRow.objects.create(kind="a", queue=Queue.OTP, state=OutboxState.DEAD, dedupe_key="2")
    InFlight.objects.create(account=account, host="h.example.com", until=clock.now())
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    for line in (
        'ringfence_outbox_rows{queue="otp",state="due"} 1.0',
        'ringfence_outbox_rows{queue="otp",state="dead"} 1.0',
        'ringfence_outbox_rows{queue="mail",state="due"} 0.0',
        'ringfence_outbox_late_seconds{queue="otp"} 90.0',
        "ringfence_webhooks_in_flight 1.0",
    ):
        assert line in answer.text


def test_requests_are_counted(client):
    client.get("/healthz")
    assert "django_http_requests_before_middlewares_total" in client.get("/metrics").text


def test_nothing_in_it_names_a_customer(client, account, owner):
    text = client.get("/metrics").text
    assert account.auth_id not in text
    assert owner.email not in text


def test_from_elsewhere_it_is_not_there(client, owner):
    assert client.get("/metrics", **ELSEWHERE).status_code == 404
    client.force_login(owner)
    assert client.get("/metrics", **ELSEWHERE).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_this_machine(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_acc_04_staff_with_a_second_factor_may_read_it_from_anywhere(client, staff):
    client.force_login(staff)
    assert client.get("/metrics", **ELSEWHERE).status_code == 302
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get("/metrics", **ELSEWHERE).status_code == 200


def test_it_costs_two_queries(client, django_assert_num_queries):
    client.get("/metrics")
    with django_assert_num_queries(2):
        client.get("/metrics")
