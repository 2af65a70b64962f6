"""What the states of a message mean, in plain words for its page. Pure; no query."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from console.records.models import Direction
from sandbox.messages.states import State

_OUT: Final = {
    State.QUEUED: "We have it, and a worker will send it.",
    State.SENT: "Paid for, and handed to the network.",
    State.DELIVERED: "The phone has it.",
    State.UNDELIVERED: "The network could not bring it to the phone.",
    State.FAILED: "It never left, and cost nothing.",
    State.REJECTED: "The fence refused it, so it never left.",
}
_IN: Final = {
    State.RECEIVED: "It reached your number.",
    State.DELIVERED: "Your server took it.",
    State.UNDELIVERED: "Nobody took it.",
}
_SOON: Final = timedelta(seconds=5)
_LATE: Final = timedelta(seconds=30)


def meaning(direction: str, state: str) -> str:
    """A sentence about a state that a message came into."""
    words = _OUT if direction == Direction.OUTBOUND else _IN
    return words.get(State(state), "")


def waiting(state: str, since: datetime, now: datetime) -> str:
    """What a queued message's sender reads while it waits (BG-09); "" when there is no need."""
    if state != State.QUEUED or now - since < _SOON:
        return ""
    if now - since < _LATE:
        return "Waiting for our sender."
    return "Delayed: we have your message and keep trying."
