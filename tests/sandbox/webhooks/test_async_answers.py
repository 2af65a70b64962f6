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


def test_a_refusal_is_brought_too(api):
    answer = api.post(
        "Application/",
        {"app_name": "\u202e", "callback_url": "https://app.example.com/done/"},
    )
    assert answer.status_code == 202
    row = OutboxRow.objects.get(kind="api.async_answer")
    assert "error" in row.payload["answer"]
