"""The one client, against a real server on loopback."""

import logging
import threading
from dataclasses import replace

import pytest
from plivo.utils import validate_v3_signature

from sandbox.webhooks.policy import ErrorClass
from tests.sandbox.webhooks.answer_server import (
    XML,
    answer,
    certificate,
    in_turn,
    raw,
    running,
)
from tests.sandbox.webhooks.conftest import DEVELOPMENT, Names, call

TOKEN = "rfm_exampleexampleexampleexampleexample1"
# The clock of the database needs one.
pytestmark = pytest.mark.django_db


def test_a_post_carries_its_parameters_as_a_form(server):
    result = call(server.url("/answer/"), params={"From": "+12025550100", "Text": "é & +"})
    (seen,) = server.seen
    assert result.ok
    assert result.body == XML
    assert (seen.method, seen.target) == ("POST", "/answer/")
    assert seen.form == {"From": "+12025550100", "Text": "é & +"}
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"


def test_a_get_adds_its_parameters_to_the_query(server):
    call(server.url("/a?flow=b&flow=a"), method="GET", params={"From": "+12025550100"})
    (seen,) = server.seen
    assert seen.target == "/a?flow=b&flow=a&From=%2B12025550100"
    assert seen.body == b""
    assert "Content-Type" not in seen.headers


def test_ssrf_05_the_headers_are_ours_and_nothing_else(server):
    call(server.url(), tokens=(TOKEN,), main_tokens=(TOKEN,), delivery_id="d-1")
    headers = server.seen[0].headers
    assert headers["User-Agent"] == "Ringfence/0.1"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Host"] == f"hooks.example.com:{server.port}"
    assert headers["X-Ringfence-Delivery"] == "d-1"
    assert headers["X-Ringfence-Attempt"] == "1"
    assert not {"Cookie", "Authorization", "Proxy-Authorization"} & set(headers)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path", ["/answer/", "/a/?flow=b&x=%2B1", "", "/ü%20b?y=é".replace("é", "e")]
)
def test_hook_01_the_receiver_accepts_what_it_sees(server, method, path):
    call(server.url(path), method=method, params={"From": "+1202", "Q": ""}, tokens=(TOKEN,))
    (seen,) = server.seen
    headers = seen.headers
    assert validate_v3_signature(
        method,
        f"http://{headers['Host']}{seen.target}",
        headers["X-Plivo-Signature-V3-Nonce"],
        TOKEN,
        headers["X-Plivo-Signature-V3"],
        seen.form if method == "POST" else None,
    )


def test_hook_01_every_try_has_a_fresh_nonce_of_twenty_digits():
    with running(a=in_turn(answer(b"", "500 Oops"), answer())) as server:
        call(server.url("/a"), tokens=(TOKEN,))
        nonces = [seen.headers["X-Plivo-Signature-V3-Nonce"] for seen in server.seen]
    assert len(set(nonces)) == 2
    assert all(len(nonce) == 20 and nonce.isdigit() for nonce in nonces)


def test_hook_03_a_500_is_tried_again_at_once_with_the_same_delivery():
    with running(a=in_turn(answer(b"", "500 Oops"), answer())) as server:
        result = call(server.url("/a"), delivery_id="d-7")
        told = [
            (seen.headers["X-Ringfence-Delivery"], seen.headers["X-Ringfence-Attempt"])
            for seen in server.seen
        ]
    assert result.ok
    assert [attempt.status for attempt in result.attempts] == [500, 200]
    assert told == [("d-7", "1"), ("d-7", "2")]


def test_hook_03_a_404_is_not_tried_again():
    with running(a=answer(b"gone", "404 Not Found")) as server:
        result = call(server.url("/a"))
        assert len(server.seen) == 1
    assert (result.status, result.error, result.body) == (404, ErrorClass.BAD_ANSWER, b"gone")
    assert result.sentence == "The server answered 404 Not Found."


@pytest.mark.parametrize(("fragment", "tries"), [("rc=3", 4), ("rc=0", 1), ("rc=2&rp=4xx", 1)])
def test_hook_03_the_settings_of_the_url_say_how_often(fragment, tries):
    with running(a=answer(b"", "503 Busy")) as server:
        call(server.url(f"/a#{fragment}"))
        assert len(server.seen) == tries
        assert "#" not in server.seen[0].target


def test_one_try_only_when_the_caller_keeps_the_schedule():
    with running(a=answer(b"", "503 Busy")) as server:
        result = call(server.url("/a#rc=5"), retry=False, first_attempt=4)
        assert len(server.seen) == 1
    assert result.last.number == 4


def test_a_2xx_with_a_body_that_does_not_matter_is_a_success():
    body = b"x" * 300_000
    with running(a=answer(body, "202 Accepted", "Content-Encoding: gzip")) as server:
        result = call(server.url("/a"), wants_body=False)
    assert result.ok
    assert len(result.body) == 2048


def test_retry_after_is_handed_on():
    with running(a=answer(b"", "429 Slow down", "Retry-After: 17")) as server:
        result = call(server.url("/a"), wants_body=False)
    assert (result.status, result.last.retry_after) == (429, "17")


def test_an_interim_answer_is_passed_over():
    data = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with running(a=raw(data)) as server:
        assert call(server.url("/a")).body == b"ok"


def test_ssrf_02_tls_checks_the_name_though_the_address_is_pinned(tmp_path):
    context, trusting = certificate(tmp_path, "hooks.example.com")
    with running(tls=context) as server:
        policy = replace(DEVELOPMENT, tls=trusting)
        good = call(server.url("/"), policy=policy)
        bad = call(server.url("/", host="other.example.com"), policy=policy)
        assert len(server.seen) == 1
    assert good.ok
    assert bad.error == ErrorClass.NO_CONNECTION


def test_a_certificate_that_nobody_signed_is_no_connection(tmp_path):
    context, _ = certificate(tmp_path, "hooks.example.com")
    with running(tls=context) as server:
        result = call(server.url("/"))
        assert server.seen == []
    assert result.error == ErrorClass.NO_CONNECTION


def test_web_10_no_url_is_written_to_the_log(server, caplog):
    with caplog.at_level(logging.INFO):
        call(server.url("/a"), method="GET", params={"From": "+12025550100"})
    assert "12025550100" not in caplog.text


def test_ssrf_05_the_environment_is_not_asked_for_a_proxy(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert call(server.url("/a")).ok


def test_many_threads_may_fetch_at_once(server):
    results = []

    def one(number):
        params = {"N": str(number)}
        results.append(call(server.url("/a"), params=params, names=Names()))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result.ok for result in results)
    assert sorted(int(seen.form["N"]) for seen in server.seen) == list(range(20))


def test_text_that_utf8_cannot_carry_is_signed_as_it_is_sent(server):
    call(server.url("/a"), params={"Text": "a\ud800b"}, tokens=(TOKEN,))
    (seen,) = server.seen
    assert seen.form == {"Text": "a?b"}
    headers = seen.headers
    assert validate_v3_signature(
        "POST",
        server.url("/a"),
        headers["X-Plivo-Signature-V3-Nonce"],
        TOKEN,
        headers["X-Plivo-Signature-V3"],
        seen.form,
    )
