"""Cells that a spreadsheet would take for a formula (CSV-02)."""

from __future__ import annotations

import re

_PHONE_OR_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|-?[0-9]+(\.[0-9]+)?")
_STARTERS = "=+-@\t\r\n\0＝＋－＠"
# Spaces of all kinds, zero-width characters, bidi marks, soft hyphen, byte order mark.
INVISIBLE = (
    " \u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\u00ad\u034f\u061c\u180e\v\f"
)
_LEADING = re.compile(f"^[{INVISIBLE}]+")


def safe_cell(text: str) -> str:
    """The text, with a leading apostrophe when a spreadsheet would run it.

    Phone numbers in E.164 and plain numbers stay as they are, by their grammar.
    """
    if _PHONE_OR_NUMBER.fullmatch(text):
        return text
    first = _LEADING.sub("", text)[:1]
    return f"'{text}" if first and first in _STARTERS else text
