"""The mix: what sounds when, on which track, written block by block so that memory stays flat."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import Final

from sandbox.recordings.sound.tones import RATE, Source, silence

BLOCK: Final = RATE
CALLER: Final = 0
PLATFORM: Final = 1
_TOP: Final = 32_767


@dataclass(frozen=True, slots=True)
class Placed:
    """A source on a track, from sample `start` (below 0: it began before) until `end`."""

    track: int
    start: int
    end: int
    source: Source


def place(source: Source, *, track: int, start: int, until: int) -> Placed:
    """The source on its track; it ends by itself, or is cut off at `until`."""
    end = until if source.length is None else min(until, start + source.length)
    return Placed(track, start, end, source)


def samples_of(placed: Sequence[Placed], start: int, count: int) -> array[int]:
    """`count` samples of everything in `placed`, added up."""
    mixed: array[int] | None = None
    for one in placed:
        first, last = max(start, one.start), min(start + count, one.end)
        if first >= last:
            continue
        sound = silence(first - start) + one.source.read(first - one.start, last - first)
        sound += silence(count - len(sound))
        mixed = sound if mixed is None else _added(mixed, sound)
    return silence(count) if mixed is None else mixed


def blocks(placed: Sequence[Placed], *, length: int, channels: int) -> Iterator[array[int]]:
    """The sound in blocks of a second; stereo has the caller left and the platform right."""
    for start in range(0, length, BLOCK):
        count = min(BLOCK, length - start)
        now = [one for one in placed if one.start < start + count and one.end > start]
        if channels == 1:
            yield samples_of(now, start, count)
            continue
        both = silence(2 * count)
        for track in (CALLER, PLATFORM):
            own = [one for one in now if one.track == track]
            both[track::2] = samples_of(own, start, count)
        yield both


def write(path: Path, placed: Sequence[Placed], *, length: int, channels: int) -> None:
    """Writes a WAV file of `length` samples a channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for block in blocks(placed, length=length, channels=channels):
            file.writeframesraw(_little_endian(block))


def _little_endian(block: array[int]) -> bytes:
    if array("h", [1]).tobytes() != b"\x01\x00":
        block = array("h", block)
        block.byteswap()
    return block.tobytes()


def _added(one: array[int], other: array[int]) -> array[int]:
    try:
        return array("h", map(add, one, other))
    except OverflowError:  # louder than loud: cut, which takes three times as long
        summed = map(add, one, other)
        return array("h", [max(-_TOP, min(_TOP, sample)) for sample in summed])
