"""HOOK-03: documents for call control, each try a row."""

import json
import uuid
from datetime import timedelta

import pytest
from plivo.utils import validate_v3_signature

from console.accounts.services.tokens import issue_token, rotate_token
from console.core import clock, outbox
from sandbox.webhooks import services
from sandbox.webhooks.limits import HostBusyError
from sandbox.webhooks.models import InFlight, Purpose, WebhookDelivery
from sandbox.webhooks.policy import ErrorClass
from tests.sandbox.webhooks.answer_server import XML, answer, in_turn, raw, running

pytestmark = pytest.mark.django_db


def document(account, url, **fields):
    fields = {"params": {"From": "+12025550100"}, "purpose": Purpose.ANSWER} | fields
    return services.fetch_document(account=account, url=url, **fields)


def rows():
    return list(WebhookDelivery.objects.order_by("attempt"))


@pytest.mark.usefixtures("opened")
def test_a_document_comes_back_and_the_try_is_written_down(account, server):
    call, application = uuid.uuid4(), "12345678901234567"
    result = document(account, server.url("/a?x=1#rc=0"), call_uuid=call, application=application)
    (row,) = rows()
    assert result.body == XML
    assert (row.account, row.call_uuid, row.application) == (account, call, application)
    assert (row.purpose, row.attempt, row.method, row.status) == ("answer", 1, "POST", 200)
    assert row.url == server.url("/a?x=1")
    assert row.params == {"From": "+12025550100"}
    assert row.response_body == XML.decode()
    assert row.ok
    assert row.error == ""
    assert row.elapsed_ms is not None


@pytest.mark.usefixtures("opened")
def test_hook_03_a_500_then_a_200_are_two_rows_of_one_delivery(account):
    with running(a=in_turn(answer(b"oops", "500 Oops"), answer())) as server:
        document(account, server.url("/a"))
    first, second = rows()
    assert first.delivery == second.delivery
    assert (first.attempt, first.status, first.state) == (1, 500, "failed")
    assert (second.attempt, second.status, second.state) == (2, 200, "delivered")
    assert first.error == "bad answer"


@pytest.mark.usefixtures("opened")
def test_a_second_run_of_the_handler_goes_on_counting(account, server):
    delivery = uuid.uuid4()
    document(account, server.url("/a"), delivery=delivery)
    document(account, server.url("/a"), delivery=delivery)
    assert [row.attempt for row in rows()] == [1, 2]
    assert server.seen[1].headers["X-Ringfence-Attempt"] == "2"


@pytest.mark.usefixtures("opened")
def test_hook_01_a_rotated_token_and_its_successor_both_verify(account, subaccount, server, owner):
    main = issue_token(account)
    old = issue_token(account, subaccount)
    new = rotate_token(account=account, subaccount=subaccount, grace_hours=24, actor=owner)
    document(account, server.url("/a"), subaccount=subaccount)
    (seen,) = server.seen
    for header, tokens in (("V3", [old, new]), ("Ma-V3", [main])):
        for token in tokens:
            assert validate_v3_signature(
                "POST",
                server.url("/a"),
                seen.headers["X-Plivo-Signature-V3-Nonce"],
                token,
                seen.headers[f"X-Plivo-Signature-{header}"],
                seen.form,
            )


@pytest.mark.usefixtures("opened")
def test_acc_09_no_token_is_in_the_record(account, server):
    token = issue_token(account)
    document(account, server.url("/a"))
    (row,) = rows()
    assert "X-Plivo-Signature-V3" in row.headers
    assert token not in json.dumps([row.headers, row.params, row.url])


@pytest.mark.usefixtures("opened")
def test_a_redacted_parameter_is_sent_but_not_kept(account, server):
    params = {"Digits": "4711", "From": "+12025550100"}
    document(account, server.url("/a"), params=params, redact=["Digits"], method="GET")
    (row,) = rows()
    assert server.seen[0].query["Digits"] == "4711"
    assert row.params["Digits"] == "••••"
    assert "4711" not in row.url


@pytest.mark.usefixtures("opened")
def test_ssrf_06_two_kib_of_the_answer_are_kept_and_they_are_text(account):
    with running(a=raw(b"HTTP/1.1 404 No\r\n\r\n" + b"\x00\xff" + b"a" * 5000)) as server:
        document(account, server.url("/a"), params={"T\x00": "\x00\ud800"})
    (row,) = rows()
    assert len(row.response_body) == 2048
    assert row.response_body.startswith("\ufffd\ufffda")
    assert row.params == {"T\ufffd": "\ufffd?"}


def test_ssrf_06_without_an_opened_network_loopback_is_not_allowed(account, server):
    result = document(account, f"http://127.0.0.1:{server.port}/a")
    (row,) = rows()
    assert result.error == ErrorClass.NOT_ALLOWED
    assert (row.error, row.status) == ("destination not allowed", None)
    assert server.connections == 0


def test_a_url_that_cannot_be_read_is_written_down_too(account):
    document(account, "http://user@hooks.example.com/" + "a" * 3000)
    (row,) = rows()
    assert row.error == "destination not allowed"
    assert len(row.url) == 2048


def fill(account, host, count):
    until = clock.now() + timedelta(seconds=30)
    for _ in range(count):
        InFlight.objects.create(account=account, host=host, until=until)


@pytest.mark.usefixtures("opened")
def test_ssrf_07_a_fifth_request_to_one_host_waits(account, other_account, server):
    fill(other_account, "hooks.example.com", 4)
    with pytest.raises(HostBusyError) as caught:
        document(account, server.url("/a"))
    assert isinstance(caught.value, outbox.Later)
    assert server.connections == 0
    assert document(account, server.url("/a", host="other.example.com")).ok


@pytest.mark.usefixtures("opened")
def test_ssrf_07_a_twenty_first_request_of_one_account_waits(account, other_account, server):
    for number in range(20):
        fill(account, f"h{number}.example.com", 1)
    with pytest.raises(HostBusyError):
        document(account, server.url("/a"))
    assert document(other_account, server.url("/a")).ok


@pytest.mark.usefixtures("opened")
def test_ssrf_07_a_place_is_given_back_and_a_dead_workers_runs_out(account, server):
    document(account, server.url("/a"))
    assert not InFlight.objects.exists()
    for _ in range(4):
        InFlight.objects.create(account=account, host="hooks.example.com", until=clock.now())
    assert document(account, server.url("/a")).ok


@pytest.mark.usefixtures("opened")
def test_a_caller_that_cannot_wait_longer_gets_a_failed_result(account, server):
    fill(account, "hooks.example.com", 4)
    result = document(account, server.url("/a"), give_up_at=clock.now())
    assert result.error == ErrorClass.NO_CONNECTION
    assert server.connections == 0
    assert len(rows()) == 1
