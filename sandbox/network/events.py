"""What a phone does, told to the call engine: outbox rows `call.phone_event`.

Payload: `call_uuid`, `account` (auth id), `event` (a PhoneEvent), `sealed` (`digits` and `text`,
the words said: they may be a PIN, and rows are kept a day), `seconds` (how long it takes to say
them; 0 is a moment), `at` (ISO 8601, UTC), `action_id` (stable: the same action told twice is one
row), `cause` (hangup cause code of the network when it ended the call, else null), `greeting` (what
the phone will say, when that is known at its answer: lists of seconds from the answer, seconds that
it takes, words). `opened` gives it in clear.
"""

from __future__ import annotations

import base64
import json
from enum import StrEnum
from typing import Any, Final, TypeAlias

from console.core import clock
from console.core.models import Queue
from console.core.outbox import Payload, enqueue
from console.core.seals import seal, unseal
from sandbox.network.models import HandsetCall

KIND = "call.phone_event"
_PURPOSE: Final = "phone event"
Greeting: TypeAlias = tuple[tuple[float, float, int], ...]


class PhoneEvent(StrEnum):
    """What happened at the phone."""

    ANSWERED = "answered"
    REJECTED = "rejected"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    DIGITS = "digits"
    SAID = "said"
    BEEPED = "beeped"
    HUNG_UP = "hung_up"


def tell(
    call: HandsetCall,
    event: PhoneEvent,
    *,
    action_id: str,
    digits: str = "",
    text: str = "",
    seconds: float = 0,
    cause: int | None = None,
    greeting: Greeting = (),
) -> bool:
    """Writes the row (two queries) in the caller's transaction; False when it was told before."""
    row = enqueue(
        kind=KIND,
        queue=Queue.OTP if call.platform else Queue.CALLS,
        dedupe_key=f"phone:{call.call_uuid}:{action_id}",
        payload={
            "call_uuid": str(call.call_uuid),
            "account": call.account.auth_id,
            "event": event.value,
            "sealed": _sealed(f"{call.call_uuid}:{action_id}", digits=digits, text=text),
            "seconds": seconds,
            "at": clock.now().isoformat(),
            "action_id": action_id,
            "cause": cause,
            "greeting": [list(one) for one in greeting],
        },
    )
    return row is not None


def _sealed(bound_to: str, **typed: str) -> str:
    if not any(typed.values()):
        return ""
    clear = json.dumps(typed).encode()
    return base64.b64encode(seal(clear, purpose=_PURPOSE, bound_to=bound_to)).decode()


def opened(payload: Payload) -> dict[str, Any]:
    """The payload with its `digits` and `text`; raises SealBroken when it was made elsewhere."""
    typed = {"digits": "", "text": ""}
    if sealed := payload.get("sealed"):
        bound_to = f"{payload['call_uuid']}:{payload['action_id']}"
        clear = unseal(base64.b64decode(sealed), purpose=_PURPOSE, bound_to=bound_to)
        typed |= json.loads(clear)
    return {**typed, **payload}
