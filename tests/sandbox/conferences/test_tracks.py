"""Each participant's own track beside the recording of a multiparty call (xml.md section 4)."""

from __future__ import annotations

import wave

import pytest

from sandbox.calls import engine, sweep
from sandbox.calls.flow import events
from sandbox.conferences import tasks
from sandbox.conferences.models import Member
from sandbox.recordings import files
from sandbox.recordings.models import Recording
from tests.sandbox.conferences.conftest import FRIEND, PHONE, room

pytestmark = pytest.mark.django_db
NAMED = "MultiPartyCall/name_Support/"
MPC = (
    "<MultiPartyCall role='agent' stayAlone='true' enterSound='none' recordFileFormat='wav'"
    " recordParticipantTrack='true' recordingCallbackUrl='/told/' recordingCallbackMethod='POST'"
    " {}>Support</MultiPartyCall>"
)
RECORDED = MPC.format("record='true'")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    """Files of this test alone; and no program of this machine makes them differ."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setenv("PATH", str(tmp_path))


def tracks() -> list[Recording]:
    mine = Recording.objects.unscoped("a test").filter(own_track=True)
    return list(mine.order_by("created_at", "from_number"))


def is_silent(recording: Recording) -> bool:
    with wave.open(str(files.path_of(recording)), "rb") as sound:
        return not any(sound.readframes(sound.getnframes()))


def say(line, text: str = "Good morning to all of you.") -> None:
    engine.apply(line.call_uuid, events.SpeechHeard(text), key="say")


def test_each_participant_has_a_track_from_its_coming_to_its_going(answers, caller):
    answers(RECORDED)
    first = caller(PHONE, seconds=4)
    second = caller(FRIEND, seconds=3)
    second.hang_up().live(5)
    first.hang_up().live(5)
    found = [(one.call_uuid, one.seconds, one.state) for one in tracks()]
    assert found == [(first.call_uuid, 12, "ready"), (second.call_uuid, 3, "ready")]
    assert {(one.mpc_uuid, one.channels) for one in tracks()} == {(room().room_uuid, 1)}
    assert Recording.objects.unscoped("a test").filter(own_track=False).count() == 1
    assert not Member.objects.exclude(track_id=None).exists()


def test_a_track_holds_what_its_participant_says_and_nothing_that_it_hears(answers, caller):
    answers(RECORDED)
    first, second = caller(PHONE), caller(FRIEND)
    say(first)
    first.live(5)
    first.hang_up(), second.hang_up().live(5)
    speaks, listens = tracks()
    assert (speaks.from_number, listens.from_number) == (PHONE, FRIEND)
    assert not is_silent(speaks)
    assert is_silent(listens)


def test_without_a_recording_there_are_no_tracks(answers, caller):
    answers(MPC.format(""))
    caller(PHONE).hang_up().live(2)
    assert tracks() == []


def test_tracks_end_and_begin_with_the_recording_of_the_call(api, answers, caller):
    answers(RECORDED)
    line = caller(PHONE)
    api.post(f"{NAMED}Record/Pause/")
    line.live(1)
    assert [one.state for one in tracks()] == ["ready"]
    api.post(f"{NAMED}Record/Resume/")
    assert [one.state for one in tracks()] == ["ready", "recording"]
    api.delete(f"{NAMED}Record/")
    line.live(1)
    assert [one.state for one in tracks()] == ["ready", "ready"]


def test_the_callback_is_told_whose_track_it_is(server, answers, caller):
    answers(RECORDED)
    line = caller(PHONE)
    line.hang_up().live(5)
    told = [got.params for got in server.received if got.path == "/told/"]
    mine = [one for one in told if one["RecordingID"] == str(tracks()[0].recording_id)]
    assert [one["EventName"] for one in mine] == ["MPCRecordingInitiated", "MPCRecordingCompleted"]
    assert {(one["MemberID"], one["ParticipantCallUUID"]) for one in mine} == {
        ("1", str(line.call_uuid))
    }
    assert len(told) == 4
    assert all("MemberID" not in one for one in told if one not in mine)


def test_the_track_of_a_call_that_ended_by_force_ends_too(answers, caller):
    answers(RECORDED)
    first, second = caller(PHONE), caller(FRIEND)
    sweep.end_by_force(first.call_uuid)
    tasks.mend_rooms()
    second.live(2)
    assert [one.state for one in tracks()] == ["ready", "recording"]


def test_the_api_and_the_page_show_a_track_with_its_call(api, client, owner, answers, caller):
    answers(RECORDED)
    line = caller(PHONE)
    line.hang_up().live(5)
    objects = api.get(f"Recording/?call_uuid={line.call_uuid}").json()["objects"]
    track = tracks()[0]
    shown = next(one for one in objects if one["recording_id"] == str(track.recording_id))
    assert (shown["recording_type"], shown["mpc_name"]) == ("conference", "Support")
    assert shown["from_number"].lstrip("+") == PHONE.lstrip("+")
    client.force_login(owner)
    assert "own track of" in client.get("/recordings/").content.decode()
