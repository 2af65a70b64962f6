"""Outcome numbers: phones that choose their own fate by their last digits.

One pure table for the whole product: the simulated network plays it, the fence recognises its
numbers before it looks at type or country, and the help center prints it. Every number has a fate
for a call and one for a message, so each may always be called and texted.

Source: product.md, "Numbers that reach nobody". `+1 500` is no geographic area code, so the
numbers reach nobody on a real network either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from console.core.message_errors import MESSAGE_ERRORS

PREFIX = "+150055501"


class CallFate(StrEnum):
    """What a called outcome number does."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTS = "rejects"
    UNREACHABLE = "unreachable"
    FIRST_CARRIER_FAILS = "first_carrier_fails"
    ALL_CARRIERS_FAIL = "all_carriers_fail"
    ANSWERING_MACHINE = "answering_machine"
    PRESSES_DIGITS = "presses_digits"
    HANGS_UP = "hangs_up"
    FALLS_SILENT = "falls_silent"


class MessageFate(StrEnum):
    """What becomes of a message to an outcome number."""

    DELIVERED = "delivered"
    DELAYED = "delayed"
    UNDELIVERED = "undelivered"
    NO_REPORT = "no_report"


@dataclass(frozen=True, slots=True)
class CallPlan:
    """The call half of a number's fate. Times are seconds before the time scale is applied."""

    fate: CallFate = CallFate.ANSWERS
    ring_seconds: int = 2
    """Ringing before the phone answers, rejects or reports busy."""
    digits: str = ""
    """Keys pressed after the answer, one a second."""
    digits_after: int = 0
    """Seconds from the answer to the first key."""
    hangup_after: int | None = None
    """Seconds from the answer until the phone hangs up; None stays on the line."""
    cause: int | None = None
    """Hangup cause code (compat/cdr.md section 2) when the fate itself ends the call."""
    says: str = ""
    """What the phone says after the answer: the greeting of an answering machine, then it beeps."""


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """The message half of a number's fate. Times are seconds before the time scale is applied."""

    fate: MessageFate = MessageFate.DELIVERED
    seconds: int = 1
    """From "sent" to the delivery report."""
    error: int | None = None
    """Message error code (console.core.message_errors) of an undelivered message."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome number and what it does, with a sentence for each kind of traffic."""

    number: str
    call: CallPlan
    message: MessagePlan
    call_text: str
    message_text: str
    made_for_messages: bool = False


_CALL_DEFAULT = CallPlan()
_MESSAGE_DEFAULT = MessagePlan()
_CALL_DEFAULT_TEXT = "Answers after 2 seconds and stays on the line."
_MESSAGE_DEFAULT_TEXT = "Delivered after 1 second."
MACHINE_GREETING = "You have reached voicemail. Please leave a message after the tone."


def _for_calls(ending: int, plan: CallPlan, text: str) -> Outcome:
    number = f"{PREFIX}{ending:02d}"
    return Outcome(number, plan, _MESSAGE_DEFAULT, text, _MESSAGE_DEFAULT_TEXT)


def _for_messages(ending: int, plan: MessagePlan, text: str) -> Outcome:
    number = f"{PREFIX}{ending:02d}"
    return Outcome(number, _CALL_DEFAULT, plan, _CALL_DEFAULT_TEXT, text, made_for_messages=True)


