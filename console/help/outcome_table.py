"""The outcome numbers as the help center shows them: in groups, each with its own sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from console.core.outcomes import OUTCOMES, CallFate, MessageFate, Outcome
from console.help.content import Kind, Page, library


@dataclass(frozen=True, slots=True)
class Row:
    """One number: how people read it, what it does, and the page of the cause it ends with."""

    outcome: Outcome
    text: str
    cause: Page | None

    @property
    def spoken(self) -> str:
        """`+1 500 555 0121`."""
        number = self.outcome.number
        return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers of one sort, with a sentence that lets one remember them."""

    title: str
    anchor: str
    note: str
    rows: tuple[Row, ...]

    @property
    def ends(self) -> bool:
        """Whether any of its numbers ends with a cause of its own."""
        return any(row.cause for row in self.rows)


_ANSWERS = {CallFate.ANSWERS}
_DETOURS = {CallFate.FIRST_CARRIER_FAILS, CallFate.ALL_CARRIERS_FAIL}
_FAILS = {CallFate.BUSY, CallFate.NO_ANSWER, CallFate.REJECTS, CallFate.UNREACHABLE}
_IN_TIME = {MessageFate.DELIVERED, MessageFate.DELAYED}


_CALLS: tuple[tuple[str, str, str, set[CallFate]], ...] = (
    ("Answered", "answered", "The last two digits are the seconds of ringing.", _ANSWERS),
    ("Not answered", "not-answered", "The call ends with the cause shown.", _FAILS),
    ("Carriers that fail", "carriers", "Every step is in the story.", _DETOURS),
    (
        "Answering machine",
        "machine",
        "A greeting, a beep, then a minute of listening.",
        {CallFate.ANSWERING_MACHINE},
    ),
    (
        "Presses keys",
        "keys",
        "From 0140 to 0149 the last digit is the key. Keys come two seconds after the answer.",
        {CallFate.PRESSES_DIGITS},
    ),
    (
        "Hangs up in mid-call",
        "hangs-up",
        "The last digit is the seconds it stays on the line.",
        {CallFate.HANGS_UP},
    ),
    (
        "Falls silent",
        "silent",
        "A line without sound is cut after a minute.",
        {CallFate.FALLS_SILENT},
    ),
)


def groups() -> Iterator[Group]:
    """Every outcome number once, grouped; costs no query."""
    for title, anchor, note, fates in _CALLS:
        yield _calls(title, anchor, note, fates)
    yield _messages(
        "Messages: delivered",
        "delivered",
        "From 0171 on, ten times the last digit is the delay in seconds.",
        lambda outcome: outcome.message.fate in _IN_TIME,
    )
    yield _messages(
        "Messages: not delivered",
        "undelivered",
        "One number for each error code, and one that never reports back.",
        lambda outcome: outcome.message.fate not in _IN_TIME,
    )


def _calls(title: str, anchor: str, note: str, fates: set[CallFate]) -> Group:
    rows = (
        Row(outcome, outcome.call_text, _cause(outcome))
        for outcome in OUTCOMES
        if outcome.call.fate in fates and not outcome.made_for_messages
    )
    return Group(title, anchor, note, tuple(rows))


def _messages(title: str, anchor: str, note: str, wanted: Callable[[Outcome], bool]) -> Group:
    rows = (
        Row(outcome, outcome.message_text, _error(outcome))
        for outcome in OUTCOMES
        if outcome.made_for_messages and wanted(outcome)
    )
    return Group(title, anchor, note, tuple(rows))


def _cause(outcome: Outcome) -> Page | None:
    cause = outcome.call.cause
    return None if cause is None else library().find(Kind.ERROR, str(cause))


def _error(outcome: Outcome) -> Page | None:
    error = outcome.message.error
    return None if error is None else library().find(Kind.ERROR, f"message-{error}")
