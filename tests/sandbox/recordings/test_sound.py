"""Our own tones, speech by a program, and the mix."""

from __future__ import annotations

import math
import tracemalloc
import wave
from array import array
from pathlib import Path

import pytest

from sandbox.recordings.sound import mix, speech, tones
from sandbox.recordings.sound.tones import RATE


def strength(samples: array[int], frequency: int) -> float:
    """How much of a frequency is in the samples (Goertzel)."""
    factor = 2 * math.cos(2 * math.pi * frequency / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    return math.sqrt(abs(before**2 + last**2 - factor * before * last)) / len(samples)


@pytest.mark.parametrize(
    ("key", "pair"), [("1", (697, 1209)), ("5", (770, 1336)), ("#", (941, 1477))]
)
def test_a_key_has_the_two_frequencies_of_the_standard(key, pair):
    tone = tones.keys(key).read(0, 1200)
    for frequency in pair:
        assert strength(tone, frequency) > 20 * strength(tone, 1000)


def test_pauses_between_keys_are_silent():
    source = tones.keys("1w2")
    assert source.length == int(RATE * (0.25 + 0.5 + 0.25))
    assert max(map(abs, source.read(2000, 4000))) == 0


def test_a_pattern_goes_on_wherever_it_is_read():
    whole = tones.babble(3).read(0, 3 * RATE)
    parts = array("h")
    for start in range(0, 3 * RATE, 777):
        parts += tones.babble(3).read(start, 777)
    assert parts[: 3 * RATE] == whole
    assert set(parts[3 * RATE :]) == {0}


def test_ringing_never_ends():
    assert tones.ringing().length is None
    assert max(map(abs, tones.ringing().read(RATE * 6000, RATE))) > 1000


def test_what_is_louder_than_loud_is_cut_and_does_not_wrap():
    loud = tones.Samples(array("h", [30_000] * 10))
    placed = [mix.place(loud, track=0, start=0, until=10) for _ in range(3)]
    assert set(mix.samples_of(placed, 0, 10)) == {32_767}


def test_a_source_that_began_before_is_heard_from_its_middle():
    ramp = tones.Samples(array("h", range(100)))
    placed = [mix.place(ramp, track=0, start=-40, until=100)]
    assert list(mix.samples_of(placed, 0, 3)) == [40, 41, 42]


def test_a_source_is_cut_off_where_the_next_begins():
    placed = [mix.place(tones.ringing(), track=1, start=0, until=RATE)]
    assert max(map(abs, mix.samples_of(placed, RATE, RATE))) == 0


def test_an_hour_is_written_in_little_memory(tmp_path):
    path = tmp_path / "long.wav"
    placed = [mix.place(tones.babble(None), track=1, start=0, until=3600 * RATE)]
    tones.babble(1).read(0, 1)  # made once for all
    tracemalloc.start()
    mix.write(path, placed, length=3600 * RATE, channels=2)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000
    with wave.open(str(path)) as file:
        assert file.getnframes() == 3600 * RATE


@pytest.fixture
def speaker(no_programs: Path) -> Path:
    """A program named espeak-ng that writes a second of 22,050 samples, whatever it is told."""
    spoken = no_programs / "spoken.wav"
    with wave.open(str(spoken), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        made = [int(9000 * math.sin(2 * math.pi * 500 * at / 22_050)) for at in range(22_050)]
        file.writeframes(array("h", made).tobytes())
    program = no_programs / "espeak-ng"
    program.write_text(f'#!/bin/sh\n/bin/cat > {no_programs}/told\n/bin/cp {spoken} "$6"\n')
    program.chmod(0o755)
    return no_programs


def test_a_text_is_spoken_by_the_program_and_brought_to_our_rate(speaker, tmp_path):
    source = speech.speak("--help", language="en-US", loops=2, folder=tmp_path, name="a")
    assert (speaker / "told").read_text() == "--help"  # never an argument
    assert source.length == 2 * RATE
    sound = source.read(RATE // 2, RATE)
    assert strength(sound[:4000], 500) > 20 * strength(sound[:4000], 700)
    assert set(source.read(2 * RATE, 100)) == {0}


def test_a_program_that_fails_leaves_a_murmur(speaker, tmp_path):
    (speaker / "espeak-ng").write_text("#!/bin/sh\nexit 1\n")
    source = speech.speak("Hello", language="en", loops=1, folder=tmp_path, name="a")
    assert isinstance(source, tones.Pattern)
    assert source.length == int(5 * 0.06 * RATE)


def test_ssml_goes_to_the_program_as_such_and_as_words_when_it_takes_none(speaker, tmp_path):
    said = {"language": "en", "loops": 1, "folder": tmp_path, "markup": "<speak>Hi</speak>"}
    assert isinstance(speech.speak("Hi", **said, name="a"), speech.WavSpeech)
    assert (speaker / "told").read_text() == "<speak>Hi</speak>"
    script = (speaker / "espeak-ng").read_text()
    refusing = script.replace("#!/bin/sh\n", '#!/bin/sh\n[ "$7" = -m ] && exit 1\n')
    (speaker / "espeak-ng").write_text(refusing)
    assert isinstance(speech.speak("Hi", **said, name="b"), speech.WavSpeech)
    assert (speaker / "told").read_text() == "Hi"
