"""A peer that sends without end takes no more of the worker than others do."""

from __future__ import annotations

import json

import pytest

from sandbox.streams import pump
from sandbox.streams.playback import MOST_SECONDS, Playback
from sandbox.webhooks.pace import Pace
from sandbox.webhooks.websocket import MOST_BYTES, MOST_PINGS
from tests.sandbox.streams.test_streams import (
    carry,
    line,  # noqa: F401  # a fixture
    play,
    sends,
    start,
    taken,
    until,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch) -> None:
    """A peer may send ten messages at once, and as good as none after that."""
    monkeypatch.setattr(pump, "MOST_MESSAGES", 10, raising=False)
    monkeypatch.setattr(pump, "MESSAGES_A_SECOND", 0.001, raising=False)


def heard_seconds(line) -> float:  # noqa: F811
    told = [one for one in line.heard if one.startswith("Audio from your stream, ")]
    return sum(float(one.split(", ")[1].removesuffix(" s")) for one in told)


def test_a_flood_is_taken_at_its_pace_and_the_sound_goes_on(line, bot, few):  # noqa: F811
    bot.answer = sends(*[play(0.1)] * 400)
    stream = carry(start(line, bot, bidirectional=True), *[lambda: None] * 4)
    assert stream.state == "completed"
    assert 0 < heard_seconds(line) <= 1.1
    assert len(bot.of("media")) >= 30


def test_a_flood_is_taken_at_its_pace_where_nothing_is_played(line, bot, few):  # noqa: F811
    """What a stream of one direction does not want costs reading all the same."""

    def flood(server, socket, frame):
        if frame["event"] == "start":
            for _ in range(400):
                socket.send("x" * 100_000)
            server.sent.set()

    bot.answer = flood
    stream = carry(start(line, bot), *[lambda: None] * 6)
    assert stream.state == "completed"
    assert not bot.sent.is_set()


def test_large_messages_count_by_their_size(line, bot, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pump, "MOST_MESSAGES", 60, raising=False)
    monkeypatch.setattr(pump, "MESSAGES_A_SECOND", 0.001, raising=False)
    bot.answer = sends(*[play(20)] * 6)
    carry(start(line, bot, bidirectional=True), *[lambda: None] * 4)
    assert heard_seconds(line) == 40


def test_audio_for_which_there_is_no_room_is_not_even_read(monkeypatch):
    waiting = Playback(stream=None, pace=Pace(a_second=1, most=1))
    waiting._heard_until = MOST_SECONDS + 1.0
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("it was read"))
    assert waiting.take(json.dumps(play(1)), now=0.0) == []


def test_a_wish_is_heeded_while_there_is_no_room_for_audio(line, bot, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sandbox.streams.playback.MOST_SECONDS", 10)
    bot.answer = sends(play(20), play(19), {"event": "clearAudio"})
    stream = start(line, bot, bidirectional=True)
    carry(stream, until(lambda: bot.of("clearedAudio")))
    assert bot.of("clearedAudio")


def test_a_message_that_is_too_large_ends_the_stream_and_the_story_says_so(
    line,  # noqa: F811
    bot,
):
    bot.answer = sends("x" * (MOST_BYTES + 1))
    stream = carry(start(line, bot, bidirectional=True), *[lambda: None] * 40)
    assert (stream.state, stream.reason) == ("failed", "connection_lost")
    assert stream.sentence == "Your server sent a message of over 512 KiB."
    assert "stream_over" in line.kinds


def test_a_peer_that_sends_pings_without_end_is_left(line, bot):  # noqa: F811
    def flood(server, socket, frame):
        while frame["event"] == "start":
            socket.ping()

    bot.answer = flood
    stream = carry(start(line, bot), *[lambda: None] * 40)
    assert (stream.state, stream.reason) == ("failed", "connection_lost")
    assert stream.sentence == "Your server sent too many pings, so we closed the connection."


def test_pings_now_and_then_are_answered(line, bot):  # noqa: F811
    answered = []

    def ping(server, socket, frame):
        if frame["event"] == "start":
            answered.extend(socket.ping() for _ in range(MOST_PINGS // 2))
            server.sent.set()

    bot.answer = ping
    all_came = until(lambda: answered and all(one.is_set() for one in answered))
    stream = carry(start(line, bot), *taken(bot), all_came)
    assert (stream.state, len(answered)) == ("completed", MOST_PINGS // 2)


def test_a_pace_gives_room_again_as_time_passes():
    pace = Pace(a_second=2, most=3)
    assert pace.has_room(10.0)
    pace.spend(5)
    assert not pace.has_room(10.5)
    assert not pace.has_room(11.0)
    assert pace.has_room(11.1)
    assert pace.has_room(1000.0)
    pace.spend(3)
    assert not pace.has_room(1000.0)
