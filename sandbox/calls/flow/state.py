"""The state of one call: everything the flow knows, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Activity
from .detection import AS_USUAL, Detection
from .document import Document
from .values import Value

NEW = "new"
RINGING = "ringing"
LIVE = "live"
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Leg(Value):
    """What is fixed about a call from its start.

    `from_number` and `to_number` are as the parameters `From` and `To` show them. `schemes` are
    the URL schemes its documents may come from: `http` and `https` for customers, a scheme of
    our own for the platform's calls, whose documents never leave the house. Seconds are call time.
    `hangup_on_ring_seconds` counts from the first ring, -1 never. `machine` says what becomes of an
    outbound call that an answering machine takes: `continue`, `hangup`, or empty for not looking.
    A `document` of the platform's own is run instead of asking the answer URL; with a
    `confirm_key` only once whoever answered has pressed it, having heard `confirm_sound`.
    """

    direction: str
    from_number: str
    to_number: str
    answer_url: str
    answer_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    ring_url: str = ""
    ring_method: str = "POST"
    ring_timeout_seconds: int = 120
    hangup_on_ring_seconds: int = -1
    time_limit_seconds: int = 14_400
    machine: str = ""
    detection: Detection = AS_USUAL
    machine_url: str = ""
    machine_method: str = "POST"
    schemes: tuple[str, ...] = ("http", "https")
    document: str = ""
    confirm_key: str = ""
    confirm_sound: str = ""
    confirm_method: str = "GET"


@dataclass(frozen=True, slots=True)
class Timer(Value):
    """An armed timer; `child` is the dialled leg it belongs to, 0 for the call itself."""

    timer_id: int
    purpose: str
    child: int = 0


@dataclass(frozen=True, slots=True)
class Ending(Value):
    """Why the call ended."""

    cause: int
    source: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class State(Value):
    """One call at one moment; `rang` says that the phone of an outbound call has rung.

    `path` leads to the current element: an index into the document, then into containers.
    `serial` is the last id given out. `documents` counts requests for documents, `idle_documents`
    the documents in a row without a media step (trust.md XML-02); `visited` are their last URLs.
    """

    leg: Leg
    phase: str = NEW
    answered: bool = False
    document: Document | None = None
    document_url: str = ""
    path: tuple[int, ...] = ()
    activity: Activity | None = None
    timers: tuple[Timer, ...] = ()
    serial: int = 0
    documents: int = 0
    idle_documents: int = 0
    visited: tuple[str, ...] = ()
    ending: Ending | None = None
    rang: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the call has ended; then no event changes anything."""
        return self.phase == ENDED


def new_call(leg: Leg) -> State:
    """Return the state of a call before its first event."""
    return State(leg)
