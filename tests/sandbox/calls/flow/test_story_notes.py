"""What the story says of what could not be done, and where."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import events, parse, rooms
from sandbox.calls.flow.commands import Fetch, StoryNote

from .line import Line
from .talking import conference, see

SAY = "<Speak>after</Speak>"
PLACED = [
    "Speak",
    "Play",
    "Wait",
    "DTMF",
    "GetDigits",
    "GetInput",
    "Record",
    "Stream",
    "Redirect",
    "Hangup",
    "PreAnswer",
    "Message",
    "Conference",
]


@pytest.mark.parametrize("name", PLACED)
def test_an_element_knows_where_it_was_written(name):
    element = parse(f"<Response>\n   <{name}/></Response>".encode()).elements[0]
    assert (element.name, element.line, element.column) == (name, 2, 4)


def test_a_dial_and_its_children_know_where_they_were_written():
    xml = (
        b"<Response>\n <Dial>\n  <Number>1</Number>\n   <User>sip:a@b.test</User></Dial></Response>"
    )
    dial = parse(xml).elements[0]
    places = [(one.name, one.line, one.column) for one in (dial, *dial.targets)]
    assert places == [("Dial", 2, 2), ("Number", 3, 3), ("User", 4, 4)]


def test_a_multiparty_call_knows_where_it_was_written():
    element = parse(b'<Response>\n  <MultiPartyCall role="agent"/></Response>').elements[0]
    assert (element.name, element.line, element.column) == ("MultiPartyCall", 2, 3)


def test_attributes_of_the_response_are_noted_as_unknown():
    notice = parse(b'<Response lang="en"/>').notices[0]
    assert (notice.code, notice.element) == ("attribute_unknown", "Response")


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("<Redirect>ftp://app.example.com/x</Redirect>", "url_unusable"),
        ('<Redirect method="PUT">/x</Redirect>', "method_unusable"),
    ],
)
def test_the_story_says_whether_it_was_the_url_or_the_method(written, note):
    line = Line().run(written)
    kinds = [one.kind for one in line.of(StoryNote) if one.kind.endswith("_unusable")]
    assert kinds == [note]


def test_a_play_url_that_may_not_be_asked_is_named():
    line = Line().run(f"<Play>file:///etc/passwd</Play>{SAY}")
    assert line.notes("audio_failed") == [{"reason": "url_unusable", "url": "file:///etc/passwd"}]


def test_a_callback_that_cannot_be_told_is_named_with_its_method():
    line = Line().run(f'<Record callbackUrl="/x" callbackMethod="PUT"/>{SAY}')
    assert line.notes("notify_skipped") == [{"purpose": "recording", "url": "/x", "method": "PUT"}]


def test_sounds_that_cannot_be_asked_are_named():
    line = see(conference('waitSound="ftp://app.example.com/x"'), rooms.WAITING)
    assert line.notes("sounds_skipped") == [
        {"purpose": "wait_sound", "url": "ftp://app.example.com/x"}
    ]


def test_a_document_of_sounds_with_something_else_in_it_is_noted():
    line = Line().run('<Dial dialMusic="/music"><Number>14155550103</Number></Dial>')
    line.reply("<Speak>soon</Speak>", "<Hangup/>")
    said = "Only Speak, Play and Wait can be played here."
    assert line.notes("sounds_left_out") == [{"message": said}]


def test_tones_nobody_knows_are_dropped_and_noted():
    line = Line().run(f"<DTMF>1x2</DTMF>{SAY}")
    assert line.notes("digits_dropped") == [{"message": "Only 0-9, *, #, w and W can be sent."}]


def test_a_note_before_the_first_document_stands_nowhere():
    line = Line(direction="outbound").send(events.OutgoingCall()).send(events.LegRinging())
    note = line.one(StoryNote)
    assert (note.element, note.line, note.column) == ("", 0, 0)


def test_the_story_names_the_wrong_key_and_the_attempt_it_cost():
    line = Line().run(f'<GetDigits validDigits="12" retries="2"/>{SAY}').press("7")
    assert line.notes("digit_invalid") == [{"digit": "7"}]
    assert line.notes("attempt_failed") == [{"attempt": 1, "of": 2}]


def test_what_has_nothing_in_it_is_noted_and_passed_over():
    assert Line().run(f"<DTMF/>{SAY}").notes("nothing_to_send") == [{}]
    said = "The room needs a name; skipped."
    assert Line().run(f"<Conference/>{SAY}").notes("room_without_name") == [{"message": said}]


@pytest.mark.parametrize("kind", ["auto", "hybrid", "manual"])
def test_a_transcription_of_a_conference_is_noted_and_wished_for(kind):
    line = conference(f'transcriptionType="{kind}"')
    said = "Conferences are not transcribed yet."
    assert line.notes("transcription_ignored") == [{"message": said}]
    assert dict(line.the_last(rooms.JoinRoom).wishes)["transcription_type"] == kind


@pytest.mark.parametrize(
    "name", ["waitForAgent", "recordCoachVoice", "aiAgentStream", "aiAgentStreamUrl"]
)
def test_what_a_multiparty_call_may_say_without_effect_is_not_unknown(name):
    xml = f'<Response><MultiPartyCall role="agent" {name}="true">a</MultiPartyCall></Response>'
    assert parse(xml.encode()).notices == ()


@pytest.mark.parametrize("name", ["GetDigits", "GetInput"])
def test_a_prompt_that_could_not_be_played_is_noted(name):
    line = Line().run(f"<{name}><Play>/a.mp3</Play></{name}>").said("status 404")
    assert line.notes("audio_failed") == [{"reason": "status 404"}]


@pytest.mark.parametrize(("length", "asked"), [(2048, 1), (2049, 0)])
def test_a_url_of_two_kilobytes_is_asked_and_a_longer_one_is_not(length, asked):
    url = "https://app.example.com/".ljust(length, "x")
    assert len(Line().run(f"<Redirect>{url}</Redirect>").of(Fetch)) == asked


def test_noise_that_is_to_be_cancelled_is_noted():
    line = Line().run(f'<Stream noiseCancellation="true">wss://bot.example.com/s</Stream>{SAY}')
    said = "There is no noise on a simulated line to cancel."
    assert line.notes("noise_ignored") == [{"message": said}]
    quiet = Line().run(f'<Stream noiseCancellation="false">wss://bot.example.com/s</Stream>{SAY}')
    assert quiet.notes("noise_ignored") == []


def test_malformed_xml_is_placed_to_the_column():
    line = Line().begin().body("<Response>\n  <Speak>hi</Speek></Response>")
    note = next(one for one in line.last if getattr(one, "kind", "") == "document_refused")
    assert (note.line, note.column) == (2, 14)


@pytest.mark.parametrize(
    "written", ['Speak loop=""', 'GetDigits log=""', 'Hangup reason=""', 'Wait beep=""']
)
def test_an_empty_attribute_is_as_good_as_none(written):
    assert parse(f"<Response><{written}/></Response>".encode()).notices == ()
