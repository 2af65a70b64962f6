"""Text from outside, shown so that nothing in it hides (XML-04)."""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t"
# Control, format (bidi, zero width, soft hyphen), line and paragraph separators, private use.
_HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})


def make_visible(text: str) -> str:
    """The text with invisible characters named in angle brackets; line feeds and tabs stay."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text.replace("\r\n", "\n")))


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"⟨U+{ord(character):04X}⟩"
