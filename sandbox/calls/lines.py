"""What the story keeps of events, notes and commands of the flow, in calls and rehearsals. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sandbox.calls.flow import State, commands, events, hides_digits
from sandbox.calls.flow.commands import StoryNote
from sandbox.calls.flow.events import Event
from sandbox.calls.flow.verbs.get_digits import MASK

if TYPE_CHECKING:
    from sandbox.calls.models import Leg

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


def fetch_started(command: commands.Fetch) -> NoteLine:
    """A document is asked for."""
    data = {
        "fetch_id": command.fetch_id,
        "purpose": command.purpose,
        "method": command.method,
        "url": command.url,
        "event": command.event,
    }
    return NoteLine("fetch_started", command.child, data)


def notified(
    *, purpose: str, url: str, method: str, event: str, child: int = 0, **more: Any
) -> NoteLine:
    """A URL is told something; `more` is where to read what. Settings of the URL are left out."""
    data = {"purpose": purpose, "url": url.partition("#")[0], "method": method, "event": event}
    return NoteLine("notified", child, data | more)


def said(command: commands.Speak) -> NoteLine:
    """A text is said."""
    data: dict[str, Any] = {
        "text": command.text,
        "voice": command.voice,
        "language": command.language,
        "loop": command.loop,
    }
    if command.markup:
        data["ssml"] = command.markup
    return NoteLine("said", command.child, data)


def played(command: commands.Play, *, seconds: float) -> NoteLine:
    """A sound is played, that lasts so many seconds once."""
    data = {"url": command.url, "loop": command.loop, "seconds": round(seconds, 1)}
    return NoteLine("played", command.child, data)


def tones_sent(digits: str, *, child: int) -> NoteLine:
    """Keys are sounded on a leg."""
    return NoteLine("tones_sent", child, {"digits": digits})


def ringback(command: commands.Ringback) -> NoteLine | None:
    """The caller hears it ring; None when that ends."""
    return None if command.style == "off" else NoteLine("ringback", 0, {"style": command.style})


def leg_dialled(command: commands.DialLeg, leg: Leg) -> NoteLine:
    """A leg begins; parties as the leg has them."""
    data = {
        "position": command.position,
        "to": leg.to_number,
        "caller_id": leg.from_number,
        "timeout": command.timeout_seconds,
    }
    return NoteLine("leg_dialled", command.child, data)


def legs_separated(command: commands.Unbridge) -> NoteLine:
    """Two legs do not hear each other any more."""
    return NoteLine("legs_separated", command.child, {})


def speech_billed(command: commands.ChargeSpeech) -> NoteLine:
    """Recognised speech costs something."""
    return NoteLine("speech_billed", 0, {"amount": command.amount})


def stream_asked(
    *, url: str, track: str, content_type: str, bidirectional: bool, **more: Any
) -> NoteLine:
    """Audio is to go to a server; `more` names the stream that there is."""
    data = {
        "url": url,
        "track": track,
        "content_type": content_type,
        "bidirectional": bidirectional,
    }
    return NoteLine("stream_asked", 0, data | more)


def hung_up(command: commands.HangUp) -> NoteLine:
    """The call ends."""
    data = {
        "cause": command.cause,
        "name": command.name,
        "source": command.source,
        "hangup_cause": command.hangup_cause,
        "status": command.call_status,
        "answered": command.answered,
        "reason": command.reason,
    }
    return NoteLine("hung_up", 0, data)
