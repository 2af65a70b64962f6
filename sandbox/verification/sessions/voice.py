"""The call that says a session's code (OTP-15, OTP-22)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sandbox.calls.services import place_platform_call
from sandbox.verification import spoken, switches
from sandbox.verification.models import SessionAttempt
from sandbox.verification.prompts import language_for
from sandbox.verification.sessions import secrets

DOCUMENT = "verify"
LONGEST_CALL = 60


def place(attempt: SessionAttempt) -> str:
    """Rings the recipient, in the caller's transaction; gives the call's UUID. Once an attempt."""
    return place_platform_call(
        account=attempt.account,
        to=attempt.session.e164,
        document_key=DOCUMENT,
        ref=str(attempt.public_id),
        time_limit=LONGEST_CALL,
    )


def document(ref: str, params: Mapping[str, str]) -> str:
    """The XML for the next step of the call: by what was pressed, if anything."""
    every = SessionAttempt.objects.unscoped("the platform's own call")
    attempt = every.select_related("session__account").filter(public_id=UUID(ref)).first()
    if attempt is None:
        return spoken.HANG_UP
    session = attempt.session
    script = spoken.Script(
        document=DOCUMENT,
        language=language_for(session.locale),
        key=session.dtmf,
        who=session.brand_name,
    )
    pressed, prompts = params.get("Digits", ""), script.prompts
    if not pressed:
        return script.greeting(prompts.session_branded if session.brand_name else prompts.session)
    if pressed == script.stop:
        switches.opt_out(
            e164=session.e164, account_id=session.account.auth_id, reason="key pressed"
        )
        return script.last_words(prompts.stopped)
    if pressed != script.key:
        return spoken.HANG_UP
    newest = session.is_open and session.sends == attempt.sequence
    if not newest or session.sealed_code is None:
        return script.last_words(prompts.gone)
    return script.code(secrets.reveal(session))
