"""What a room is told about a member, and what a member and the story are told of the room."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import rooms
from sandbox.calls.flow.commands import Speak, StopPrompt

from .talking import asked_for, conference, hear, mpc, see

APP = "https://app.example.com"


def wishes(line) -> dict[str, object]:
    return dict(asked_for(line).wishes)


def test_a_conference_with_nothing_written_has_the_usual_wishes():
    assert wishes(conference()) == {
        "muted": False,
        "start_on_enter": True,
        "end_on_exit": False,
        "stay_alone": True,
        "max_members": 20,
        "enter_beeps": 0,
        "exit_beeps": 0,
        "record": False,
        "record_format": "mp3",
        "record_when_alone": False,
        "transcription_type": "",
        "transcription_url": "",
        "transcription_method": "POST",
        "callback_url": "",
        "callback_method": "POST",
    }


def test_a_conference_is_told_all_that_is_written():
    written = (
        'muted="true" startConferenceOnEnter="false" endConferenceOnExit="true" stayAlone="false"'
        ' maxMembers="3" enterSound="beep:1" exitSound="beep:2" record="true"'
        ' recordFileFormat="wav" recordWhenAlone="true" transcriptionType="auto"'
        ' transcriptionUrl="/words#rc=1" transcriptionMethod="GET"'
        ' callbackUrl="/told" callbackMethod="GET"'
    )
    assert wishes(conference(written)) == {
        "muted": True,
        "start_on_enter": False,
        "end_on_exit": True,
        "stay_alone": False,
        "max_members": 3,
        "enter_beeps": 1,
        "exit_beeps": 2,
        "record": True,
        "record_format": "wav",
        "record_when_alone": True,
        "transcription_type": "auto",
        "transcription_url": f"{APP}/words#rc=1",
        "transcription_method": "GET",
        "callback_url": f"{APP}/told",
        "callback_method": "GET",
    }


def test_a_multiparty_call_with_nothing_written_has_the_usual_wishes():
    assert wishes(mpc()) == {
        "role": "agent",
        "muted": False,
        "hold": False,
        "coach": False,
        "start_on_enter": True,
        "end_on_exit": False,
        "enter_beeps": 1,
        "exit_beeps": 2,
        "stay_alone": False,
        "max_members": 10,
        "max_seconds": 14_400,
        "record": False,
        "record_format": "mp3",
        "record_min_members": 1,
        "record_participant_track": False,
        "recording_callback_url": "",
        "recording_callback_method": "GET",
        "status_events": "mpc-state-changes,participant-state-changes",
        "status_url": "",
        "status_method": "POST",
        "transcript": False,
        "transcription_url": "",
    }


def test_a_multiparty_call_is_told_all_that_is_written():
    written = (
        'role="supervisor" mute="true" hold="true" startMpcOnEnter="false" endMpcOnExit="true"'
        ' enterSound="none" exitSound="beep:1" stayAlone="true" maxParticipants="4"'
        ' maxDuration="600" record="true" recordFileFormat="wav" recordMinMemberCount="2"'
        ' recordParticipantTrack="true" recordingCallbackUrl="/taped"'
        ' recordingCallbackMethod="POST" statusCallbackUrl="/told" statusCallbackMethod="GET"'
        ' statusCallbackEvents="participant-speak-events, mpc-state-changes" transcript="true"'
        ' transcriptionUrl="/words"'
    )
    assert wishes(mpc(written)) == {
        "role": "supervisor",
        "muted": True,
        "hold": True,
        "coach": True,
        "start_on_enter": False,
        "end_on_exit": True,
        "enter_beeps": 0,
        "exit_beeps": 1,
        "stay_alone": True,
        "max_members": 4,
        "max_seconds": 600,
        "record": True,
        "record_format": "wav",
        "record_min_members": 2,
        "record_participant_track": True,
        "recording_callback_url": f"{APP}/taped",
        "recording_callback_method": "POST",
        "status_events": "mpc-state-changes,participant-speak-events",
        "status_url": f"{APP}/told",
        "status_method": "GET",
        "transcript": True,
        "transcription_url": f"{APP}/words",
    }


def test_a_url_the_room_cannot_ask_is_left_out_and_noted():
    line = conference('callbackUrl="ftp://app.example.com/told"')
    assert wishes(line)["callback_url"] == ""
    assert line.notes("notify_skipped") == [{"url": "ftp://app.example.com/told"}]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("entered", {"who": "+1 202 555 0143"}),
        ("left", {"who": "+1 202 555 0143"}),
        ("digits", {"who": "+1 202 555 0143", "digits": "42"}),
        ("words", {"who": "+1 202 555 0143", "text": "Hello."}),
    ],
)
def test_the_story_says_what_was_heard_and_of_whom(what, said):
    assert hear(see(conference()), what, **said).notes(f"room_heard_{what}") == [said]


@pytest.mark.parametrize(
    ("phase", "others", "note", "caption"),
    [
        (rooms.LIVE, 0, {"room": "Lobby", "others": 0}, "You are in Lobby, alone."),
        (rooms.LIVE, 2, {"room": "Lobby", "others": 2}, "You are in Lobby, with 2 more."),
        (rooms.WAITING, 1, {"room": "Lobby"}, "You are waiting for Lobby to begin."),
        (rooms.HELD, 1, {"room": "Lobby"}, "You are on hold."),
    ],
)
def test_phone_and_story_say_how_a_member_stands(phase, others, note, caption):
    line = see(conference(), phase, others=others)
    assert line.notes(f"room_{phase}") == [note]
    assert line.one(rooms.Caption).text == caption


def test_the_story_says_who_came_in_and_why_one_went():
    line = see(conference(), member_id="7", others=2)
    assert line.notes("room_joined") == [{"room": "Lobby", "member": "7", "others": 2}]
    see(line, rooms.LEFT, version=2, why="kicked")
    assert line.notes("room_left") == [{"room": "Lobby", "why": "kicked"}]


def test_the_story_says_why_a_room_refused():
    line = see(conference(), rooms.REFUSED, member_id="", why="full")
    assert line.notes("room_refused") == [{"room": "Lobby", "why": "full"}]
    assert line.notes("room_left") == []


def test_more_than_twenty_sounds_at_once_silence_the_first():
    line = see(conference())
    sounds = "<Speak>hum</Speak>" * 19
    hear(line, "sounds", document=f"<Response>{sounds}</Response>")
    first = line.of(Speak)[0].prompt_id
    assert (
        hear(line, "sounds", document="<Response><Speak>a</Speak></Response>").of(StopPrompt) == []
    )
    hear(line, "sounds", document="<Response><Speak>b</Speak></Response>")
    assert [one.prompt_id for one in line.of(StopPrompt)] == [first]
