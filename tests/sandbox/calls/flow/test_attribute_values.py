"""Every attribute of every element: its default, its values and its bounds (compat/xml.md)."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import parse
from sandbox.calls.flow.base import Element

KEYS = "1234567890*#"
WRITTEN = {
    "Conference": "<Conference {}>Lobby</Conference>",
    "Dial": "<Dial {}><Number>14155550103</Number></Dial>",
    "GetInput": '<GetInput inputType="dtmf speech" {}/>',
    "MultiPartyCall": '<MultiPartyCall role="agent" {}>Support</MultiPartyCall>',
    "Number": "<Dial><Number {}>14155550103</Number></Dial>",
    "Stream": "<Stream {}>wss://app.example.com/s</Stream>",
    "User": "<Dial><User {}>sip:ann@phone.example.com</User></Dial>",
    "Confirmed": '<Dial confirmSound="/c" {}><Number>14155550103</Number></Dial>',
    "Silence": '<Wait silence="true" {}/>',
}

NUMBERS = [
    ("Speak", "loop", "loop", 1, 0, 1000),
    ("Play", "loop", "loop", 1, 0, 1000),
    ("Wait", "length", "seconds", 1, 1, 86_400),
    ("Silence", "minSilence", "min_silence_ms", 0, 0, 3_600_000),
    ("Silence", "min_silence", "min_silence_ms", 0, 0, 3_600_000),
    ("GetDigits", "timeout", "timeout_seconds", 5, 1, 3600),
    ("GetDigits", "digitTimeout", "digit_timeout_seconds", 2, 1, 3600),
    ("GetDigits", "numDigits", "num_digits", 99, 1, 99),
    ("GetDigits", "retries", "attempts", 1, 1, 100),
    ("GetInput", "executionTimeout", "execution_seconds", 15, 5, 60),
    ("GetInput", "startInputTimeout", "start_seconds", 0, 0, 60),
    ("GetInput", "digitEndTimeout", "digit_end_seconds", 2, 2, 10),
    ("GetInput", "speechEndTimeout", "speech_end_seconds", 2, 2, 10),
    ("GetInput", "numDigits", "num_digits", 32, 1, 32),
    ("GetInput", "retries", "attempts", 1, 1, 100),
    ("Record", "timeout", "silence_seconds", 15, 1, 3600),
    ("Record", "maxLength", "limit_seconds", 60, 1, 14_400),
    ("Dial", "timeLimit", "time_limit_seconds", 14_400, 1, 86_400),
    ("Dial", "timeout", "timeout_seconds", 120, 1, 3600),
    ("Dial", "confirmTimeout", "confirm_timeout_seconds", 120, 1, 3600),
    ("Conference", "maxMembers", "max_members", 20, 1, 20),
    ("Conference", "timeLimit", "time_limit_seconds", 86_400, 1, 86_400),
    ("MultiPartyCall", "maxDuration", "max_duration_seconds", 14_400, 300, 28_800),
    ("MultiPartyCall", "maxParticipants", "max_participants", 10, 2, 10),
    ("MultiPartyCall", "recordMinMemberCount", "record_min_members", 1, 1, 2),
    ("MultiPartyCall", "waitTime", "wait_limit_seconds", 0, 0, 1800),
    ("Hangup", "schedule", "schedule_seconds", 0, 0, 86_400),
    ("Stream", "streamTimeout", "timeout_seconds", 86_400, 1, 86_400),
]
FLAGS = [
    ("Wait", "silence", "silence", False),
    ("Wait", "beep", "beep", False),
    ("GetDigits", "redirect", "redirect", True),
    ("GetDigits", "playBeep", "play_beep", False),
    ("GetDigits", "log", "log", True),
    ("GetInput", "redirect", "redirect", True),
    ("GetInput", "log", "log", True),
    ("GetInput", "profanityFilter", "profanity_filter", False),
    ("Record", "redirect", "redirect", True),
    ("Record", "playBeep", "play_beep", True),
    ("Record", "recordSession", "session", False),
    ("Record", "startOnDialAnswer", "on_dial_answer", False),
    ("Dial", "hangupOnStar", "hangup_on_star", False),
    ("Dial", "redirect", "redirect", True),
    ("Number", "sendOnPreanswer", "send_on_preanswer", False),
    ("User", "sendOnPreanswer", "send_on_preanswer", False),
    ("Conference", "muted", "muted", False),
    ("Conference", "startConferenceOnEnter", "start_on_enter", True),
    ("Conference", "endConferenceOnExit", "end_on_exit", False),
    ("Conference", "stayAlone", "stay_alone", True),
    ("Conference", "hangupOnStar", "hangup_on_star", False),
    ("Conference", "record", "record", False),
    ("Conference", "recordWhenAlone", "record_when_alone", False),
    ("Conference", "floorEvent", "floor_event", False),
    ("Conference", "relayDTMF", "relay_dtmf", True),
    ("Conference", "redirect", "redirect", True),
    ("MultiPartyCall", "record", "record", False),
    ("MultiPartyCall", "recordParticipantTrack", "record_participant_track", False),
    ("MultiPartyCall", "stayAlone", "stay_alone", False),
    ("MultiPartyCall", "coachMode", "coach", True),
    ("MultiPartyCall", "mute", "mute", False),
    ("MultiPartyCall", "hold", "hold", False),
    ("MultiPartyCall", "startMpcOnEnter", "start_on_enter", True),
    ("MultiPartyCall", "endMpcOnExit", "end_on_exit", False),
    ("MultiPartyCall", "relayDTMFInputs", "relay_dtmf", False),
    ("Stream", "bidirectional", "bidirectional", False),
    ("Stream", "keepCallAlive", "waits", False),
]
CHOICES = [
    ("Speak", "voice", "voice", "WOMAN", ("WOMAN", "MAN", "Polly.Amy")),
    (
        "GetInput",
        "speechModel",
        "model",
        "default",
        ("default", "command_and_search", "phone_call"),
    ),
    ("Record", "fileFormat", "file_format", "mp3", ("mp3", "wav")),
    ("Confirmed", "confirmKey", "confirm_key", "", tuple(KEYS)),
    ("Conference", "recordFileFormat", "record_format", "mp3", ("mp3", "wav")),
    ("Conference", "enterSound", "enter_sound", "", ("beep:1", "beep:2")),
    ("Conference", "exitSound", "exit_sound", "", ("beep:1", "beep:2")),
    ("MultiPartyCall", "recordFileFormat", "record_format", "mp3", ("mp3", "wav")),
    ("Hangup", "reason", "reason", "", ("busy", "rejected")),
    ("Stream", "audioTrack", "track", "inbound", ("inbound", "outbound", "both")),
    (
        "Stream",
        "contentType",
        "content_type",
        "audio/x-l16;rate=8000",
        ("audio/x-l16;rate=8000", "audio/x-l16;rate=16000", "audio/x-mulaw;rate=8000"),
    ),
]
TEXTS = [
    ("Speak", "language", "language", "en-US", "de-DE"),
    ("Message", "src", "src", "", "14155550100"),
    ("Message", "dst", "dst", "", "14155550101&lt;14155550102"),
    ("Message", "type", "type", "sms", "mms"),
    ("Message", "callbackUrl", "callback_url", "", "/x"),
    ("GetDigits", "action", "action", "", "/x"),
    ("GetDigits", "finishOnKey", "finish_on_key", "#", "0*"),
    ("GetDigits", "validDigits", "valid_digits", KEYS, "12#"),
    ("GetDigits", "invalidDigitsSound", "invalid_sound", "", "/x"),
    ("GetInput", "action", "action", "", "/x"),
    ("GetInput", "finishOnKey", "finish_on_key", "#", "*"),
    ("GetInput", "language", "language", "en-US", "sv-SE"),
    ("GetInput", "interimSpeechResultsCallback", "interim_url", "", "/x"),
    ("Record", "action", "action", "", "/x"),
    ("Record", "finishOnKey", "finish_on_key", "#", "12"),
    ("Record", "callbackUrl", "callback_url", "", "/x"),
    ("Dial", "action", "action", "", "/x"),
    ("Dial", "callerId", "caller_id", "", "14155550100"),
    ("Dial", "callerName", "caller_name", "", "Ann"),
    ("Dial", "confirmSound", "confirm_sound", "", "/x"),
    ("Dial", "dialMusic", "dial_music", "", "real"),
    ("Dial", "callbackUrl", "callback_url", "", "/x"),
    ("Dial", "sipHeaders", "sip_headers", "", "a=b,c=d"),
    ("Number", "sendDigits", "send_digits", "", "0123456789*#wW"),
    ("Number", "callerId", "caller_id", "", "14155550100"),
    ("Number", "callerName", "caller_name", "", "Ann"),
    ("Number", "sipHeaders", "sip_headers", "", "a=b"),
    ("User", "sendDigits", "send_digits", "", "1w2"),
    ("User", "callerId", "caller_id", "", "14155550100"),
    ("User", "callerName", "caller_name", "", "Ann"),
    ("User", "sipHeaders", "sip_headers", "", "a=b"),
    ("Conference", "waitSound", "wait_sound", "", "/x"),
    ("Conference", "action", "action", "", "/x"),
    ("Conference", "callbackUrl", "callback_url", "", "/x"),
    ("Conference", "enterSound", "enter_sound", "", "/x"),
    ("Conference", "exitSound", "exit_sound", "", "/x"),
    ("Conference", "transcriptionUrl", "transcription_url", "", "/x"),
    ("Conference", "sendDigits", "send_digits", "", "0123456789*#wW"),
    ("MultiPartyCall", "waitMusicUrl", "wait_music", "", "/x"),
    ("MultiPartyCall", "agentHoldMusicUrl", "agent_music", "", "/x"),
    ("MultiPartyCall", "customerHoldMusicUrl", "customer_music", "", "/x"),
    ("MultiPartyCall", "recordingCallbackUrl", "recording_callback_url", "", "/x"),
    ("MultiPartyCall", "statusCallbackUrl", "status_url", "", "/x"),
    ("MultiPartyCall", "enterSound", "enter_sound", "beep:1", "/x"),
    ("MultiPartyCall", "exitSound", "exit_sound", "beep:2", "/x"),
    ("MultiPartyCall", "onExitActionUrl", "exit_url", "", "/x"),
    ("MultiPartyCall", "startRecordingAudio", "start_recording_audio", "", "/x"),
    ("MultiPartyCall", "stopRecordingAudio", "stop_recording_audio", "", "/x"),
    ("MultiPartyCall", "transcriptionUrl", "transcription_url", "", "/x"),
    ("Stream", "extraHeaders", "extra_headers", "", "a=b"),
    ("Stream", "statusCallbackUrl", "callback_url", "", "/x"),
]
METHODS = [
    ("Message", "callbackMethod", "callback_method", "POST"),
    ("GetDigits", "method", "method", "POST"),
    ("GetInput", "method", "method", "POST"),
    ("GetInput", "interimSpeechResultsCallbackMethod", "interim_method", "POST"),
    ("Record", "method", "method", "POST"),
    ("Record", "callbackMethod", "callback_method", "POST"),
    ("Dial", "method", "method", "POST"),
    ("Dial", "callbackMethod", "callback_method", "POST"),
    ("Conference", "method", "method", "POST"),
    ("Conference", "callbackMethod", "callback_method", "POST"),
    ("Conference", "transcriptionMethod", "transcription_method", "POST"),
    ("MultiPartyCall", "waitMusicMethod", "wait_music_method", "GET"),
    ("MultiPartyCall", "agentHoldMusicMethod", "agent_music_method", "GET"),
    ("MultiPartyCall", "customerHoldMusicMethod", "customer_music_method", "GET"),
    ("MultiPartyCall", "recordingCallbackMethod", "recording_callback_method", "GET"),
    ("MultiPartyCall", "statusCallbackMethod", "status_method", "POST"),
    ("MultiPartyCall", "enterSoundMethod", "enter_sound_method", "GET"),
    ("MultiPartyCall", "exitSoundMethod", "exit_sound_method", "GET"),
    ("MultiPartyCall", "onExitActionMethod", "exit_method", "POST"),
    ("MultiPartyCall", "startRecordingAudioMethod", "start_recording_audio_method", "GET"),
    ("MultiPartyCall", "stopRecordingAudioMethod", "stop_recording_audio_method", "GET"),
    ("Redirect", "method", "method", "POST"),
    ("Stream", "statusCallbackMethod", "callback_method", "POST"),
]


def taken(element: str, field: str, attributes: str = "") -> tuple[object, list[str]]:
    """What the element understood, and the names of what was noted about its attributes."""
    written = WRITTEN.get(element, f"<{element} {{}}/>").format(attributes)
    document = parse(f"<Response>{written}</Response>".encode())
    found: Element = document.elements[0]
    if element in ("Number", "User"):
        found = found.targets[0]
    noted = [one.code for one in document.notices if one.code != "attribute_clamped"]
    return getattr(found, field), noted


@pytest.mark.parametrize(("element", "attribute", "field", "default", "low", "high"), NUMBERS)
def test_a_number_has_its_default_and_its_bounds(element, attribute, field, default, low, high):
    assert taken(element, field)[0] == default
    for written, expected in ((low, low), (high, high), (low - 1, low), (high + 1, high)):
        assert taken(element, field, f'{attribute}="{written}"') == (expected, [])


@pytest.mark.parametrize(("element", "attribute", "field", "default"), FLAGS)
def test_a_flag_has_its_default_and_can_be_set_both_ways(element, attribute, field, default):
    assert taken(element, field)[0] is default
    assert taken(element, field, f'{attribute}="true"') == (True, [])
    assert taken(element, field, f'{attribute}="false"') == (False, [])


@pytest.mark.parametrize(("element", "attribute", "field", "default", "values"), CHOICES)
def test_a_choice_has_its_default_and_takes_each_of_its_values(
    element, attribute, field, default, values
):
    assert taken(element, field)[0] == default
    for value in values:
        assert taken(element, field, f'{attribute}="{value}"') == (value, [])


@pytest.mark.parametrize(("element", "attribute", "field", "default", "values"), CHOICES)
def test_what_is_none_of_the_choices_gives_the_default_and_a_note(
    element, attribute, field, default, values
):
    wrong = "beep:9" if "beep:1" in values else "wrong"
    assert taken(element, field, f'{attribute}="{wrong}"') == (default, ["attribute_unusable"])


@pytest.mark.parametrize(("element", "attribute", "field", "default", "value"), TEXTS)
def test_a_text_has_its_default_and_is_taken_as_written(element, attribute, field, default, value):
    assert taken(element, field)[0] == default
    expected = value.replace("&lt;", "<")
    assert taken(element, field, f'{attribute}="{value}"') == (expected, [])


@pytest.mark.parametrize(("element", "attribute", "field", "default"), METHODS)
def test_a_method_has_its_default_and_is_read_in_capitals(element, attribute, field, default):
    assert taken(element, field)[0] == default
    assert taken(element, field, f'{attribute}=""')[0] == default
    other = {"POST": "get", "GET": "post"}[default]
    assert taken(element, field, f'{attribute}="{other}"') == (other.upper(), [])
