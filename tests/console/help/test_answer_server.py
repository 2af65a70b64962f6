"""The program in the guide runs as printed, and checks what it says it checks."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from console.help.content import Kind, library
from sandbox.webhooks.signatures import delivery_headers, signature_headers

TOKEN = "rf_exampleTokenNotARealSecret0000000"
PARAMS = {"CallUUID": "c1", "From": "+447700900123", "To": "14155550100"}


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """The guide's program, answering at this address."""
    page = library().find(Kind.GUIDE, "answer-server")
    code = re.search(r"```python\n(.*?)```", page.body, re.DOTALL)[1]
    file = tmp_path_factory.mktemp("guide") / "answer.py"
    file.write_text(code)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = _start(file, address)
    _wait_for(port)
    yield address
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def _start(file: Path, address: str) -> subprocess.Popen:
    own = {"RINGFENCE_AUTH_TOKEN": TOKEN, "ANSWER_BASE": address}
    return subprocess.Popen(
        [sys.executable, str(file)], env=os.environ | own, stderr=subprocess.DEVNULL
    )


def _wait_for(port: int) -> None:
    for _ in range(1800):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("The answer server of the guide did not start")


def _headers(url: str, params: dict[str, str], *, nonce: str, age: int = 0) -> dict[str, str]:
    sent_at = datetime.now(UTC) - timedelta(seconds=age)
    signed = signature_headers(
        method="POST", url=url, params=params, nonce=nonce, tokens=[TOKEN], main_tokens=[TOKEN]
    )
    return signed | delivery_headers(delivery_id="d1", attempt=1, at=sent_at)


def _post(url: str, headers: dict[str, str], params: dict[str, str] = PARAMS) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=60) as client:
        return client.post(url, data=params, headers=headers)


def test_a_signed_request_is_answered_with_a_menu(base):
    url = f"{base}/answer/"
    response = _post(url, _headers(url, PARAMS, nonce="1" * 20))
    assert response.status_code == 200
    assert '<GetDigits action="' in response.text
    assert "Hello from Ringfence" in response.text


def test_the_menu_answers_the_key(base):
    url = f"{base}/menu/"
    params = PARAMS | {"Digits": "1"}
    response = _post(url, _headers(url, params, nonce="2" * 20), params)
    assert "glasses" in response.text


def test_the_same_request_again_is_refused(base):
    url = f"{base}/answer/"
    headers = _headers(url, PARAMS, nonce="3" * 20)
    assert _post(url, headers).status_code == 200
    assert _post(url, headers).status_code == 403


def test_an_old_request_is_refused(base):
    url = f"{base}/answer/"
    assert _post(url, _headers(url, PARAMS, nonce="4" * 20, age=301)).status_code == 403


def test_a_changed_parameter_is_refused(base):
    url = f"{base}/answer/"
    headers = _headers(url, PARAMS, nonce="5" * 20)
    assert _post(url, headers, PARAMS | {"From": "+447700900999"}).status_code == 403


def test_a_request_without_a_signature_is_refused(base):
    assert _post(f"{base}/answer/", {}).status_code == 403
