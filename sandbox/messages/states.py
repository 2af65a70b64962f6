"""The life of a message, as one table (compat: cdr section 3, "States").

A state only moves forward (BG-12): what comes late, doubled or out of order finds no way and
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models

from console.records.models import Direction


class State(models.TextChoices):
    """What became of a message so far."""

    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    UNDELIVERED = "undelivered", "Undelivered"
    FAILED = "failed", "Failed"
    REJECTED = "rejected", "Rejected"
    RECEIVED = "received", "Received"


TRANSITIONS: Mapping[tuple[str, str], frozenset[str]] = MappingProxyType(
    {
        (Direction.OUTBOUND, State.QUEUED): frozenset({State.SENT, State.FAILED, State.REJECTED}),
        (Direction.OUTBOUND, State.SENT): frozenset({State.DELIVERED, State.UNDELIVERED}),
        (Direction.INBOUND, State.RECEIVED): frozenset({State.DELIVERED, State.UNDELIVERED}),
    }
)
"""(direction, state) → states that may follow. What is not a key is final."""

FIRST: Mapping[str, State] = MappingProxyType(
    {Direction.OUTBOUND: State.QUEUED, Direction.INBOUND: State.RECEIVED}
)
FAULTS = (State.UNDELIVERED, State.FAILED, State.REJECTED)


def states_of(direction: str) -> frozenset[str]:
    """Every state that a message of this direction can be in."""
    ways = [(key[1], after) for key, after in TRANSITIONS.items() if key[0] == direction]
    return frozenset({before for before, _ in ways}.union(*(after for _, after in ways)))


def before(direction: str, state: str) -> list[str]:
    """The states from which a message may come into `state`."""
    return [key[1] for key, after in TRANSITIONS.items() if key[0] == direction and state in after]


def is_final(direction: str, state: str) -> bool:
    """Whether nothing can follow."""
    return (direction, state) not in TRANSITIONS
