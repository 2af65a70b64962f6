"""What SSML asks of a voice: the words that are heard, how long they take, and the markup (pure).

Pauses and pace become time, `say-as` and `sub` become the words that one hears, and the rest stays
markup for a program that can speak it (compat/xml.md Speak).
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from .reader import Node

SECONDS_PER_CHARACTER: Final = 0.06
LONGEST_PAUSE: Final = 60.0
_TIME: Final = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)(ms|s)")
_PERCENT: Final = re.compile(r"([0-9]{1,3})%")
_STRENGTHS: Final = {
    "none": 0.0,
    "x-weak": 0.1,
    "weak": 0.25,
    "medium": 0.5,
    "strong": 1.0,
    "x-strong": 1.5,
}
_RATES: Final = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.5, "x-fast": 2.0}
_SPELLED: Final = frozenset({"character", "characters", "spell-out", "digits", "telephone"})
# The elements that stay markup, and which of their attributes.
_KEPT: Final = {
    "break": ("strength", "time"),
    "emphasis": ("level",),
    "p": (),
    "prosody": ("pitch", "rate", "volume"),
    "s": (),
}


def plain(node: Node) -> str:
    """The text as it stands, an alias in the place of what it stands for."""
    return _tidy(_plain(node))


def words(node: Node) -> str:
    """What is heard: what is to be spelled stands sign by sign."""
    return _tidy(_words(node))


def seconds(node: Node) -> float:
    """How long it takes to say, pauses and pace and all."""
    return _talk(node, 1.0) * SECONDS_PER_CHARACTER + min(LONGEST_PAUSE, _pauses(node))


def markup(node: Node) -> str:
    """The same as SSML of few elements, for a program that speaks."""
    return f"<speak>{_inside(node)}</speak>"


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _alias(node: Node) -> str | None:
    return node.attributes.get("alias") if node.name == "sub" else None


def _plain(node: Node) -> str:
    if (alias := _alias(node)) is not None:
        return alias
    if node.name == "break":
        return " "
    return "".join(part if isinstance(part, str) else _plain(part) for part in node.parts)


def _said_as(node: Node) -> str | None:
    """The words of an element that stands for others; None for one that does not."""
    kind = node.attributes.get("interpret-as", "").strip() if node.name == "say-as" else ""
    if kind == "expletive":
        return "beep"
    if kind in _SPELLED:
        return " ".join(_plain(node).replace(" ", ""))
    return _alias(node)


def _words(node: Node) -> str:
    if (said := _said_as(node)) is not None:
        return said
    if node.name == "break":
        return " "
    return "".join(part if isinstance(part, str) else _words(part) for part in node.parts)


def _pauses(node: Node) -> float:
    """Seconds of all breaks; one without a time or a strength is of medium strength."""
    if node.name == "break":
        time = _TIME.fullmatch(node.attributes.get("time", "").strip())
        if time is not None:
            return float(time[1]) / (1000 if time[2] == "ms" else 1)
        strength = node.attributes.get("strength", "medium").strip()
        return _STRENGTHS.get(strength, _STRENGTHS["medium"])
    return sum(_pauses(child) for child in node.children)


def _talk(node: Node, pace: float) -> float:
    """Characters that are said, those of a slower part counting for more."""
    if (said := _said_as(node)) is not None:
        return len(said) / pace
    if node.name == "prosody":
        pace *= _rate(node.attributes.get("rate", "").strip())
    own = _tidy(" ".join(part for part in node.parts if isinstance(part, str)))
    return len(own) / pace + sum(_talk(child, pace) for child in node.children)


def _rate(written: str) -> float:
    percent = _PERCENT.fullmatch(written)
    if percent is not None:
        return min(2.0, max(0.2, int(percent[1]) / 100))
    return _RATES.get(written, 1.0)


def _inside(node: Node) -> str:
    return "".join(escape(one) if isinstance(one, str) else _element(one) for one in node.parts)


def _element(node: Node) -> str:
    if (said := _said_as(node)) is not None:
        return escape(said)
    kept = _KEPT.get(node.name)
    if kept is None:
        return _inside(node)
    given = ((name, node.attributes[name]) for name in kept if name in node.attributes)
    written = "".join(f" {name}={quoteattr(value)}" for name, value in given)
    return f"<{node.name}{written}>{_inside(node)}</{node.name}>"
