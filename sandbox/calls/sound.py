"""How long a sound lasts, read from the first bytes of a WAV or MP3 file. Pure."""

from __future__ import annotations

from typing import Final

# Kilobits a second by the index in a frame's header (ISO 11172-3 and 13818-3, layer III).
_MPEG1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_SEARCHED: Final = 8192


def length_of(body: bytes) -> float | None:
    """Seconds; None for what is neither WAV nor MP3. An MP3's first frame speaks for all."""
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        return _wav(body)
    return _mp3(body)


def _wav(body: bytes) -> float | None:
    place, bytes_a_second = 12, 0
    while place + 8 <= len(body):
        name, size = body[place : place + 4], int.from_bytes(body[place + 4 : place + 8], "little")
        if name == b"fmt " and size >= 16:
            bytes_a_second = int.from_bytes(body[place + 16 : place + 20], "little")
        elif name == b"data":
            held = min(size, len(body) - place - 8)
            return held / bytes_a_second if bytes_a_second else None
        place += 8 + size + size % 2
    return None


def _mp3(body: bytes) -> float | None:
    start = 0
    if body[:3] == b"ID3" and len(body) > 10:
        size = 0
        for seven_bits in body[6:10]:
            size = size << 7 | seven_bits & 0x7F
        start = 10 + size
    elif body[:1] != b"\xff":
        return None
    for place in range(start, min(start + _SEARCHED, len(body) - 4)):
        if body[place] == 0xFF and body[place + 1] & 0xE6 == 0xE2:
            rates = _MPEG1 if body[place + 1] & 0x18 == 0x18 else _MPEG2
            kilobits = rates[body[place + 2] >> 4]
            if kilobits:
                return (len(body) - place) * 8 / (kilobits * 1000)
    return None
