"""Who may send more than one megabyte, asked before it is read (WEB-07)."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError

from console import asgi
from console.api import large, sign_in

pytestmark = pytest.mark.django_db
USUAL, MEDIA = 1_048_576, 10 * 5 * 1024 * 1024 + 1_048_576


def authorization(api, token: str) -> str:
    return "Basic " + base64.b64encode(f"{api.auth_id}:{token}".encode()).decode()


def post(scope: dict) -> list[dict]:
    """What the server is handed for a body that is larger than a form and goes on."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"x" * USUAL, "more_body": True}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(asgi.application({"type": "http", **scope}, receive, send))
    return sent


def scope(api, path: str = "Media/", *, method: str = "POST", token: str = "") -> dict:
    return {
        "method": method,
        "path": path if path.startswith("/") else api.base + path,
        "headers": [(b"authorization", authorization(api, token or api.token).encode())],
        "client": ("127.0.0.1", 1),
    }


@pytest.mark.parametrize("path", ["Media/", "Media"])
def test_media_of_whoever_has_signed_in_have_room(api, path):
    assert large.room_for(scope(api, path)) == large.Room(MEDIA, api.auth_id)


@pytest.mark.parametrize("path", ["Message/", "Application/", "nothing/", "/accounts/login/"])
def test_web_07_nothing_else_has(api, path):
    assert large.room_for(scope(api, path)) == large.Room(USUAL)


def test_web_07_another_method_has_none(api):
    assert large.room_for(scope(api, method="PUT")) == large.Room(USUAL)


def test_web_07_without_the_right_token_there_is_none(api, other_api):
    anonymous = {**scope(api), "headers": []}
    assert large.room_for(anonymous) == large.Room(USUAL)
    assert large.room_for(scope(api, token="x" * 40)) == large.Room(USUAL)
    assert large.room_for(scope(api, f"{other_api.base}Media/")) == large.Room(USUAL)


def test_what_a_subaccount_sends_takes_a_place_of_its_account(api, sub_api):
    assert large.room_for(scope(sub_api)).owner == api.auth_id


def test_acc_11_a_wrong_token_with_a_large_body_is_counted_once(api):
    wrong = scope(api, token="x" * 40)
    for _ in range(settings.TRUST.api_failures_5_min + 1):
        assert large.room_for(wrong) == large.Room(USUAL)
    assert api.post("Media/", Authorization=authorization(api, "x" * 40)).status_code == 401


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_rel_04_while_the_database_is_away_a_large_body_gets_503(api, monkeypatch, away):
    def fail(*_: object, **__: object) -> None:
        raise away

    monkeypatch.setattr(sign_in, "credential_of", fail)
    sent = post(scope(api))
    assert sent[0]["status"] == 503
    headers = dict(sent[0]["headers"])
    assert headers[b"retry-after"] == b"5"
    body = json.loads(sent[1]["body"])
    assert body["error_code"] == "unavailable"
    assert body["api_id"]
