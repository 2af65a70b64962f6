"""What the story keeps of an event of the flow, and of the flow's own notes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sandbox.calls.flow import State, events, hides_digits
from sandbox.calls.flow.commands import StoryNote
from sandbox.calls.flow.events import Event

MASK: Final = "•"
BOOKKEEPING: Final = frozenset({"timer_fired", "prompt_finished", "room_view", "room_heard"})
"""Lines that are the engine's own bookkeeping and tell a reader nothing."""
FROM_PHONES: Final = (events.Digits, events.SpeechHeard, events.Heard)
"""What phones do is told even when the flow has no use for it."""
# Notes of the flow that an event's own line says better, or that tell a reader nothing.
_UNTOLD: Final = frozenset({"fetch_failed", "digits_pressed", "digits_ignored", "element_ended"})
_RENAMED: Final = {"kind": "what", "key": "pressed"}
_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of the story; `child` 0 is the A leg."""

    kind: str
    child: int
    data: dict[str, Any]


def kind_of(event: Event) -> str:
    """The kind of an event's line: `leg_answered` for `LegAnswered`."""
    return _WORD.sub("_", type(event).__name__).lower()


def shown(state: State, event: Event) -> dict[str, Any]:
    """The event as the story keeps it: keys and words that are not to be shown are dots."""
    kept: dict[str, Any] = event.to_json()
    for name in ("t", "child", "greeting"):
        kept.pop(name, None)
    if isinstance(event, events.Digits) and hides_digits(state):
        kept["digits"] = MASK * len(event.digits)
    if isinstance(event, events.SpeechHeard) and hides_digits(state):
        kept["text"] = MASK * len(event.text)
    return kept


def of_note(command: StoryNote) -> NoteLine | None:
    """The line of a note of the flow; None for one that is told elsewhere."""
    if command.kind in _UNTOLD:
        return None
    data: dict[str, Any] = {_RENAMED.get(name, name): value for name, value in command.data}
    child = data.pop("child", 0)
    if command.element:
        data["element"] = command.element
    if command.line:
        data |= {"line": command.line, "column": command.column}
    return NoteLine(command.kind, child if isinstance(child, int) else 0, data)
