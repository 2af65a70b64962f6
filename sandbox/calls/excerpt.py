"""The lines of a document around the one that is wrong, for whoever has to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.core.visible import make_visible

_AROUND: Final = 4
_WIDEST: Final = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One line of XML; `fault` marks the one at fault."""

    number: int
    text: str
    fault: bool


def around(xml: str, fault: int) -> list[Row]:
    """The line numbered `fault` and its neighbours; none when it names no line."""
    if not xml or fault < 1:
        return []
    first = max(1, fault - _AROUND)
    # Only line feeds end a line for the reader of XML, so only they do here.
    some = xml.replace("\r\n", "\n").split("\n")[first - 1 : fault + _AROUND]
    return [
        Row(number, make_visible(text[:_WIDEST]), number == fault)
        for number, text in enumerate(some, first)
    ]
