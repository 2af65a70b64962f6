"""Parts of a text, against a slow and plain count of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.messages.parts import Encoding, measure, units

GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = "^{}\\[~]|€\f"
signs = st.sampled_from(GSM + TWICE)
anything = st.characters(exclude_categories=["Cs"])


def slowly(text: str) -> tuple[int, int]:
    """(size, parts), by adding up one sign after the other."""
    plain = all(sign in GSM + TWICE for sign in text)
    size = 0
    for sign in text:
        size += (2 if sign in TWICE else 1) if plain else (2 if ord(sign) > 0xFFFF else 1)
    alone, several = (160, 153) if plain else (70, 67)
    parts = 1
    while size > alone and parts * several < size:
        parts += 1
    return size, parts


@given(st.one_of(st.text(signs, max_size=2000), st.text(anything, max_size=900)))
def test_size_and_parts_are_those_of_a_plain_count(text):
    found = measure(text)
    assert (found.size, found.units) == slowly(text)


@given(st.text(signs, max_size=900), st.text(anything, max_size=300))
def test_more_text_never_takes_fewer_parts(text, more):
    assert units(text + more) >= units(text)


@given(st.text(signs, max_size=500))
def test_one_sign_beyond_gsm_makes_it_ucs(text):
    assert measure(text).encoding == Encoding.GSM
    assert measure(text + "✓").encoding == Encoding.UCS


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("✓" * 70, 1),
        ("✓" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_on_the_air(words, parts):
    assert units(words) == parts
