"""Sound as it goes over the wire."""

from __future__ import annotations

from array import array

import pytest

from sandbox.streams.codec import format_of


@pytest.mark.parametrize(
    ("sample", "code"),
    # ITU-T G.711, table 2a: silence, small, halfway and the loudest, of either sign
    [(0, 0xFF), (-1, 0x7F), (8, 0xFE), (-8, 0x7E), (32_635, 0x80), (-32_635, 0x00), (32_767, 0x80)],
)
def test_mulaw_has_the_codes_of_the_standard(sample, code):
    assert format_of("audio/x-mulaw;rate=8000").encode(array("h", [sample])) == bytes([code])


def test_l16_is_little_endian():
    assert format_of("audio/x-l16;rate=8000").encode(array("h", [1, -2])) == b"\x01\x00\xfe\xff"


def test_sixteen_thousand_samples_have_one_between_each_two():
    sound = format_of("audio/x-l16;rate=16000").encode(array("h", [0, 100, 200]))
    assert list(array("h", sound)) == [0, 50, 100, 150, 200, 200]


@pytest.mark.parametrize(
    ("text", "rate", "bytes_a_second"),
    [
        ("audio/x-l16;rate=16000", 16_000, 32_000),
        ("audio/x-l16", 8000, 16_000),
        ("audio/x-mulaw; rate=8000", 8000, 8000),
        ("audio/x-l16;rate=0", 8000, 16_000),
        ("audio/x-l16;rate=99999999", 8000, 16_000),
    ],
)
def test_a_format_is_read_leniently(text, rate, bytes_a_second):
    found = format_of(text)
    assert (found.rate, found.bytes_a_second) == (rate, bytes_a_second)
