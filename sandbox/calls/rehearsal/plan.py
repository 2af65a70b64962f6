"""What a rehearsal is given: a document, and what people and servers do while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_MOVES: Final = 12
MOST_REPLIES: Final = 12
LONGEST_SECONDS: Final = 14_400
LONGEST_WORDS: Final = 500


class Does(StrEnum):
    """What a phone does that is called."""

    ANSWERS = "answers"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTS = "rejects"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Party:
    """A phone that is called. `after` are seconds of ringing; `stays` seconds until it hangs up.

    With `stays` None it stays on the line. A phone that does not answer rings on.
    """

    does: Does = Does.ANSWERS
    after: int = 4
    stays: int | None = 10


class MoveKind(StrEnum):
    """What somebody does in a call."""

    KEYS = "keys"
    WORDS = "words"
    HANG_UP = "hangup"


@dataclass(frozen=True, slots=True)
class Move:
    """Something done by the phone of the call's own leg (`who` 0) or the nth dialled one.

    `at` are seconds of the call; None: a second after the document begins to listen.
    """

    kind: MoveKind
    text: str = ""
    at: float | None = None
    who: int = 0

    @property
    def words(self) -> str:
        """`The caller presses 1 at 2 s`."""
        who = f"Dialled phone {self.who}" if self.who else "The caller"
        did = {MoveKind.KEYS: "presses", MoveKind.WORDS: "says", MoveKind.HANG_UP: "hangs up"}
        when = "" if self.at is None else f" at {self.at:g} s"
        return f"{who} {did[self.kind]} {self.text}".rstrip() + when


class Outcome(StrEnum):
    """What became of a request."""

    DOCUMENT = "document"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the reader's server answers to a request; `asked` is the `Request.key` it answers.

    An empty `asked` answers whatever is asked next.
    """

    body: str = ""
    outcome: Outcome = Outcome.DOCUMENT
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A call to rehearse. `replies` answer its requests in order, `document` the very first.

    `machine` says what becomes of an outbound call that a machine takes: `continue`, `hangup`, or
    empty for not looking; `callee` is who is called then. `parties` are the dialled ones in the
    order of dialling, the last also for all that follow. Outcome numbers do what their table says.
    """

    document: str
    answer_url: str = "https://app.example.com/answer/"
    fallback_url: str = ""
    hangup_url: str = ""
    outbound: bool = False
    from_number: str = "+14155550100"
    to_number: str = "+13035550142"
    machine: str = ""
    callee: Party = Party(stays=None)
    parties: tuple[Party, ...] = (Party(),)
    moves: tuple[Move, ...] = ()
    replies: tuple[Reply, ...] = ()
    auth_id: str = "MAXXXXXXXXXXXXXXXXXX"
