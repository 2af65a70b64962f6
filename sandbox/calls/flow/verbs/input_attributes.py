"""The attributes of GetInput that have a form of their own (compat/xml.md section 3)."""

from __future__ import annotations

from typing import Final

from ..attributes import Attributes

DTMF: Final = "dtmf"
SPEECH: Final = "speech"
AUTO_SECONDS: Final = 2
MOST_HINTS: Final = 500
LONGEST_HINT: Final = 100
LONGEST_HINTS: Final = 10_000


def kinds(attributes: Attributes) -> tuple[str, ...]:
    """Return what is listened for; anything else than the two words is noted."""
    words = attributes.text("inputType", longest=40).lower().split()
    found = tuple(kind for kind in (DTMF, SPEECH) if kind in words)
    if not found or len(found) != len(words):
        attributes.note("attribute_unusable", "inputType must be dtmf, speech, or both words.")
    return found or (DTMF, SPEECH)


def end_seconds(attributes: Attributes, name: str) -> int:
    """Return the seconds of a pause that end the input; `auto` is `AUTO_SECONDS`."""
    if attributes.text(name).lower() in ("auto", ""):
        return AUTO_SECONDS
    return attributes.integer(name, AUTO_SECONDS, 2, 10)


def hints(attributes: Attributes) -> tuple[str, ...]:
    """Return the phrases to expect, cut to what is allowed."""
    written = attributes.text("hints", longest=LONGEST_HINTS)
    found = [hint.strip() for hint in written.split(",") if hint.strip()]
    kept = tuple(hint[:LONGEST_HINT] for hint in found[:MOST_HINTS])
    if list(kept) != found:
        limits = f"{MOST_HINTS} hints of {LONGEST_HINT} characters"
        attributes.note("attribute_cut", f"At most {limits} are read.")
    return kept
