"""GetDigits, GetInput and Record: what is left of them, and what they do not listen to."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import events, hides_digits, parse
from sandbox.calls.flow.commands import Fetch, Notify, Speak, StartTimer, StopRecording
from sandbox.calls.flow.values import Value

from .line import Line

SAY = "<Speak>after</Speak>"
SILENCE = '<Wait length="9" silence="true" minSilence="300"/>'
ASK = '<GetInput action="/x" inputType="dtmf speech" startInputTimeout="9">'


def armed(line: Line) -> list[str]:
    return [one.purpose for one in line.state.timers]


def attribute(written: str, field: str) -> tuple[object, list[str]]:
    document = parse(f"<Response><{written}/></Response>".encode())
    return getattr(document.elements[0], field), [one.code for one in document.notices]


@pytest.mark.parametrize(
    "xml",
    [
        '<GetDigits action="/x" redirect="false" numDigits="1"/>',
        '<GetInput action="/x" redirect="false" inputType="dtmf" numDigits="1"'
        ' startInputTimeout="9"/>',
        '<Record action="/x" redirect="false" finishOnKey="1"/>',
    ],
)
def test_an_input_that_is_over_leaves_no_timer_behind(xml):
    line = Line().run(xml, '<Speak loop="0">music</Speak>').press("1")
    assert line.one(Speak).text == "music"
    assert armed(line) == ["time_limit"]


def test_words_that_are_over_leave_no_timer_behind():
    line = Line().run(f"{ASK}</GetInput>").send(events.SpeechHeard("yes")).fire("input_end")
    assert armed(line) == ["time_limit"]


def test_signs_that_are_no_keys_are_dropped():
    line = Line().run('<GetDigits action="/x" numDigits="2"/>').press("A1x2")
    assert dict(line.one(Fetch).extra) == {"Digits": "12"}
    assert Line().run('<GetDigits action="/x"/>').press("AB").last == ()


@pytest.mark.parametrize(
    "xml", [f"{ASK}{SILENCE}</GetInput>", f"<GetDigits>{SILENCE}</GetDigits>", SILENCE, "<Record/>"]
)
def test_what_is_heard_on_another_leg_is_no_sound_here(xml):
    line = Line().run(xml, SAY)
    assert line.send(events.Heard("voice", 7)).last == ()
    assert line.press("1", 7).last == ()


def test_only_an_input_without_a_log_hides_what_is_pressed():
    assert not hides_digits(Line().state)
    assert not hides_digits(Line().run(SAY).state)
    assert not hides_digits(Line().run("<GetDigits/>").state)
    assert hides_digits(Line().run('<GetDigits log="false"/>').state)


def test_words_above_a_thousand_characters_are_cut():
    line = Line().run(f"{ASK}</GetInput>").send(events.SpeechHeard("x" * 1001)).fire("input_end")
    assert dict(line.one(Fetch).extra)["Speech"] == "x" * 1000


def test_words_in_pieces_are_cut_at_four_thousand_characters():
    line = Line().run(f"{ASK}</GetInput>")
    for _ in range(5):
        line.send(events.SpeechHeard("x" * 999))
    assert len(dict(line.fire("input_end").one(Fetch).extra)["Speech"]) == 4000


def test_the_interim_callback_is_an_event_of_its_own():
    line = Line().run('<GetInput inputType="speech" interimSpeechResultsCallback="/so-far"/>')
    told = line.send(events.SpeechHeard("yes")).one(Notify)
    assert (told.event, told.method, told.secret) == ("InterimSpeech", "POST", ())


@pytest.mark.parametrize(
    ("input_type", "kinds", "notes"),
    [
        ("dtmf", ("dtmf",), []),
        ("speech", ("speech",), []),
        ("speech dtmf", ("dtmf", "speech"), []),
        ("DTMF", ("dtmf",), []),
        ("dtmf telepathy", ("dtmf",), ["attribute_unusable"]),
        ("", ("dtmf", "speech"), ["attribute_unusable"]),
    ],
)
def test_an_input_type_is_one_word_or_two(input_type, kinds, notes):
    assert attribute(f'GetInput inputType="{input_type}"', "kinds") == (kinds, notes)


@pytest.mark.parametrize(
    ("hints", "kept", "notes"),
    [
        (" yes , no,", ("yes", "no"), []),
        ("x" * 100, ("x" * 100,), []),
        ("x" * 101, ("x" * 100,), ["attribute_cut"]),
        (",".join(["x"] * 501), ("x",) * 500, ["attribute_cut"]),
        ("x" * 10_001, ("x" * 100,), ["attribute_cut", "attribute_cut"]),
    ],
    ids=["two", "the longest", "a longer one", "too many", "too much"],
)
def test_hints_are_cut_to_what_is_allowed(hints, kept, notes):
    written = f'GetInput inputType="speech" hints="{hints}"'
    assert attribute(written, "hints") == (kept, notes)


@pytest.mark.parametrize("name", ["GetDigits", "GetInput inputType='dtmf'", "Record"])
@pytest.mark.parametrize(
    ("written", "keys", "notes"),
    [
        ("none", "", []),
        ("None", "", []),
        ("", "", []),
        ("12*", "12*", []),
        ("A", "#", ["attribute_unusable"]),
    ],
)
def test_finish_keys_may_be_several_or_none(name, written, keys, notes):
    assert attribute(f'{name} finishOnKey="{written}"', "finish_on_key") == (keys, notes)


@pytest.mark.parametrize(
    ("written", "wanted", "notes"),
    [
        ("true", True, []),
        ("false", False, []),
        ("", False, []),
        ("duration=300,inter_silence=50,intra_silence=500,threshold=256", True, []),
        ("threshold=256", True, []),
        ("loudness=3", False, ["attribute_unusable"]),
        ("duration=300,loudness=3", False, ["attribute_unusable"]),
    ],
)
def test_a_wait_listens_for_a_beep_in_two_spellings(written, wanted, notes):
    assert attribute(f'Wait beep="{written}"', "beep") == (wanted, notes)


@pytest.mark.parametrize(
    ("written", "field", "longest"),
    [
        ("Dial callerId", "caller_id", 200),
        ("Dial callerName", "caller_name", 50),
        ("Number callerId", "caller_id", 200),
        ("Number callerName", "caller_name", 50),
    ],
)
def test_names_of_a_caller_are_cut_at_their_longest(written, field, longest):
    name, attribute_name = written.split()
    value = f'{attribute_name}="{"x" * (longest + 1)}"'
    number = f"<Number {value if name == 'Number' else ''}>1</Number>"
    xml = f"<Response><Dial {value if name == 'Dial' else ''}>{number}</Dial></Response>"
    found: Value = parse(xml.encode()).elements[0]
    found = found.targets[0] if name == "Number" else found
    assert getattr(found, field) == "x" * longest


def test_a_hangup_while_recording_tells_the_action_how_it_ended():
    line = Line().run('<Record action="/x" method="GET"/>').hang_up()
    told = line.one(Notify)
    assert (told.event, told.method) == ("Redirect", "GET")
    assert line.one(StopRecording).reason == "HangUp"


def test_a_hangup_while_recording_without_an_action_leaves_no_note():
    line = Line().run("<Record/>").hang_up()
    assert (line.of(Notify), line.notes("notify_skipped")) == ([], [])


def test_a_key_that_ends_nothing_begins_the_silence_anew_and_keeps_the_limit():
    line = Line().run('<Record timeout="7" maxLength="20"/>').press("12")
    assert line.one(StartTimer).seconds == 7
    assert sorted(armed(line)) == ["record_limit", "record_silence", "time_limit"]
