"""Streams of a live call over the API."""

from __future__ import annotations

from uuid import uuid4

import pytest
from plivo import plivoxml

from sandbox.streams.models import Stream
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.recordings.test_record_element import answers
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
BODY = {"service_url": "wss://bot.example.com/audio"}


@pytest.fixture
def path(frozen, account, did, server) -> str:
    """Where the streams of a call that is up are."""
    answers(server, plivoxml.WaitElement(length=600))
    return f"Call/{call_in(account, frozen).live(5).call_uuid}/Stream/"


def test_a_stream_is_started_and_begun(api, path, begun, frozen):
    answer = api.post(path, BODY)
    assert answer.status_code == 202
    assert differences(answer.json(), fixture("liveCallStreamCreateResponse")) == []
    assert Stream.objects.get().stream_id == Stream.objects.get(pk=answer.json()["stream_id"]).pk


def test_every_argument_is_kept(api, path):
    body = BODY | {
        "bidirectional": "true",
        "audio_track": "inbound",
        "stream_timeout": 90,
        "status_callback_url": "https://app.example.com/stream/",
        "status_callback_method": "GET",
        "content_type": "audio/x-mulaw;rate=8000",
        "extra_headers": {"a": "1", "b": "2"},
        "noise_cancellation": True,
    }
    assert api.post(path, body).status_code == 202
    stream = Stream.objects.get()
    assert (stream.bidirectional, stream.track, stream.timeout_seconds) == (True, "inbound", 90)
    assert stream.callback_url == "https://app.example.com/stream/"
    assert (stream.callback_method, stream.extra_headers) == ("GET", "a=1,b=2")
    assert stream.content_type == "audio/x-mulaw;rate=8000"


def test_the_list_has_the_keys_of_the_compatible_one(api, path):
    api.post(path, BODY)
    body = api.get(path).json()
    assert differences(body, fixture("liveCallStreamGetAllResponse")) == []
    assert body["meta"]["count"] == 1
    assert body["objects"][0]["status"] == "initiated"


def test_one_stream_is_got_and_stopped(api, path):
    stream_id = api.post(path, BODY).json()["stream_id"]
    assert api.get(f"{path}{stream_id}/").json()["service_url"] == BODY["service_url"]
    assert api.delete(f"{path}{stream_id}/").status_code == 204
    assert Stream.objects.get().stop_asked


def test_all_streams_are_stopped(api, path):
    for _ in range(2):
        api.post(path, BODY)
    assert api.delete(path).status_code == 204
    assert set(Stream.objects.values_list("stop_asked", flat=True)) == {True}


@pytest.mark.parametrize(
    "more",
    [
        {"service_url": None},
        {"service_url": "https://bot.example.com/"},
        {"audio_track": "sideways"},
        {"content_type": "audio/ogg"},
        {"bidirectional": True, "audio_track": "both"},
        {"extra_headers": "x" * 600},
        {"stream_timeout": 0},
    ],
)
def test_what_cannot_be_streamed_is_refused(api, path, more):
    assert api.post(path, BODY | more).status_code == 400
    assert not Stream.objects.exists()


def test_ten_02_another_accounts_streams_are_not_found(api, other_api, path):
    stream_id = api.post(path, BODY).json()["stream_id"]
    assert other_api.post(path, BODY).status_code == 404
    for place in (path, f"{path}{stream_id}/"):
        assert other_api.get(place).status_code == 404
        assert other_api.delete(place).status_code == 404
    assert not Stream.objects.get().stop_asked


def test_a_stream_that_never_was_is_not_found(api, path):
    for name in (uuid4(), "x"):
        assert api.get(f"{path}{name}/").status_code == 404
        assert api.delete(f"{path}{name}/").status_code == 404
