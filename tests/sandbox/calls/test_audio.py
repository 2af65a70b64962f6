"""Play: the file is asked for, measured and heard; what cannot be played is skipped (XML-03)."""

from __future__ import annotations

import io
import struct
import wave

import pytest

from console.core.models import OutboxRow
from sandbox.calls import audio, sound, sweep
from sandbox.webhooks.models import WebhookDelivery
from tests.sandbox.calls.conftest import call_in

pytestmark = pytest.mark.django_db


def wav(seconds: float) -> bytes:
    """Silence, 8 kHz, mono, 8 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.writeframes(b"\x80" * int(8000 * seconds))
    return file.getvalue()


def mp3(seconds: int, *, tagged: bool = False) -> bytes:
    """Frames of 128 kbit/s with nothing in them."""
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x7f" + b"\0" * 127 if tagged else b""
    return tag + b"\xff\xfb\x90\x00" + b"\0" * (16_000 * seconds - 4)


@pytest.fixture
def plays(server, did):
    """Answers with a Play of `/sound/`, which is `body`, and a word after it."""

    def start(body: bytes, **attributes: object):
        written = "".join(f' {name}="{value}"' for name, value in attributes.items())
        server.answers["/answer/"] = lambda got: (
            f"<Response><Play{written}>/sound/</Play><Speak>Done.</Speak></Response>"
        )
        server.answers["/sound/"] = lambda got: body
        return server

    return start


def test_a_sound_is_heard_for_as_long_as_it_lasts(frozen, account, plays):
    server = plays(wav(4))
    line = call_in(account, frozen).live(3.9)
    assert line.heard == [f"{server.url}/sound/"]
    line.live(1)
    assert line.heard[-1] == "Done."
    assert line.line("played")["seconds"] == 4
    assert server.seen("/sound/")[0].method == "GET"


def test_a_sound_is_repeated_as_often_as_asked(frozen, account, plays):
    plays(mp3(2), loop=3)
    line = call_in(account, frozen).live(5.9)
    assert "Done." not in line.heard
    assert line.live(1).heard[-1] == "Done."


def test_a_sound_in_a_loop_without_end_lasts_until_the_call_ends(frozen, account, plays):
    plays(wav(1), loop=0)
    line = call_in(account, frozen).live(300)
    assert not line.call.is_over
    assert len(line.heard) == 1
    line.hang_up().live(5)
    assert line.cdr.hangup_code == 4000


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>not found</html>", b"RIFF\0\0\0\0WAVE", b"\xff", wav(601), b"\0" * 11_000_000],
    ids=["empty", "html", "cut", "one_byte", "too_long", "too_large"],
)
def test_xml_03_what_cannot_be_played_is_skipped_and_told(frozen, account, plays, body):
    plays(body)
    line = call_in(account, frozen).live(5)
    assert line.heard == ["Done."]
    assert line.line("audio_failed")["reason"]


def test_xml_03_a_sound_that_is_not_there_is_skipped(frozen, account, plays):
    plays(b"").status["/sound/"] = 404
    line = call_in(account, frozen).live(5)
    assert line.heard == ["Done."]
    assert "404" in line.line("audio_failed")["reason"]


def test_xml_03_a_sound_in_a_private_network_is_never_asked_for(frozen, account, plays, server):
    plays(wav(1))
    server.answers["/answer/"] = lambda got: (
        "<Response><Play>http://10.0.0.1/a.wav</Play><Speak>Done.</Speak></Response>"
    )
    line = call_in(account, frozen).live(5)
    assert line.heard == ["Done."]
    assert WebhookDelivery.objects.get(purpose="play").error == "destination not allowed"


def test_a_sound_asked_for_twice_is_heard_once(frozen, account, plays):
    plays(wav(4))
    line = call_in(account, frozen)
    line.live(0, leave=("call.audio",))
    (prompt,) = line.call.flow["audio"]
    for _ in range(2):
        audio.carry_out(line.call_uuid, int(prompt))
    assert len(line.heard) == 1
    assert line.live(10).heard[-1] == "Done."


def test_a_sound_whose_row_died_is_skipped_by_the_sweep(frozen, account, plays):
    plays(wav(4))
    line = call_in(account, frozen)
    line.live(1, leave=("call.audio",))
    OutboxRow.objects.filter(kind="call.audio").update(state="dead")
    frozen.advance(seconds=200)
    sweep.take_up_lost_calls()
    line.live(5)
    assert line.heard == ["Done."]


def test_a_caller_who_hangs_up_before_the_sound_is_there_hears_nothing(frozen, account, plays):
    server = plays(wav(4))
    line = call_in(account, frozen)
    line.live(0, leave=("call.audio",))
    line.hang_up().live(1, leave=("call.audio",)).live(5)
    assert line.heard == []
    assert not server.seen("/sound/")


def test_lengths_are_read_from_the_file():
    assert sound.length_of(wav(2.5)) == 2.5
    assert sound.length_of(mp3(3)) == 3
    assert sound.length_of(mp3(3, tagged=True)) == 3
    assert sound.length_of(b"OggS" + b"\0" * 100) is None
    assert sound.length_of(b"RIFF\0\0\0\0WAVEdata" + struct.pack("<I", 8) + b"\0" * 8) is None
    assert sound.length_of(b"\xff\xff" * 50) is None
