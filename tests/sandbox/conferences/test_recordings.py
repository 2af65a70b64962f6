"""Rooms that are recorded: when it begins and ends, who is told, what the API answers."""

from __future__ import annotations

import pytest

from sandbox.conferences.models import Member, Taping
from sandbox.recordings.models import Recording
from tests.sandbox.conferences.conftest import FRIEND, OTHER, PHONE, room
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
NAMED = "MultiPartyCall/name_Support/"
LOBBY = "<Conference record='true' callbackUrl='/told/' action='/done/'>Lobby</Conference>"
MPC = (
    "<MultiPartyCall role='agent' stayAlone='true' recordingCallbackUrl='/told/'"
    " recordingCallbackMethod='POST' {}>Support</MultiPartyCall>"
)


@pytest.fixture(autouse=True)
def files(settings, tmp_path, monkeypatch):
    """Files of this test alone; and no program of this machine makes them differ."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setenv("PATH", str(tmp_path))


def recordings() -> list[Recording]:
    return list(Recording.objects.unscoped("a test").order_by("created_at"))


def told(server, name: str) -> list[str]:
    return [
        got.params[name] for got in server.received if got.path == "/told/" and name in got.params
    ]


def test_a_conference_is_recorded_while_more_than_one_talk(server, answers, caller):
    answers(LOBBY)
    first = caller(PHONE)
    assert recordings() == []
    second = caller(FRIEND)
    (made,) = recordings()
    assert (made.state, made.conference_name) == ("recording", "Lobby")
    first.live(1)
    assert "room_recorded" in first.kinds
    assert "room_recorded" in second.kinds
    first.hang_up().live(9)
    assert recordings()[0].state == "recording"
    second.hang_up().live(9)
    (made,) = recordings()
    assert (made.state, made.seconds) == ("ready", 11)
    assert set(made.legs) == {str(first.call_uuid), str(second.call_uuid)}
    records = [one for one in told(server, "Event") if one.startswith("ConferenceRecord")]
    assert records == ["ConferenceRecordStart", "ConferenceRecordStop"]
    assert told(server, "RecordingDuration")[-1] == "11"


def test_alone_it_is_recorded_when_that_is_asked_for(answers, caller):
    answers(LOBBY.replace("record=", "recordWhenAlone='true' record="))
    caller(PHONE)
    assert len(recordings()) == 1


def test_the_action_is_told_where_the_recording_is(server, answers, caller, account):
    from sandbox.conferences import services

    answers(LOBBY)
    first, _ = caller(PHONE), caller(FRIEND)
    services.kick_members(account=account, room_uuid=room().room_uuid, members="1")
    first.live(1)
    done = next(got.params for got in server.received if got.path == "/done/")
    assert done["RecordingID"] == str(recordings()[0].recording_id)
    assert done["RecordUrl"].startswith("http")


def test_a_multiparty_call_is_recorded_from_so_many_participants(server, answers, caller):
    answers(MPC.format("record='true' recordMinMemberCount='2'"))
    lines = [caller(PHONE)]
    assert recordings() == []
    lines.append(caller(FRIEND))
    assert recordings()[0].mpc_name == "Support"
    for line in lines:
        line.hang_up()
    lines[0].live(5)
    assert told(server, "EventName") == ["MPCRecordingInitiated", "MPCRecordingCompleted"]


def test_the_api_records_a_conference(api, server, answers, caller):
    answers("<Conference>Lobby</Conference>")
    line = caller(PHONE)
    body = {"file_format": "wav", "callback_url": f"{server.url}/told/"}
    answer = api.post("Conference/Lobby/Record/", body)
    assert answer.status_code == 202
    assert differences(answer.json(), fixture("conferenceRecordCreateResponse")) == []
    again = api.post("Conference/Lobby/Record/", body)
    assert again.status_code == 409
    assert again.json()["error"] == "A recording runs already; stop that one first."
    line.live(4)
    assert api.delete("Conference/Lobby/Record/").status_code == 204
    line.live(1)
    assert recordings()[0].seconds == 4
    assert told(server, "Event") == ["ConferenceRecordStart", "ConferenceRecordStop"]
    assert api.delete("Conference/Lobby/Record/").status_code == 204


def test_a_recording_that_the_api_ended_does_not_begin_again(api, answers, caller):
    answers(LOBBY, other="<Conference>Lobby</Conference>")
    caller(PHONE), caller(FRIEND)
    api.delete("Conference/Lobby/Record/")
    caller(OTHER)
    assert [one.state for one in recordings()] == ["ready"]


def test_the_api_pauses_and_goes_on_in_another_file(api, answers, caller):
    answers(MPC.format(""))
    line = caller(PHONE)
    answer = api.post(f"{NAMED}Record/")
    assert differences(answer.json(), fixture("multiPartyCallsStartRecordingResponse")) == []
    assert api.get(NAMED).json()["recording"] == "recording"
    assert api.post(f"{NAMED}Record/Resume/").status_code == 409
    assert api.post(f"{NAMED}Record/Pause/").status_code == 204
    assert api.get(NAMED).json()["recording"] == "paused"
    assert api.post(f"{NAMED}Record/Pause/").status_code == 409
    assert api.post(f"{NAMED}Record/Resume/").status_code == 204
    line.live(1)
    assert len(recordings()) == 2
    assert api.delete(f"{NAMED}Record/").status_code == 204
    assert api.get(NAMED).json()["recording"] == "not-recording"


def test_the_api_records_one_participant(api, answers, caller):
    answers(MPC.format(""))
    line, _ = caller(PHONE), caller(FRIEND)
    record = f"{NAMED}Participant/1/Record/"
    answer = api.post(record, {"file_format": "wav"})
    assert answer.status_code == 202
    wanted = fixture("multiPartyCallsStartParticipantRecordingResponse")
    assert differences(answer.json(), wanted) == []
    assert api.post(record).status_code == 409
    line.live(3)
    assert api.post(f"{record}Pause/").status_code == 204
    assert api.post(f"{record}Resume/").status_code == 204
    assert api.delete(record).status_code == 204
    line.live(1)
    assert [one.call_uuid for one in recordings()] == [line.call_uuid] * 2
    assert Member.objects.get(member_id=1).recording == Taping.OFF
    assert {one.state for one in recordings()} == {"ready"}


def test_words_of_one_are_captions_to_the_others(server, answers, caller):
    from sandbox.calls import engine
    from sandbox.calls.flow import events

    told_of = "statusCallbackUrl='/status/' statusCallbackEvents='participant-speak-events'"
    answers(MPC.format(told_of))
    first, second = caller(PHONE), caller(FRIEND)
    engine.apply(first.call_uuid, events.SpeechHeard("Good morning."), key="say-1")
    first.live(1)
    assert second.heard[-1] == "+1 202 555 0142: Good morning."
    assert "Good morning." not in " ".join(first.heard)
    told = [got.params for got in server.received if got.path == "/status/"]
    assert [(one["EventName"], one["EventTimestamp"][17:23]) for one in told] == [
        ("ParticipantSpeakStart", "02.000"),
        ("ParticipantSpeakStop", "02.780"),
    ]
