"""Stream and the pauses of SSML: what the flow asks for, and when it goes on."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import commands, events
from sandbox.calls.flow.commands import StartStream, StopStream
from tests.sandbox.calls.flow.line import Line

URL = "wss://bot.example.com/audio"


def streaming(url: str = URL, **attributes: str) -> Line:
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return Line().run(f"<Stream {written}>{url}</Stream>", "<Speak>next</Speak>")


def test_the_next_element_runs_at_once():
    line = streaming()
    assert line.the_last(StartStream).url == URL
    assert line.the_last(commands.Speak).text == "next"


def test_with_keep_call_alive_it_waits_for_the_end():
    line = streaming(keepCallAlive="true")
    assert line.ever(commands.Speak) == []
    number = line.the_last(StartStream).stream_id
    assert line.send(events.StreamEnded(number + 1)).last == ()
    assert line.send(events.StreamEnded(number)).one(commands.Speak).text == "next"


def test_the_end_of_another_stream_changes_nothing():
    line = streaming()
    assert line.send(events.StreamEnded(line.the_last(StartStream).stream_id)).last == ()


def test_a_hangup_or_a_transfer_stops_a_stream_that_is_waited_for():
    line = streaming(keepCallAlive="true").hang_up()
    assert line.one(StopStream).stream_id == line.the_last(StartStream).stream_id
    line = streaming(keepCallAlive="true")
    assert line.send(events.TransferAsked("https://app.example.com/x")).one(StopStream)


@pytest.mark.parametrize("url", ["", "http://bot.example.com/", "nowhere:1", "/audio"])
def test_what_is_no_websocket_is_skipped_with_a_note(url):
    line = streaming(url)
    assert line.ever(StartStream) == []
    assert line.notes("url_unusable")
    assert line.the_last(commands.Speak).text == "next"


@pytest.mark.parametrize(
    ("name", "value", "field", "taken"),
    [
        ("contentType", "audio/ogg", "content_type", "audio/x-l16;rate=8000"),
        ("contentType", "audio/x-mulaw; rate=8000", "content_type", "audio/x-mulaw;rate=8000"),
        ("audioTrack", "sideways", "track", "inbound"),
        ("streamTimeout", "0", "timeout_seconds", 1),
        ("extraHeaders", "x" * 600, "extra_headers", "x" * 512),
    ],
)
def test_what_cannot_be_used_is_taken_otherwise(name, value, field, taken):
    assert getattr(streaming(**{name: value}).the_last(StartStream), field) == taken


def test_a_bidirectional_stream_sends_the_inbound_track():
    line = streaming(bidirectional="true", audioTrack="both")
    assert line.the_last(StartStream).track == "inbound"
    assert line.notes("attribute_unusable")


def test_the_status_url_goes_along():
    line = streaming(statusCallbackUrl="/told#rc=2", statusCallbackMethod="GET")
    start = line.the_last(StartStream)
    assert (start.callback_url, start.settings) == ("https://app.example.com/told", "rc=2")
    assert start.callback_method == "GET"


@pytest.mark.parametrize(
    ("inside", "seconds"),
    [
        ('a<break time="2s"/>b', 2.18),
        ('a<break time="500ms"/>b', 0.68),
        ('a<break strength="x-strong"/>b', 1.68),
        ("a<break/>b", 0.68),
        ('<prosody rate="slow">a<break time="1.5s"/>b</prosody>', 1.74),
        ('a<break time="soon" strength="none"/>b', 0.18),
    ],
)
def test_a_break_takes_its_time(inside, seconds):
    line = Line().run(f'<Speak voice="Polly.Joanna">{inside}</Speak>')
    assert line.the_last(commands.Speak).seconds == pytest.approx(seconds)


def test_without_a_polly_voice_there_is_no_break():
    line = Line().run('<Speak>a<break time="9s"/>b</Speak>')
    assert line.the_last(commands.Speak).seconds == pytest.approx(0.18)
