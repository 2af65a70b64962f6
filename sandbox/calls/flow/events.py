"""What can happen to a call. `child` 0 is the call's own leg, others are dialled legs."""

from __future__ import annotations

from dataclasses import dataclass

from .detection import Utterance
from .errors import FlowXmlError
from .reader import MAX_BYTES
from .values import Value


class Event(Value):
    """Base of all events; every one may come in any state, late or twice."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class IncomingCall(Event):
    """A call arrived at a number, endpoint or application: ask the answer URL."""


@dataclass(frozen=True, slots=True)
class OutgoingCall(Event):
    """A call was asked for by the API or the platform: ring the destination."""


@dataclass(frozen=True, slots=True)
class LegRinging(Event):
    """A phone rings."""

    child: int = 0


@dataclass(frozen=True, slots=True)
class LegAnswered(Event):
    """A phone was answered; `greeting` is what it is known to say then (`detection.Utterance`)."""

    child: int = 0
    greeting: tuple[Utterance, ...] = ()


@dataclass(frozen=True, slots=True)
class LegEnded(Event):
    """A phone hung up, refused, or could not be reached.

    `cause` is a code of `causes.CAUSES`; 0 means "hung up" and is filled in by what went before.
    `source` empty means the far end of that leg; with the source `Unknown`, 0 stays 0.
    """

    child: int = 0
    cause: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Digits(Event):
    """Keys were pressed, one or several in order; anything but 0-9, * and # is dropped."""

    digits: str
    child: int = 0


@dataclass(frozen=True, slots=True)
class Heard(Event):
    """Something was heard on a leg: `beep` of a voicemail, `voice`, or `silence` after a voice."""

    what: str
    child: int = 0


@dataclass(frozen=True, slots=True)
class SpeechHeard(Event):
    """Words were spoken on a leg, as far as they were understood.

    They take `seconds` from now; 0 is a moment, as when somebody types them.
    """

    text: str
    child: int = 0
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class StreamEnded(Event):
    """A stream that the document began is over, for whatever reason."""

    stream_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PromptFinished(Event):
    """A prompt was spoken or played to its end, or could not be played (`failed` says why)."""

    prompt_id: int
    failed: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired(Event):
    """A timer ran out; one that is not armed any more is ignored."""

    timer_id: int


@dataclass(frozen=True, slots=True)
class DocumentFetched(Event):
    """A 2xx reply to a `Fetch`. Make it with `document_event`, which judges the bytes."""

    fetch_id: int
    body: str


@dataclass(frozen=True, slots=True)
class DocumentRefused(Event):
    """A 2xx reply that cannot be run; `code` is one of `errors.CODES`."""

    fetch_id: int
    code: str
    message: str
    line: int = 0
    column: int = 0
    element: str = ""


@dataclass(frozen=True, slots=True)
class FetchFailed(Event):
    """A `Fetch` that brought no 2xx reply.

    `reason` is a class such as `not_allowed`, `connect`, `timeout`, `status` or `bad_answer`;
    `status` is the HTTP status, 0 without one.
    """

    fetch_id: int
    reason: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class HangupAsked(Event):
    """The API, the console or the platform ends the call.

    `cause` 0 means 4000 on an answered call and 1000 before (compat/cdr.md section 2).
    """

    cause: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class TransferAsked(Event):
    """The API moves the call to another document (causes 7013, 8013, 7023, 7033).

    A connected leg `spare` is not hung up with it: it becomes a call of its own (`LegTaken`).
    """

    url: str
    method: str = "POST"
    spare: int = 0


@dataclass(frozen=True, slots=True)
class LegLeft(Event):
    """A connected leg is a call of its own from now on; this call goes on without it."""

    child: int


@dataclass(frozen=True, slots=True)
class LegTaken(Event):
    """First event of a call made of another call's leg, answered already: run this document."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class DocumentGiven(Event):
    """The platform gives an answered call a document of its own, which replaces the current one."""

    document: str


def document_event(fetch_id: int, body: bytes) -> DocumentFetched | DocumentRefused:
    """Return the event for a 2xx reply; its text is safe to store in any database as JSON."""
    if len(body) > MAX_BYTES:
        message = f"The document has {len(body)} bytes; at most {MAX_BYTES} are read."
        return DocumentRefused(fetch_id, "too_large", message)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _refused(fetch_id, "not_utf8", "The document is not UTF-8.", body[: error.start])
    if "\0" in text:
        head = body[: body.index(b"\0")]
        return _refused(fetch_id, "not_well_formed", "The document holds a NUL character.", head)
    return DocumentFetched(fetch_id, text)


def refused(fetch_id: int, error: FlowXmlError) -> DocumentRefused:
    """Return the event for a document whose parsing failed with `error`."""
    return DocumentRefused(
        fetch_id, error.code, error.message, error.line, error.column, error.element
    )


def _refused(fetch_id: int, code: str, message: str, head: bytes) -> DocumentRefused:
    line = head.count(b"\n") + 1
    column = len(head) - (head.rfind(b"\n") + 1) + 1
    return DocumentRefused(fetch_id, code, message, line, column)