def _seconds(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"


def _answering() -> Iterator[Outcome]:
    """0100 to 0120: the last two digits are the seconds it rings."""
    yield _for_calls(0, CallPlan(ring_seconds=0), "Answers at once and stays on the line.")
    for wait in range(1, 21):
        text = f"Rings for {_seconds(wait)}, answers and stays on the line."
        yield _for_calls(wait, CallPlan(ring_seconds=wait), text)


def _failing() -> Iterator[Outcome]:
    """0121 to 0128: calls that do not connect, or connect by a detour."""
    fate = CallFate
    rows = (
        (21, CallPlan(fate.BUSY, 1, cause=3010), "Is busy."),
        (22, CallPlan(fate.NO_ANSWER, 60, cause=3000), "Rings for a minute; nobody answers."),
        (23, CallPlan(fate.REJECTS, 3, cause=3020), "Rings for 3 seconds and rejects."),
        (24, CallPlan(fate.UNREACHABLE, 0, cause=2010), "Unreachable: out of service."),
        (25, CallPlan(fate.UNREACHABLE, 0, cause=3050), "Unreachable: the number is not in use."),
        (26, CallPlan(fate.UNREACHABLE, 0, cause=3090), "Unreachable: the network is congested."),
        (
            27,
            CallPlan(fate.FIRST_CARRIER_FAILS),
            "The first carrier fails, the second connects; answers after 2 seconds.",
        ),
        (28, CallPlan(fate.ALL_CARRIERS_FAIL, 0, cause=3080), "Every carrier fails in turn."),
    )
    for ending, plan, text in rows:
        yield _for_calls(ending, plan, text)


def _refused() -> Iterator[Outcome]:
    """0129 and 0131 to 0138: networks that refuse the call, each with its own hangup cause."""
    rows = (
        (29, 3040, "forbidden by the carrier"),
        (31, 3070, "the carrier's request timed out"),
        (32, 3100, "busy everywhere"),
        (33, 3110, "declined"),
        (34, 3120, "the user does not exist anywhere"),
        (35, 3130, "blocked as spam"),
        (36, 3140, "the caller ID is on a do-not-originate list"),
        (37, 2070, "media may not leave the country"),
        (38, 5000, "network error"),
    )
    for ending, cause, why in rows:
        plan = CallPlan(CallFate.UNREACHABLE, 0, cause=cause)
        yield _for_calls(ending, plan, f"Unreachable: {why}.")


def _silent() -> Iterator[Outcome]:
    """0139: a line on which no sound ever comes."""
    plan = CallPlan(CallFate.FALLS_SILENT, hangup_after=60, cause=6020)
    text = "Answers after 2 seconds; no sound comes, so the line is cut a minute later."
    yield _for_calls(39, plan, text)


def _machine() -> Iterator[Outcome]:
    plan = CallPlan(CallFate.ANSWERING_MACHINE, 4, says=MACHINE_GREETING, hangup_after=60)
    text = "An answering machine picks up after 4 seconds, greets, beeps and records for a minute."
    yield _for_calls(30, plan, text)


def _pressing() -> Iterator[Outcome]:
    """0140 to 0149 press their last digit; 0150 to 0152 press more."""
    for key in "0123456789":
        text = f"Answers after 2 seconds and presses {key}."
        yield _for_calls(40 + int(key), _presses(key), text)
    yield _for_calls(50, _presses("1234#"), "Answers after 2 seconds and presses 1 2 3 4 #.")
    yield _for_calls(51, _presses("*"), "Answers after 2 seconds and presses *.")
    yield _for_calls(52, _presses("#"), "Answers after 2 seconds and presses #.")


def _presses(digits: str) -> CallPlan:
    return CallPlan(CallFate.PRESSES_DIGITS, digits=digits, digits_after=2)


def _hanging_up() -> Iterator[Outcome]:
    """0161 to 0169: the last digit is the seconds it stays on the line."""
    for stay in range(1, 10):
        plan = CallPlan(CallFate.HANGS_UP, hangup_after=stay, cause=4000)
        text = f"Answers after 2 seconds and hangs up {_seconds(stay)} later."
        yield _for_calls(60 + stay, plan, text)


def _delivering() -> Iterator[Outcome]:
    """0170 delivers at once; 0171 to 0179 after ten times the last digit in seconds."""
    yield _for_messages(70, MessagePlan(seconds=0), "Delivered at once.")
    for tens in range(1, 10):
        plan = MessagePlan(MessageFate.DELAYED, tens * 10)
        yield _for_messages(70 + tens, plan, f"Delivered after {tens * 10} seconds.")


def _refusing() -> Iterator[Outcome]:
    """0180 to 0198: every error code in ascending order; 0199 never reports back."""
    for ending, (code, reason) in enumerate(MESSAGE_ERRORS.items(), start=80):
        plan = MessagePlan(MessageFate.UNDELIVERED, error=code)
        yield _for_messages(ending, plan, f"Undelivered with error {code}: {reason}.")
    yield _for_messages(
        99,
        MessagePlan(MessageFate.NO_REPORT),
        "Stays “sent”: no delivery report ever comes.",
    )


OUTCOMES: tuple[Outcome, ...] = tuple(
    sorted(
        chain(
            _answering(),
            _failing(),
            _refused(),
            _machine(),
            _silent(),
            _pressing(),
            _hanging_up(),
            _delivering(),
            _refusing(),
        ),
        key=lambda outcome: outcome.number,
    )
)
"""Every outcome number in ascending order."""

_BY_NUMBER = {outcome.number: outcome for outcome in OUTCOMES}


def find_outcome(e164: str) -> Outcome | None:
    """Return the outcome of a canonical number such as `+15005550121`, or None. No query."""
    return _BY_NUMBER.get(e164)


def is_outcome_number(e164: str) -> bool:
    """Return whether the canonical number is in the table. No query."""
    return e164 in _BY_NUMBER
