"""A sentence of the story, and the sentences that other apps have for lines of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.core.numbers import display
from sandbox.calls.models import Leg

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: its sentence, tone (ok, warn, bad, info or ""), icon, and small print."""

    text: str
    tone: str = ""
    icon: str = "circle-small"
    more: str = ""


Teller = Callable[[Data, Leg | None], Said]
MORE_SENTENCES: Final[dict[str, Teller]] = {}
MORE_URL_WORDS: Final[dict[str, str]] = {}


def teach(sentences: Mapping[str, Teller], urls: Mapping[str, str]) -> None:
    """Adds sentences by kind of line, and words for URLs by purpose."""
    MORE_SENTENCES.update(sentences)
    MORE_URL_WORDS.update(urls)


def party(number: object) -> str:
    """A number spaced for reading; a SIP address as it is."""
    text = str(number or "")
    return display(text) if text.startswith("+") else text


def who(leg: Leg | None) -> str:
    """The leg's other party."""
    return party(leg.to_number) if leg is not None else "the phone"
