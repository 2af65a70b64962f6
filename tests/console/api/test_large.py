"""Who may send more than one megabyte, asked before it is read (WEB-07)."""

from __future__ import annotations

import base64

import pytest
from django.db import InterfaceError, OperationalError

from console.api import large, sign_in

pytestmark = pytest.mark.django_db
USUAL, MEDIA = 1_048_576, 10 * 5 * 1024 * 1024 + 1_048_576


def scope(api, path: str = "Media/", *, method: str = "POST", token: str = "") -> dict:
    pair = base64.b64encode(f"{api.auth_id}:{token or api.token}".encode())
    return {
        "method": method,
        "path": path if path.startswith("/") else api.base + path,
        "headers": [(b"authorization", b"Basic " + pair)],
        "client": ("127.0.0.1", 1),
    }


@pytest.mark.parametrize("path", ["Media/", "Media"])
def test_media_of_whoever_has_signed_in_have_room(api, path):
    assert large.room_for(scope(api, path)) == MEDIA


@pytest.mark.parametrize("path", ["Message/", "Application/", "nothing/", "/accounts/login/"])
def test_web_07_nothing_else_has(api, path):
    assert large.room_for(scope(api, path)) == USUAL


def test_web_07_another_method_has_none(api):
    assert large.room_for(scope(api, method="PUT")) == USUAL


def test_web_07_without_the_right_token_there_is_none(api, other_api):
    anonymous = {**scope(api), "headers": []}
    assert large.room_for(anonymous) == USUAL
    assert large.room_for(scope(api, token="x" * 40)) == USUAL
    assert large.room_for(scope(api, f"{other_api.base}Media/")) == USUAL


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_web_07_while_the_database_is_away_there_is_none(api, monkeypatch, away):
    def fail(*_: object) -> None:
        raise away

    monkeypatch.setattr(sign_in, "credential_of", fail)
    assert large.room_for(scope(api)) == USUAL
