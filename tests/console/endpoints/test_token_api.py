"""Access tokens over the API (compat/rest.md, Token)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from console.endpoints.models import Endpoint
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(account) -> Endpoint:
    """An endpoint of the account."""
    return Endpoint.objects.create(
        account=account, username="desk123456789012", alias="Desk", ha1="0" * 32
    )


def opened(token: str, key: str) -> tuple[dict, dict]:
    """Header and payload of a token whose signature holds."""
    head, body, signature = token.split(".")
    digest = hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == signature
    return tuple(json.loads(base64.urlsafe_b64decode(one + "==")) for one in (head, body))


def test_a_token_is_signed_with_the_auth_token_and_says_what_was_asked(frozen, api, account, desk):
    asked = {
        "iss": account.auth_id,
        "sub": desk.username,
        "per": {"voice": {"incoming_allow": True, "outgoing_allow": False}},
    }
    answer = api.post("JWT/Token/", asked)
    assert answer.status_code == 200
    assert differences(answer.json(), fixture("tokenCreateResponse")) == []
    header, payload = opened(answer.json()["token"], api.token)
    now = int(frozen.now().timestamp())
    assert header == {"alg": "HS256", "cty": "plivo;v=1", "typ": "JWT"}
    assert payload == {
        "app": "",
        "exp": now + 86_400,
        "iss": account.auth_id,
        "nbf": now,
        "per": {"voice": {"incoming_allow": True, "outgoing_allow": False}},
        "sub": desk.username,
    }


def test_times_are_taken_as_texts_as_the_python_sdk_sends_them(frozen, api, account):
    now = int(frozen.now().timestamp())
    asked = {"iss": account.auth_id, "nbf": str(now), "exp": str(now + 600), "per": {"voice": {}}}
    _, payload = opened(api.post("JWT/Token/", asked).json()["token"], api.token)
    assert (payload["nbf"], payload["exp"]) == (now, now + 600)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"iss": "MAXXXXXXXXXXXXXXXXXX"}, "iss"),
        ({"iss": None}, "iss"),
        ({"per": {"voice": {"incoming_allow": "true"}}}, "sub"),
        ({"sub": "nobody123456789012"}, "sub"),
        ({"app": "12345678901234567"}, "app"),
        ({"nbf": 1000, "exp": 1100}, "exp"),
        ({"nbf": 1000, "exp": 1000 + 86_401}, "exp"),
    ],
)
def test_what_cannot_be_granted_is_refused_by_name(api, account, change, field):
    answer = api.post("JWT/Token/", {"iss": account.auth_id, **change})
    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_ten_02_anothers_endpoint_is_no_subject(other_api, other_account, desk):
    asked = {"iss": other_account.auth_id, "sub": desk.username}
    assert other_api.post("JWT/Token/", asked).json()["field"] == "sub"


def test_the_main_account_makes_one_for_a_subaccount_signed_by_its_token(
    frozen, api, sub_api, subaccount
):
    answer = api.post("JWT/Token/", {"iss": subaccount.auth_id, "per": {"voice": {}}})
    _, payload = opened(answer.json()["token"], sub_api.token)
    assert payload["iss"] == subaccount.auth_id


def test_ten_03_nobody_makes_one_for_a_subaccount_of_others(other_api, subaccount):
    answer = other_api.post("JWT/Token/", {"iss": subaccount.auth_id})
    assert (answer.status_code, answer.json()["field"]) == (400, "iss")


def test_a_subaccount_without_a_token_has_nothing_to_sign_with(api, subaccount):
    answer = api.post("JWT/Token/", {"iss": subaccount.auth_id})
    assert (answer.status_code, answer.json()["field"]) == (400, "iss")


def test_nobody_makes_one_for_a_disabled_subaccount(api, sub_api, subaccount):
    subaccount.enabled = False
    subaccount.save(update_fields=["enabled"])
    answer = api.post("JWT/Token/", {"iss": subaccount.auth_id})
    assert (answer.status_code, answer.json()["field"]) == (400, "iss")
    assert "disabled" in answer.json()["error"]
