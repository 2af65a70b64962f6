"""Scripts: what a handset does by itself from now on (sandbox-api.md, `Handset/{e164}/Script/`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast

from console.accounts.models import Account
from console.core.errors import DomainError
from sandbox.network.models import HandsetScript, OnRing
from sandbox.network.registration import register
from sandbox.network.services import LONGEST_SAID, require_handset, sendable

LONGEST_WAIT = 600
MOST_STEPS = 20
_DIGITS = re.compile(r"[0-9*#]{1,32}")


def script_json(script: HandsetScript) -> dict[str, Any]:
    """The script as the contract writes it; no query."""
    told = {"on_ring": script.on_ring, "after": script.after, "then": script.then}
    return told | ({"machine": True} if script.machine else {})


def get_script(*, account: Account, number: str) -> HandsetScript | None:
    """The handset's script, or None (two queries). Raises NotFound for another's handset."""
    require_handset(account=account, number=number)
    return HandsetScript.objects.for_account(account).filter(number=number).first()


def set_script(
    *,
    account: Account,
    number: str,
    on_ring: object,
    after: object = 0,
    then: object = (),
    machine: object = False,
) -> HandsetScript:
    """Puts the script in the place of any other; calls that ring already keep theirs.

    With `machine` it is an answering machine that answers; it has a greeting and a beep of its own
    when `then` says nothing. An endpoint that gets a script is switched on by it.

    Each step of `then` waits `after` seconds from the end of the one before it, and presses
    `digits`, lets the phone `say` words (for `seconds`, or as long as the words are), makes a
    `beep` or, with `hangup`, ends the call. Raises NotFound, DomainError `invalid_script` naming
    the field.
    """
    number = require_handset(account=account, number=number).number
    if not isinstance(machine, bool):
        raise _wrong("machine is true or false.", "machine")
    if not isinstance(on_ring, str) or on_ring not in OnRing.values:
        words = ", ".join(OnRing.values)
        raise _wrong(f"on_ring is one of {words}.", "on_ring")
    if not isinstance(then, list | tuple) or len(then) > MOST_STEPS:
        raise _wrong(f"then is a list of at most {MOST_STEPS} steps.", "then")
    steps = [_step(one, place) for place, one in enumerate(then, start=1)]
    script, _ = HandsetScript.objects.for_account(account).update_or_create(
        account=account,
        number=number,
        defaults={
            "on_ring": on_ring,
            "after": _seconds(after, "after"),
            "then": steps,
            "machine": machine,
        },
    )
    if number.startswith("sip:"):
        register(account=account, uri=number)
    return script


def remove_script(*, account: Account, number: str) -> None:
    """Takes the script away; without one it is a no-op. Raises NotFound."""
    require_handset(account=account, number=number)
    HandsetScript.objects.for_account(account).filter(number=number).delete()


def _step(step: object, place: int) -> dict[str, object]:
    if not isinstance(step, dict) or not set(step) <= _PARTS:
        raise _wrong(f"Step {place} of then has after and one of {', '.join(_DEEDS)}.", "then")
    made: dict[str, object] = {"after": _seconds(step.get("after", 0), "then")}
    # A deed that is switched off is none.
    asked = [name for name in _DEEDS if step.get(name) not in (None, False)]
    if len(asked) != 1 or ("seconds" in step and asked != ["say"]):
        raise _wrong(f"Step {place} of then does one thing: {', '.join(_DEEDS)}.", "then")
    (deed,) = asked
    made[deed] = _CHECKS[deed](step[deed], place)
    if step.get("seconds") is not None:
        made["seconds"] = _seconds(step["seconds"], "then")
    return made


def _digits(value: object, place: int) -> str:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return value
    raise _wrong(
        f"Step {place} of then presses 1 to 32 keys of 0 to 9, * and #, as a text.", "then"
    )


def _words(value: object, place: int) -> str:
    words = " ".join(value.split()) if isinstance(value, str) else ""
    if not words or len(words) > LONGEST_SAID or not sendable(words):
        message = f"Step {place} of then says a text of 1 to {LONGEST_SAID} characters."
        raise _wrong(message, "then")
    return words


def _switch(value: object, place: int) -> bool:
    if value is True:
        return True
    raise _wrong(f"Step {place} of then: beep and hangup are true or left out.", "then")


_CHECKS: Final[dict[str, Callable[[object, int], object]]] = {
    "digits": _digits,
    "say": _words,
    "beep": _switch,
    "hangup": _switch,
}
_DEEDS: Final = tuple(_CHECKS)
_PARTS: Final = {"after", "seconds", *_DEEDS}


def _seconds(value: object, field: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    # Not a number compares as false, and a whole number of any size compares exactly.
    if not number or not 0 <= cast(float, value) <= LONGEST_WAIT:
        raise _wrong(f"Seconds are a number from 0 to {LONGEST_WAIT}.", field)
    return float(cast(float, value))


def _wrong(message: str, field: str) -> DomainError:
    return DomainError(message, code="invalid_script", field=field)
