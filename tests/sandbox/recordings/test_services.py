"""Recording a living call over the services, rooms, deletion and retention."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from plivo import plivoxml

from console.accounts.models import AuditEvent
from console.core import randomness
from console.core.errors import DomainError, NotFound
from sandbox.network.phones import Deed
from sandbox.recordings import files, making, services, told
from sandbox.recordings.models import Recording, RecordingKind
from sandbox.recordings.tasks import give_up_unmade, prune_recordings
from tests.sandbox.calls.conftest import act, call_in
from tests.sandbox.recordings.test_record_element import answers, loudness, say, tracks_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(frozen, account, did, server):
    """A call that is up and waits."""
    answers(server, plivoxml.WaitElement(length=600))
    server.answers["/ready/"] = lambda got: "ok"
    return call_in(account, frozen).live(5)


def start(line, server, **more) -> Recording:
    return services.start_recording(
        account=line.account,
        call_uuid=line.call_uuid,
        callback_url=f"{server.url}/ready/",
        **more,
    )


def test_a_living_call_is_recorded_until_it_is_stopped(line, server, account):
    recording = start(line, server, file_format="wav")
    line.live(3)
    say(line, "Good morning")
    line.live(4)
    assert services.stop_recording(account=account, call_uuid=line.call_uuid) == 1
    line.live(5)
    recording.refresh_from_db()
    assert (recording.state, recording.duration_ms) == ("ready", 7000)
    assert loudness(tracks_of(recording)[0], 3, 4) > 1000
    (got,) = server.seen("/ready/")
    assert got.params["RecordingID"] == str(recording.recording_id)
    assert line.call.phase == "live"


def test_it_ends_by_itself_after_its_time_limit(line, server):
    recording = start(line, server, time_limit=5)
    line.live(10)
    recording.refresh_from_db()
    assert (recording.duration_ms, recording.end_reason) == (5000, "MaxLength")
    assert line.line("recording_stopped")["reason"] == "MaxLength"


def test_it_ends_with_the_call(line, server):
    recording = start(line, server, time_limit=500)
    line.live(2).hang_up().live(5)
    recording.refresh_from_db()
    assert (recording.state, recording.end_reason) == ("ready", "HangUp")


def test_one_of_several_is_stopped_by_its_address(line, server, account):
    first, second = start(line, server), start(line, server)
    url = told.public_url(second)
    assert services.stop_recording(account=account, call_uuid=line.call_uuid, url=url) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("recording", "processing")


def test_stopping_leaves_a_record_element_alone(frozen, account, did, server):
    answers(server, plivoxml.RecordElement())
    line = call_in(account, frozen).live(2)
    assert services.stop_recording(account=account, call_uuid=line.call_uuid) == 0
    assert Recording.objects.get().state == "recording"


def test_a_sixth_recording_of_a_call_is_refused(line, server):
    for _ in range(5):
        start(line, server)
    with pytest.raises(DomainError) as caught:
        start(line, server)
    assert caught.value.code == "too_many"


def test_a_call_that_is_over_is_not_found(line, server, account):
    line.hang_up().live(5)
    with pytest.raises(NotFound):
        start(line, server)
    with pytest.raises(NotFound):
        services.stop_recording(account=account, call_uuid=line.call_uuid)


def test_ten_02_another_accounts_call_and_recording_are_not_found(line, server, other_account):
    recording = start(line, server, time_limit=1)
    line.live(5)
    theirs = {"account": other_account}
    with pytest.raises(NotFound):
        services.start_recording(call_uuid=line.call_uuid, **theirs)
    with pytest.raises(NotFound):
        services.stop_recording(call_uuid=line.call_uuid, **theirs)
    with pytest.raises(NotFound):
        services.get_recording(recording_id=recording.pk, **theirs)
    with pytest.raises(NotFound):
        services.delete_recording(recording_id=recording.pk, actor="system", **theirs)


def test_a_deleted_recording_takes_its_file_along(
    line, server, account, django_capture_on_commit_callbacks
):
    recording = start(line, server, time_limit=1)
    line.live(5)
    recording.refresh_from_db()
    path = files.path_of(recording)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_recording(account=account, recording_id=recording.pk, actor="operator")
    assert not path.exists()
    assert AuditEvent.objects.get(action="recording.deleted").object_id == str(recording.pk)


def test_a_recording_deleted_while_its_file_is_made_leaves_no_file(line, server, monkeypatch):
    recording = start(line, server, time_limit=1)
    line.live(5, leave=("recording.make",))
    whole = making._write

    def slow(one: Recording) -> int:
        size = whole(one)
        Recording.objects.unscoped("test").filter(pk=one.pk).delete()
        return size

    monkeypatch.setattr(making, "_write", slow)
    assert making.make(recording.pk) is False
    assert not files.path_of(recording).exists()


def test_recordings_go_after_the_days_they_are_kept(
    line, server, frozen, settings, django_capture_on_commit_callbacks
):
    settings.RECORDING_DAYS = 30
    recording = start(line, server, time_limit=1)
    line.live(5)
    recording.refresh_from_db()
    frozen.moment += timedelta(days=29)
    prune_recordings()
    assert Recording.objects.exists()
    frozen.moment += timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        prune_recordings()
    assert not Recording.objects.exists()
    assert not files.path_of(recording).exists()


def test_a_file_that_cannot_be_made_in_an_hour_has_failed(line, server, frozen):
    start(line, server, time_limit=1)
    line.live(5, leave=("recording.make",))
    frozen.moment += timedelta(minutes=61)
    give_up_unmade()
    assert Recording.objects.get().state == "failed"


def test_a_room_is_recorded_with_what_its_legs_heard_and_said(line, server, account):
    room: UUID = randomness.new_uuid()
    recording = services.start_room_recording(
        account=account, conference_name="Standup", conference_uuid=room, file_format="wav"
    )
    line.live(2)
    act(line.phone, Deed.SAY, text="Good morning all")
    line.live(4)
    assert services.stop_room_recording(recording_id=recording.pk, legs=[line.call_uuid])
    assert not services.stop_room_recording(recording_id=recording.pk, legs=[line.call_uuid])
    line.live(2)
    recording.refresh_from_db()
    (mixed,) = tracks_of(recording)
    assert (recording.state, len(mixed)) == ("ready", 6 * 8000)
    assert loudness(mixed, 2, 3) > 1000
    assert loudness(mixed, 4, 6) == 0


def test_a_room_tells_itself_who_is_to_know(line, account, monkeypatch):
    heard: list[str] = []
    monkeypatch.setitem(
        making._ready_hooks, RecordingKind.CONFERENCE, lambda one: heard.append(one.mpc_name)
    )
    recording = services.start_room_recording(account=account, mpc_name="Care")
    line.live(2)
    services.stop_room_recording(recording_id=recording.pk, legs=[])
    line.live(2)
    assert heard == ["Care"]
