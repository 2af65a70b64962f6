"""What a rehearsal says that a call's story does not: how long it waits, and what it would do."""

from __future__ import annotations

from typing import Final

from console.core.numbers import display
from sandbox.calls.models import Leg
from sandbox.calls.said import Data, Said, Teller, teach


def _beeped(data: Data, leg: Leg | None) -> Said:
    times = int(data.get("times") or 1)
    return Said("Beeps." if times == 1 else f"Beeps {times} times.", icon="bell")


def _text(data: Data, leg: Leg | None) -> Said:
    to = ", ".join(display(one) for one in str(data.get("to", "")).split("<") if one)
    return Said(f"Would text {to}: “{data.get('text', '')}”", icon="message-square")


def _seconds(data: Data) -> str:
    return f"{float(data.get('seconds') or 0):g} s"


SENTENCES: Final[dict[str, Teller]] = {
    "beeped": _beeped,
    "text_written": _text,
    "waits_wait": lambda data, leg: Said(f"Says nothing for {_seconds(data)}.", icon="hourglass"),
    "waits_first_digit": lambda data, leg: Said(
        f"Waits {_seconds(data)} for the first key.", icon="hourglass"
    ),
    "waits_input_limit": lambda data, leg: Said(
        f"Listens for {_seconds(data)} at most.", icon="hourglass"
    ),
}

teach(SENTENCES, {"recording": "the recording’s callback URL"})
