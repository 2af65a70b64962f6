"""Recordings, and recording a live call, over the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from plivo import plivoxml

from console.core import clock
from sandbox.recordings import files, told
from sandbox.recordings.models import Recording
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.recordings.test_pages import recorded
from tests.sandbox.recordings.test_record_element import answers
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(frozen, account, did, server):
    """A call that is up and waits."""
    answers(server, plivoxml.WaitElement(length=600))
    server.answers["/ready/"] = lambda got: "ok"
    return call_in(account, frozen).live(5)


def ids(answer) -> list[str]:
    return [one["recording_id"] for one in answer.json()["objects"]]


def test_a_list_has_the_keys_of_the_compatible_one(api, account):
    recorded(account)
    answer = api.get("Recording/?limit=3")
    assert differences(answer.json(), fixture("recordingListFromFilterResponse")) == []
    assert answer.json()["meta"]["total_count"] == 1


def test_one_has_the_keys_of_the_compatible_one(api, account):
    recording = recorded(account, duration_ms=61_500)
    body = api.get(f"Recording/{recording.pk}/").json()
    assert differences(body, fixture("recordingGetResponse")) == []
    assert differences(body, fixture("recordingGetAddedFilterResponse")) == []
    assert body["recording_duration_ms"] == "61500.00000"
    assert body["rounded_recording_duration"] == 120
    assert body["recording_url"] == told.public_url(recording)
    assert body["from_number"] == "12025550142"
    assert body["resource_uri"].endswith(f"/Recording/{recording.pk}/")


def test_a_list_costs_no_more_with_more_recordings(api, account, django_assert_max_num_queries):
    for _ in range(20):
        recorded(account)
    api.get("Recording/")
    with django_assert_max_num_queries(6):
        assert len(ids(api.get("Recording/"))) == 20


def test_without_a_time_the_last_seven_days_are_listed(api, account):
    now = clock.now()
    young = recorded(account, created_at=now - timedelta(days=6))
    recorded(account, created_at=now - timedelta(days=8))
    assert ids(api.get("Recording/")) == [str(young.pk)]


def test_a_time_finds_older_ones(api, account, frozen):
    now = clock.now()
    old = recorded(account, created_at=now - timedelta(days=20))
    recorded(account)
    begin, end = now - timedelta(days=21), now - timedelta(days=19)
    query = f"add_time__gte={begin:%Y-%m-%d %H:%M:%S}&add_time__lt={end:%Y-%m-%d %H:%M:%S}"
    assert ids(api.get(f"Recording/?{query}")) == [str(old.pk)]


@pytest.mark.parametrize(
    "query",
    [
        "add_time__gte=2025-01-01&add_time__lte=2025-03-01",
        "add_time=yesterday",
        "call_uuid=x",
        "recording_storage_duration=old",
        "add_time__gte=2025-01-01&recording_storage_duration=3",
    ],
)
def test_what_cannot_be_filtered_is_refused(api, query):
    answer = api.get(f"Recording/?{query}")
    assert answer.status_code == 400
    assert "parameter is invalid" in answer.json()["error"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("recording_storage_duration=10", {10}),
        ("recording_storage_duration__gte=10", {10, 20}),
        ("recording_storage_duration__gt=10", {20}),
        ("recording_storage_duration__lte=10", {0, 10}),
        ("recording_storage_duration__lt=10", {0}),
    ],
)
def test_days_of_storage_are_a_filter(api, account, frozen, query, found):
    rows = {
        str(recorded(account, created_at=clock.now() - timedelta(days=age, hours=1)).pk): age
        for age in (0, 10, 20)
    }
    assert {rows[one] for one in ids(api.get(f"Recording/?{query}"))} == found


def test_numbers_and_names_are_filters(api, account):
    call_uuid = uuid4()
    mine = recorded(account, call_uuid=call_uuid, conference_name="Standup")
    recorded(account, from_number="+12025550143", to_number="+12065550151")
    for query in (
        "from_number=12025550142",
        "to_number=12065550150",
        f"call_uuid={call_uuid}",
        "conference_name=Standup",
    ):
        assert ids(api.get(f"Recording/?{query}")) == [str(mine.pk)]


def test_deleting_answers_nothing_and_takes_the_file(
    api, account, django_capture_on_commit_callbacks
):
    recording = recorded(account)
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.delete(f"Recording/{recording.pk}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not files.path_of(recording).exists()
    assert api.delete(f"Recording/{recording.pk}/").status_code == 404


def test_ten_02_another_accounts_recording_is_not_found(api, other_api, account, line):
    recording = recorded(account)
    assert other_api.get(f"Recording/{recording.pk}/").status_code == 404
    assert other_api.delete(f"Recording/{recording.pk}/").status_code == 404
    assert ids(other_api.get("Recording/")) == []
    for method in (other_api.post, other_api.delete):
        assert method(f"Call/{line.call_uuid}/Record/").status_code == 404


def test_ten_03_a_subaccount_sees_its_own_alone(sub_api, account, subaccount):
    recorded(account)
    own = recorded(account, subaccount=subaccount)
    assert ids(sub_api.get("Recording/")) == [str(own.pk)]


def test_a_live_call_is_recorded_and_stopped(api, line, server):
    body = {"time_limit": 90, "file_format": "wav", "callback_url": f"{server.url}/ready/"}
    answer = api.post(f"Call/{line.call_uuid}/Record/", body)
    assert answer.status_code == 202
    assert differences(answer.json(), fixture("liveCallRecordCreateResponse")) == []
    assert answer.json()["message"] == "call recording started"
    line.live(4)
    assert api.delete(f"Call/{line.call_uuid}/Record/").status_code == 204
    line.live(4)
    recording = Recording.objects.get()
    assert (recording.duration_ms, recording.limit_seconds) == (4000, 90)
    (got,) = server.seen("/ready/")
    assert got.params["RecordUrl"] == answer.json()["url"]


def test_one_recording_is_stopped_by_its_url(api, line):
    first = api.post(f"Call/{line.call_uuid}/Record/", {}).json()
    api.post(f"Call/{line.call_uuid}/Record/", {"record_channel_type": "mono"})
    api.delete(f"Call/{line.call_uuid}/Record/", {"URL": first["url"]})
    states = {str(one.pk): one.state for one in Recording.objects.all()}
    assert states.pop(first["recording_id"]) == "processing"
    assert set(states.values()) == {"recording"}


@pytest.mark.parametrize(
    "body",
    [{"file_format": "ogg"}, {"time_limit": 0}, {"callback_url": "x"}, {"callback_method": "PUT"}],
)
def test_what_cannot_be_recorded_is_refused(api, line, body):
    assert api.post(f"Call/{line.call_uuid}/Record/", body).status_code == 400


def test_a_call_that_is_over_or_never_was_is_not_found(api, line):
    line.hang_up().live(2)
    for name in (line.call_uuid, uuid4(), "nothing"):
        assert api.post(f"Call/{name}/Record/", {}).status_code == 404
        assert api.delete(f"Call/{name}/Record/").status_code == 404
