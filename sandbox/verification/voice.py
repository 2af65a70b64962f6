"""The call that says the code of a sandbox number (OTP-15).

The call engine plays it as it plays any call, and asks `document` for the XML instead of a web
server.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from console.core import clock
from sandbox.calls.services import place_platform_call
from sandbox.verification import codes, spoken, switches
from sandbox.verification.models import CHECKABLE_STATES, CodeDelivery
from sandbox.verification.prompts import DEFAULT, PROMPTS

DOCUMENT = "otp"
LONGEST_CALL = 60


def place(delivery: CodeDelivery) -> str:
    """Rings the number for this delivery, in the caller's transaction; gives the call's UUID.

    Once for each delivery, whatever is repeated. The engine asks the fence when it dials.
    """
    return place_platform_call(
        account=delivery.account,
        to=delivery.challenge.e164,
        document_key=DOCUMENT,
        ref=str(delivery.public_id),
        time_limit=LONGEST_CALL,
    )


def document(ref: str, params: Mapping[str, str]) -> str:
    """The XML for the next step of the call: by what was pressed, if anything.

    A code that is not the newest any more, or no longer alive, is not said.
    """
    delivery = _delivery(UUID(ref))
    if delivery is None:
        return spoken.HANG_UP
    language = delivery.challenge.language
    script = spoken.Script(document=DOCUMENT, language=language if language in PROMPTS else DEFAULT)
    pressed = params.get("Digits", "")
    if not pressed:
        return script.greeting(script.prompts.ours)
    if pressed == script.stop:
        switches.opt_out(
            e164=delivery.challenge.e164, account_id=delivery.account.auth_id, reason="key pressed"
        )
        return script.last_words(script.prompts.stopped)
    if pressed != script.key:
        return spoken.HANG_UP
    code = _living_code(delivery)
    return script.code(code) if code else script.last_words(script.prompts.gone)


def _delivery(delivery_id: UUID) -> CodeDelivery | None:
    every = CodeDelivery.objects.unscoped("the platform's own call")
    return (
        every.filter(public_id=delivery_id).select_related("account", "challenge__account").first()
    )


def _living_code(delivery: CodeDelivery) -> str:
    challenge = delivery.challenge
    newest = challenge.generation == delivery.generation and challenge.state in CHECKABLE_STATES
    alive = challenge.expires_at is not None and challenge.expires_at > clock.now()
    sealed = challenge.sealed_code is not None
    return codes.reveal(challenge) if sealed and newest and alive else ""
