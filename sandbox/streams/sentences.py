"""Sentences of the story about streams."""

from __future__ import annotations

from typing import Final

from sandbox.calls.models import Leg
from sandbox.calls.said import Data, Said, Teller


def _asked(data: Data, leg: Leg | None) -> Said:
    way = "both ways" if data.get("bidirectional") else f"track {data.get('track')}"
    more = f"{data.get('url')}, {data.get('content_type')}, {way}"
    return Said("A stream of the sound is asked for.", "info", "radio", more)


def _live(data: Data, leg: Leg | None) -> Said:
    return Said(f"The stream is connected to {data.get('url')}", "ok", "radio")


def _over(data: Data, leg: Leg | None) -> Said:
    if data.get("failed"):
        return Said(f"The stream failed. {data.get('sentence')}", "bad", "radio")
    text = f"The stream has ended after {data.get('seconds')} s. {data.get('sentence')}"
    return Said(text.strip(), icon="radio")


SENTENCES: Final[dict[str, Teller]] = {
    "stream_asked": _asked,
    "stream_live": _live,
    "stream_over": _over,
    "stream_ended": lambda data, leg: Said("The document goes on.", icon="chevron-right"),
}
