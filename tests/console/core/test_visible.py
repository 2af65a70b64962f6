"""XML-04: nothing in text from outside hides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.visible import make_visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 中 😀", "plain é 中 😀"),
        ("a\nb\tc\r\nd", "a\nb\tc\nd"),
        ("a\x00b\x1b[31m", "a⟨U+0000⟩b⟨U+001B⟩[31m"),
        ("\u202egpj.exe", "⟨U+202E⟩gpj.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\ue000", "⟨U+E000⟩"),
    ],
)
def test_xml_04_invisible_characters_are_named(text, shown):
    assert make_visible(text) == shown


@given(st.text())
def test_xml_04_what_is_shown_has_no_control_or_bidi_left(text):
    left = make_visible(text).replace("\n", "").replace("\t", "")
    assert not any(mark in left for mark in "\x00\x1b\r\x7f\u202a\u202e\u2066\u2069\u200f\ufeff")
