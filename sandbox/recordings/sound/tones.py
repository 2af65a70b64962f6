"""Tones from our own sine generator (ITU-T Q.23 for the keys). Pure."""

from __future__ import annotations

import math
from array import array
from functools import cache
from typing import Final, Protocol

RATE: Final = 8000
"""Samples a second."""
LEVEL: Final = 9000
KEY_SECONDS: Final = 0.25
"""How long one key sounds, its gap included; as the DTMF element counts."""
PAUSES: Final = {"w": 0.5, "W": 1.0}

_LOW: Final = (697, 770, 852, 941)
_HIGH: Final = (1209, 1336, 1477)
_KEYS: Final = {
    key: (_LOW[row], _HIGH[column])
    for row, keys in enumerate(("123", "456", "789", "*0#"))
    for column, key in enumerate(keys)
}


class Source(Protocol):
    """Something that can be heard, `length` samples long (None: without end)."""

    length: int | None

    def read(self, start: int, count: int) -> array[int]:
        """Exactly `count` samples from `start`; silence past the end."""
        ...


def silence(count: int) -> array[int]:
    """So many samples of nothing."""
    return array("h", bytes(2 * count))


class Samples:
    """Sound that is held as a whole; short ones only."""

    def __init__(self, samples: array[int]) -> None:
        self._samples = samples
        self.length: int | None = len(samples)

    def read(self, start: int, count: int) -> array[int]:
        """See Source."""
        found = self._samples[start : start + count]
        return found + silence(count - len(found))


class Pattern:
    """One period of sound, repeated; `length` None repeats it without end."""

    def __init__(self, period: array[int], length: int | None) -> None:
        self._period = period
        self.length = length

    def read(self, start: int, count: int) -> array[int]:
        """See Source."""
        kept = count if self.length is None else max(0, min(count, self.length - start))
        offset = start % len(self._period)
        times = (offset + kept) // len(self._period) + 1
        return (self._period * times)[offset : offset + kept] + silence(count - kept)


@cache
def sine(frequencies: tuple[int, ...], milliseconds: int, level: int = LEVEL) -> array[int]:
    """A chord of so many milliseconds, faded in and out so that it does not click."""
    count = RATE * milliseconds // 1000
    fade = max(1, min(count // 4, RATE // 200))
    share = level / len(frequencies)
    made = array("h")
    for place in range(count):
        wave = sum(math.sin(2 * math.pi * one * place / RATE) for one in frequencies)
        edge = min(1.0, place / fade, (count - place) / fade)
        made.append(int(share * wave * edge))
    return made


def keys(digits: str) -> Source:
    """The tones of pressed keys; `w` and `W` are pauses, what is no key is silent."""
    made = array("h")
    for key in digits[:256]:
        pair = _KEYS.get(key)
        seconds = PAUSES.get(key, KEY_SECONDS)
        tone = sine(pair, 180) if pair else array("h")
        made += tone + silence(int(RATE * seconds) - len(tone))
    return Samples(made)


def beep() -> Source:
    """The one short tone before a recording."""
    return Samples(sine((1000,), 400))


def ringing() -> Source:
    """What a caller hears while it rings elsewhere: two seconds in six."""
    return Pattern(_ringing_period(), None)


@cache
def _ringing_period() -> array[int]:
    return sine((440, 480), 2000) + silence(4 * RATE)


def babble(seconds: float | None) -> Source:
    """Stands for speech where nothing can speak: a murmur of syllables, `seconds` long."""
    return Pattern(_babble_period(), None if seconds is None else int(seconds * RATE))


@cache
def _babble_period() -> array[int]:
    made = array("h")
    for pitch in (150, 190, 170, 130):
        made += sine((pitch, pitch * 3, pitch * 7), 150) + silence(RATE // 25)
    return made + silence(RATE // 8)


def music(seconds: float | None) -> Source:
    """Stands for a sound file, whose own sound is not kept: two soft notes in turn."""
    return Pattern(_music_period(), None if seconds is None else int(seconds * RATE))


@cache
def _music_period() -> array[int]:
    return sine((330,), 500, 5000) + sine((440,), 500, 5000)
