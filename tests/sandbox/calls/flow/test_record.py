"""Record: how it begins, how it ends, and what its action is told."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import commands, events
from sandbox.calls.flow.commands import Beep, Fetch, Notify, StartRecording, StopRecording
from tests.sandbox.calls.flow.line import Line

URL = "https://app.example.com/x"


def told(command) -> dict[str, str]:
    return dict(command.extra)


def recording(**attributes: str) -> Line:
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return Line().run(f"<Record {written}/>", "<Speak>next</Speak>")


def test_a_beep_comes_before_the_recording():
    line = recording()
    kinds = [type(one) for one in line.all]
    assert kinds.index(Beep) < kinds.index(StartRecording)


def test_no_beep_when_it_is_not_wanted():
    assert recording(playBeep="false").ever(Beep) == []


def test_a_finish_key_ends_it_and_is_told():
    line = recording(action=URL).press("1#")
    assert line.one(StopRecording).reason == "FinishedOnKey"
    fetch = line.one(Fetch)
    assert (fetch.url, fetch.purpose, fetch.element) == (URL, "action", "Record")
    number = str(line.the_last(StartRecording).recording_id)
    assert told(fetch) == {
        "RecordingID": number,
        "Digits": "#",
        "RecordingEndReason": "FinishedOnKey",
    }


def test_another_key_is_a_sound_and_the_silence_counts_anew():
    line = recording(finishOnKey="9", timeout="7").press("1")
    assert line.ever(StopRecording) == []
    assert line.one(commands.StartTimer).seconds == 7
    line.press("9")
    assert line.one(StopRecording).reason == "FinishedOnKey"


def test_silence_ends_it():
    line = recording(timeout="7", action=URL).fire("record_silence")
    assert line.one(StopRecording).reason == "Timeout"
    number = str(line.the_last(StartRecording).recording_id)
    assert told(line.one(Fetch)) == {"RecordingID": number, "RecordingEndReason": "Timeout"}


@pytest.mark.parametrize("event", [events.Heard("voice"), events.SpeechHeard("hello there")])
def test_a_voice_keeps_it_going(event):
    line = recording(timeout="7")
    before = [one for one in line.state.timers if one.purpose == "record_silence"]
    line.send(event)
    after = [one for one in line.state.timers if one.purpose == "record_silence"]
    assert before != after
    assert line.ever(StopRecording) == []


def test_the_longest_time_ends_it():
    line = recording(maxLength="20", action=URL)
    assert 20 in [one.seconds for one in line.ever(commands.StartTimer)]
    line.fire("record_limit")
    assert told(line.one(Fetch))["RecordingEndReason"] == "MaxLength"


def test_a_hangup_ends_it_and_the_action_is_still_told():
    line = recording(action=URL).hang_up()
    assert line.one(StopRecording).reason == "HangUp"
    notice = line.one(Notify)
    assert (notice.purpose, notice.url, notice.call_status) == ("action", URL, "completed")
    number = str(line.the_last(StartRecording).recording_id)
    assert told(notice) == {"RecordingID": number, "RecordingEndReason": "HangUp"}


def test_a_transfer_ends_it_and_tells_no_action():
    line = recording(action=URL)
    line.send(events.TransferAsked("https://app.example.com/elsewhere"))
    assert line.one(StopRecording)
    assert line.one(Fetch).purpose == "transfer"
    assert line.of(Notify) == []


def test_without_an_action_the_next_element_runs():
    line = recording().press("#")
    assert line.one(commands.Speak).text == "next"


def test_with_redirect_false_the_action_is_told_and_the_next_element_runs():
    line = recording(action=URL, redirect="false").press("#")
    assert told(line.one(Notify))["Digits"] == "#"
    assert line.one(commands.Speak).text == "next"


def test_a_session_is_recorded_in_the_background():
    line = recording(recordSession="true", maxLength="300", action=URL, redirect="false")
    start = line.the_last(StartRecording)
    assert (start.limit_seconds, start.on_dial_answer) == (300, False)
    assert line.the_last(commands.Speak).text == "next"
    assert line.ever(Beep) == []
    notice = line.the_last(Notify)
    assert told(notice) == {
        "RecordingID": str(start.recording_id),
        "RecordingDuration": "-1",
        "RecordingDurationMs": "-1",
        "RecordingStartMs": "-1",
        "RecordingEndMs": "-1",
    }


def test_a_recording_may_wait_for_the_answer_of_a_dial():
    line = recording(startOnDialAnswer="true")
    assert line.the_last(StartRecording).on_dial_answer is True
    assert line.the_last(commands.Speak).text == "next"


def test_the_callback_goes_along_with_its_settings():
    line = recording(callbackUrl="/ready#rc=3", callbackMethod="GET")
    start = line.the_last(StartRecording)
    assert start.callback_url == "https://app.example.com/ready"
    assert (start.settings, start.callback_method) == ("rc=3", "GET")


def test_a_callback_that_cannot_be_told_leaves_a_note():
    line = recording(callbackUrl="nowhere:1")
    assert line.the_last(StartRecording).callback_url == ""
    assert line.notes("notify_skipped")


def test_a_transcription_is_reported_as_ignored():
    line = recording(transcriptionType="auto", transcriptionUrl=URL)
    assert "not transcribed" in line.notes("transcription_ignored")[0]["message"]


def test_xml_02_a_recording_is_a_media_step():
    assert recording().state.idle_documents == 0
