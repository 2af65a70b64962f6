"""GetInput: keys or words, whichever comes first."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import commands, events, hides_digits
from sandbox.calls.flow.commands import ChargeSpeech, Fetch, Notify, StartTimer, StopPrompt
from tests.sandbox.calls.flow.line import Line

URL = "https://app.example.com/x"


def asking(inside: str = "", **attributes: str) -> Line:
    attributes = {"action": URL, "inputType": "dtmf speech", **attributes}
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return Line().run(f"<GetInput {written}>{inside}</GetInput>", "<Speak>next</Speak>")


def say(line: Line, text: str) -> Line:
    return line.send(events.SpeechHeard(text))


def told(line: Line) -> dict[str, str]:
    return dict(line.one(Fetch).extra)


def test_the_pause_after_words_counts_from_their_end():
    line = asking(speechEndTimeout="3").send(events.SpeechHeard("a long answer", 0, 4))
    assert line.one(StartTimer, lambda one: one.purpose == "input_end").seconds == 7


def test_keys_until_the_finish_key():
    assert told(asking().press("12#")) == {
        "InputType": "dtmf",
        "Digits": "12",
        "BilledAmount": "0.00000",
    }


def test_keys_until_there_are_enough():
    assert told(asking(numDigits="2").press("1").press("23"))["Digits"] == "12"


def test_keys_until_a_pause():
    line = asking(digitEndTimeout="4").press("1")
    assert line.one(StartTimer).seconds == 4
    assert told(line.fire("input_end"))["Digits"] == "1"


def test_words_until_a_pause():
    line = say(say(asking(speechEndTimeout="3"), "book a"), "table")
    assert line.one(StartTimer).seconds == 3
    assert told(line.fire("input_end")) == {
        "InputType": "speech",
        "Speech": "book a table",
        "SpeechConfidenceScore": "1.0",
        "BilledAmount": "0.02000",
    }


def test_what_is_detected_first_wins():
    line = say(asking().press("1"), "two")
    assert told(line.fire("input_end"))["Digits"] == "1"
    line = say(asking(), "two").press("1")
    assert told(line.fire("input_end"))["InputType"] == "speech"


def test_only_what_is_asked_for_is_heard():
    assert say(asking(inputType="dtmf"), "two").last == ()
    assert asking(inputType="speech").press("2").last == ()


@pytest.mark.parametrize(
    ("length", "amount"), [(10, "0.02000"), (250, "0.02000"), (251, "0.04000")]
)
def test_speech_is_billed_for_each_started_fifteen_seconds(length, amount):
    line = say(asking(), "x" * length).fire("input_end")
    assert told(line)["BilledAmount"] == amount
    assert line.one(ChargeSpeech).amount == amount


def test_keys_cost_nothing():
    assert asking().press("1#").of(ChargeSpeech) == []


def test_nothing_in_time_runs_the_next_element():
    line = asking(executionTimeout="9")
    assert line.the_last(StartTimer).seconds == 9
    line.fire("input_limit")
    assert line.one(commands.Speak).text == "next"
    assert line.ever(Fetch)[1:] == []


def test_the_whole_time_ends_an_input_that_goes_on():
    line = asking().press("1").fire("input_limit")
    assert told(line)["Digits"] == "1"


def test_each_attempt_repeats_the_prompts():
    line = asking("<Speak>say it</Speak>", retries="2").said().fire("input_limit")
    assert line.one(commands.Speak).text == "say it"
    line.said().fire("input_limit")
    assert line.one(commands.Speak).text == "next"


def test_the_time_to_begin_is_separate():
    line = asking(startInputTimeout="4", executionTimeout="30").press("1")
    assert [one.purpose for one in line.state.timers if one.purpose == "input_start"] == []
    line = asking(startInputTimeout="4").fire("input_start")
    assert line.one(commands.Speak).text == "next"


def test_a_key_or_a_word_interrupts_the_prompts():
    assert asking("<Speak>long</Speak>").press("1").one(StopPrompt)
    assert say(asking("<Speak>long</Speak>"), "yes").one(StopPrompt)


def test_the_interim_callback_hears_what_is_understood_so_far():
    line = asking(interimSpeechResultsCallback=URL, interimSpeechResultsCallbackMethod="GET")
    say(say(line, "book a"), "table")
    notice = line.one(Notify)
    assert (notice.purpose, notice.method) == ("interim", "GET")
    assert dict(notice.extra) == {
        "StableSpeech": "book a table",
        "UnstableSpeech": "",
        "Stability": "1.0",
        "SequenceNumber": "2",
    }


def test_with_log_false_nothing_of_the_input_is_shown():
    line = asking(log="false", interimSpeechResultsCallback=URL)
    assert hides_digits(line.state)
    say(line, "my secret")
    assert line.one(Notify).secret == ("StableSpeech",)
    line.fire("input_end")
    assert line.one(Fetch).secret == ("Digits", "Speech")
    assert "secret" not in str(line.notes("input_collected"))


def test_the_profanity_filter_leaves_the_first_letter():
    line = say(asking(profanityFilter="true"), "this shit works").fire("input_end")
    assert told(line)["Speech"] == "this s*** works"


def test_a_wait_among_the_prompts_ends_early_on_silence():
    wait = '<Wait length="9" silence="true" minSilence="300"/>'
    line = asking(wait)
    line.fire("silence")
    assert [one.purpose for one in line.state.timers] == ["time_limit", "input_limit"]


def test_words_keep_a_wait_for_silence_waiting():
    line = asking('<Wait length="9" silence="true" minSilence="300"/>', inputType="dtmf")
    before = line.state.timers
    say(line, "hello")
    assert line.state.timers != before


@pytest.mark.parametrize(
    ("name", "value", "note"),
    [
        ("inputType", "telepathy", "attribute_unusable"),
        ("speechEndTimeout", "99", "attribute_clamped"),
        ("hints", ",".join(["x" * 101]), "attribute_cut"),
        ("speechModel", "best", "attribute_unusable"),
    ],
)
def test_what_cannot_be_used_is_noted(name, value, note):
    assert asking(**{name: value}).notes(note)


def test_auto_is_a_pause_of_two_seconds():
    line = asking(digitEndTimeout="auto", speechEndTimeout="auto").press("1")
    assert line.one(StartTimer).seconds == 2
