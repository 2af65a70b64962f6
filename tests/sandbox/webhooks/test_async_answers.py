"""Answers of the API that are brought to a callback URL (compat/rest.md, Async variant)."""

from __future__ import annotations

import pytest

from console.core import outbox
from console.core.models import OutboxRow

pytestmark = pytest.mark.django_db


def test_the_answer_goes_to_the_callback_url(api, account):
    answer = api.post(
        "Application/", {"app_name": "ivr", "callback_url": "https://app.example.com/done/"}
    )
    assert answer.status_code == 202
    assert answer.json()["message"] == "async api spawned"
    outbox.run(OutboxRow.objects.get(kind="api.async_answer").pk)
    told = OutboxRow.objects.get(kind="webhooks.notify").payload
    assert told["url"] == "https://app.example.com/done/"
    assert told["params"]["message"] == "created"
    assert told["params"]["api_id"] == answer.json()["api_id"]


def test_the_answer_to_a_subaccount_is_signed_by_its_token(sub_api, subaccount):
    sub_api.post("Application/", {"app_name": "ivr", "callback_url": "https://app.example.com/"})
    outbox.run(OutboxRow.objects.get(kind="api.async_answer").pk)
    told = OutboxRow.objects.get(kind="webhooks.notify").payload
    assert told["subaccount"] == subaccount.pk


def test_a_refusal_is_brought_too(api):
    answer = api.post(
        "Application/",
        {"app_name": "\u202e", "callback_url": "https://app.example.com/done/"},
    )
    assert answer.status_code == 202
    row = OutboxRow.objects.get(kind="api.async_answer")
    assert "error" in row.payload["answer"]


def test_arrays_of_one_are_taken_as_one_sdk_sends_them(api):
    sent = {"callback_url": ["https://app.example.com/done/"], "callback_method": ["get"]}
    assert api.post("Application/", {"app_name": "ivr", **sent}).status_code == 202
    row = OutboxRow.objects.get(kind="api.async_answer").payload
    assert (row["url"], row["method"]) == ("https://app.example.com/done/", "GET")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"callback_url": "nowhere"}, "callback_url"),
        ({"callback_url": ["https://a.example.com/", "https://b.example.com/"]}, "callback_url"),
        ({"callback_url": "https://a.example.com/", "callback_method": "PUT"}, "callback_method"),
    ],
)
def test_where_no_answer_can_be_brought_to_nothing_is_done(api, sent, field):
    answer = api.post("Application/", {"app_name": "ivr", **sent})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert api.get("Application/").json()["objects"] == []
    assert not OutboxRow.objects.filter(kind="api.async_answer").exists()


@pytest.mark.parametrize(
    ("place", "body", "named"),
    [
        ("Application", {"app_name": "ivr"}, "app_id"),
        (
            "Endpoint",
            {"username": "alice", "password": "tin-can-string", "alias": "A"},
            "endpoint_id",
        ),
    ],
)
def test_applications_and_endpoints_are_deleted_with_a_later_answer_too(api, place, body, named):
    path = f"{place}/{api.post(f'{place}/', body).json()[named]}/"
    answer = api.delete(path, {"callback_url": "https://app.example.com/done/"})
    assert (answer.status_code, answer.json()["message"]) == (202, "async api spawned")
    assert api.get(path).status_code == 404
