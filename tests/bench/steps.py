"""How many events a second the pure call flow takes, on one core."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sandbox.calls.flow import Leg, commands, events, new_call, step
from tests.bench.rows import Row

_MENU = (
    "<Response><GetDigits action='https://app.example.com/keys' numDigits='1' timeout='9'>"
    "<Speak>Press one.</Speak></GetDigits><Hangup/></Response>"
)
_LAST = "<Response><Speak>Thank you.</Speak><Hangup/></Response>"
_SECONDS = 3.0


def _call() -> int:
    """One call with a menu and a key; gives how many events it took."""
    leg = Leg(
        "inbound",
        answer_url="https://app.example.com/answer",
        from_number="+12025550101",
        to_number="+13035550102",
    )
    state, out = step(new_call(leg), events.IncomingCall())
    taken = 1
    while not state.is_over:
        state, out = step(state, _reply(out))
        taken += 1
    return taken


def _reply(out: tuple[commands.Command, ...]) -> events.Event:
    """What the network or the customer's server says to the last commands."""
    for one in reversed(out):
        match one:
            case commands.Fetch():
                body = _LAST if one.url.endswith("/keys") else _MENU
                return events.DocumentFetched(one.fetch_id, body)
            case commands.Speak() if one.text == "Press one.":
                return events.Digits("1")
            case commands.Speak():
                return events.PromptFinished(one.prompt_id)
    return events.LegEnded()


def run() -> Iterator[Row]:
    """Calls for three seconds of this process's own time."""
    began, taken = time.process_time(), 0
    while (spent := time.process_time() - began) < _SECONDS:
        taken += _call()
    rate = taken / spent
    yield Row("events a second through the pure flow", f"{rate:,.0f}", "≥ 50,000", rate >= 50_000)
