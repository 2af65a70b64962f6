"""Conference and MultiPartyCall as the official Python SDK builds them, attribute by attribute."""

import pytest
from plivo import plivoxml

from sandbox.calls.flow import parse

URL = "https://app.example.com/x"


def read(element):
    response = plivoxml.ResponseElement()
    response.add(element)
    return parse(response.to_string().encode())


def only(element):
    document = read(element)
    # What is accepted without effect has a test of its own.
    assert {one.code for one in document.notices} <= {"transcription_ignored"}
    return document.elements[0]


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        (
            plivoxml.ConferenceElement("Room", transcription_type="auto"),
            plivoxml.ConferenceElement("Room", transcription_url=URL),
        ),
        (
            plivoxml.MultiPartyCallElement("Support", role="agent", transcript=True),
            plivoxml.MultiPartyCallElement("Support", role="agent", transcription_url=URL),
        ),
    ],
)
def test_a_transcription_that_is_asked_for_is_told_not_to_be_made(asked, plain):
    (notice,) = read(asked).notices
    assert notice.code == "transcription_ignored"
    assert "not transcribed" in notice.message
    assert read(plain).notices == ()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"muted": True}, {"muted": True}),
        ({"enter_sound": "beep:1"}, {"enter_sound": "beep:1"}),
        ({"enter_sound": URL}, {"enter_sound": URL}),
        ({"exit_sound": "beep:2"}, {"exit_sound": "beep:2"}),
        ({"start_conference_on_enter": False}, {"start_on_enter": False}),
        ({"end_conference_on_exit": True}, {"end_on_exit": True}),
        ({"stay_alone": False}, {"stay_alone": False}),
        ({"wait_sound": URL}, {"wait_sound": URL}),
        ({"max_members": 5}, {"max_members": 5}),
        (
            {"record": True, "record_file_format": "wav", "record_when_alone": True},
            {"record": True, "record_format": "wav", "record_when_alone": True},
        ),
        ({"time_limit": 90}, {"time_limit_seconds": 90}),
        ({"hangup_on_star": True}, {"hangup_on_star": True}),
        (
            {"action": URL, "method": "GET", "redirect": False},
            {"action": URL, "method": "GET", "redirect": False},
        ),
        (
            {"callback_url": URL, "callback_method": "GET"},
            {"callback_url": URL, "callback_method": "GET"},
        ),
        ({"digits_match": "1,22"}, {"digits_match": ("1", "22")}),
        ({"floor_event": True}, {"floor_event": True}),
        ({"relay_dtmf": False}, {"relay_dtmf": False}),
        ({"send_digits": "1w2"}, {"send_digits": "1w2"}),
        (
            {
                "transcription_type": "auto",
                "transcription_url": URL,
                "transcription_method": "GET",
            },
            {
                "transcription_type": "auto",
                "transcription_url": URL,
                "transcription_method": "GET",
            },
        ),
    ],
)
def test_every_attribute_of_conference_arrives(written, read_as):
    value = only(plivoxml.ConferenceElement("My Room", **written))
    assert value.room == "My Room"
    assert {name: getattr(value, name) for name in read_as} == read_as


def test_a_conference_has_the_documented_defaults():
    value = only(plivoxml.ConferenceElement("Room"))
    assert (value.muted, value.start_on_enter, value.end_on_exit) == (False, True, False)
    assert (value.stay_alone, value.max_members, value.relay_dtmf) == (True, 20, True)
    assert (value.enter_sound, value.time_limit_seconds, value.redirect) == ("", 86_400, True)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"role": "Customer"}, {"role": "customer"}),
        ({"max_duration": 600}, {"max_duration_seconds": 600}),
        ({"max_participants": 4}, {"max_participants": 4}),
        ({"record_min_member_count": 2}, {"record_min_members": 2}),
        (
            {"wait_music_url": URL, "wait_music_method": "POST", "wait_time": 60},
            {"wait_music": URL, "wait_music_method": "POST", "wait_limit_seconds": 60},
        ),
        (
            {"agent_hold_music_url": URL, "agent_hold_music_method": "POST"},
            {"agent_music": URL, "agent_music_method": "POST"},
        ),
        (
            {"customer_hold_music_url": URL, "customer_hold_music_method": "POST"},
            {"customer_music": URL, "customer_music_method": "POST"},
        ),
        (
            {"record": True, "record_file_format": "wav", "record_participant_track": True},
            {"record": True, "record_format": "wav", "record_participant_track": True},
        ),
        (
            {"recording_callback_url": URL, "recording_callback_method": "POST"},
            {"recording_callback_url": URL, "recording_callback_method": "POST"},
        ),
        (
            {
                "status_callback_events": "participant-speak-events",
                "status_callback_url": URL,
                "status_callback_method": "GET",
            },
            {
                "status_events": ("participant-speak-events",),
                "status_url": URL,
                "status_method": "GET",
            },
        ),
        ({"stay_alone": True}, {"stay_alone": True}),
        ({"coach_mode": False}, {"coach": False}),
        ({"mute": True, "hold": True}, {"mute": True, "hold": True}),
        (
            {"start_mpc_on_enter": False, "end_mpc_on_exit": True},
            {"start_on_enter": False, "end_on_exit": True},
        ),
        (
            {"enter_sound": URL, "enter_sound_method": "POST"},
            {"enter_sound": URL, "enter_sound_method": "POST"},
        ),
        (
            {"exit_sound": "none", "exit_sound_method": "POST"},
            {"exit_sound": "", "exit_sound_method": "POST"},
        ),
        (
            {"on_exit_action_url": URL, "on_exit_action_method": "GET"},
            {"exit_url": URL, "exit_method": "GET"},
        ),
        ({"relay_dtmf_inputs": True}, {"relay_dtmf": True}),
        (
            {"start_recording_audio": URL, "start_recording_audio_method": "POST"},
            {"start_recording_audio": URL, "start_recording_audio_method": "POST"},
        ),
        (
            {"stop_recording_audio": URL, "stop_recording_audio_method": "POST"},
            {"stop_recording_audio": URL, "stop_recording_audio_method": "POST"},
        ),
        (
            {"transcript": True, "transcription_url": URL},
            {"transcript": True, "transcription_url": URL},
        ),
    ],
)
def test_every_attribute_of_a_multi_party_call_arrives(written, read_as):
    value = only(plivoxml.MultiPartyCallElement("Support", **{"role": "agent", **written}))
    assert value.room == "Support"
    assert {name: getattr(value, name) for name in read_as} == read_as


def test_a_multi_party_call_has_the_documented_defaults():
    value = only(plivoxml.MultiPartyCallElement("Support", role="agent"))
    assert (value.max_duration_seconds, value.max_participants) == (14_400, 10)
    assert (value.enter_sound, value.exit_sound) == ("beep:1", "beep:2")
    assert (value.stay_alone, value.start_on_enter, value.relay_dtmf) == (False, True, False)
    assert value.status_events == ("mpc-state-changes", "participant-state-changes")
