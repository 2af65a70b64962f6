"""The worker's side: outbox rows of this app, and its periodic jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from console.accounts.services import restores
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from sandbox.calls import internal_documents
from sandbox.calls.flow import CAUSES
from sandbox.fence.kinds import Origin
from sandbox.network.outgoing import text_of
from sandbox.network.reach import answer_texts_to
from sandbox.verification import dispatch, switches, upkeep, voice
from sandbox.verification.services.sending import SEND
from sandbox.verification.sessions import closing, creating
from sandbox.verification.sessions import dispatch as session_dispatch
from sandbox.verification.sessions import voice as session_voice

restores.on_distrust(upkeep.take_proofs_back)
answer_texts_to(dispatch.SENDER, kind=switches.REPLY)
internal_documents.register(voice.DOCUMENT, voice.document, ended=dispatch.call_ended)


def _session_document(ref: str, params: Mapping[str, str]) -> str:
    # That it is asked for says that the phone has picked up (callbacks.md 3.4).
    session_dispatch.answered(UUID(ref))
    return session_voice.document(ref, params)


def _session_call_ended(ref: str, answered: bool, cause: int) -> None:
    error = "" if answered else CAUSES[cause].name
    session_dispatch.report(attempt_id=UUID(ref), delivered=answered, error=error)


internal_documents.register(
    session_voice.DOCUMENT, _session_document, ended=_session_call_ended, origin=Origin.VERIFY
)


@handler(SEND)
def send(payload: Payload, row: OutboxRow) -> None:
    """Carries out one sending of a code."""
    dispatch.send(UUID(payload["delivery"]))


@handler(dispatch.REPORT)
def report(payload: Payload, row: OutboxRow) -> None:
    """Takes the gateway's delivery report."""
    dispatch.report(
        delivery_id=UUID(payload["message_uuid"]),
        delivered=payload["state"] == "delivered",
        error=str(payload.get("error") or ""),
    )


@handler(creating.SEND)
def send_session(payload: Payload, row: OutboxRow) -> None:
    """Carries out one sending of a session."""
    session_dispatch.send(UUID(payload["attempt"]))


@handler(session_dispatch.REPORT)
def report_session(payload: Payload, row: OutboxRow) -> None:
    """Takes the gateway's delivery report of a session's text."""
    session_dispatch.report(
        attempt_id=UUID(payload["message_uuid"]),
        delivered=payload["state"] == "delivered",
        error=str(payload.get("error") or ""),
    )


@handler(switches.REPLY)
def reply(payload: Payload, row: OutboxRow) -> None:
    """A receiver answers the platform's sender: STOP and START (OTP-19)."""
    switches.heed(
        account_id=payload["account"],
        e164=payload["from"],
        text=text_of(UUID(payload["message_uuid"])),
    )


@periodic(every=timedelta(seconds=15), title="End codes in time")
def expire() -> None:
    """Ends codes, sendings and verifications whose time is over."""
    dispatch.expire_waiting()
    upkeep.expire_challenges()
    session_dispatch.expire_waiting()
    closing.expire_sessions()
    upkeep.expire_numbers()


@periodic(every=timedelta(minutes=10), title="Remind of verifications that end")
def remind() -> None:
    """Tells owners that a verification ends in 14 or 3 days, or has ended (NUM-09)."""
    upkeep.remind_owners()


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old codes")
def prune() -> None:
    """Deletes what is left of codes and their tries after 30 days (trust.md section 11)."""
    upkeep.prune()
    closing.prune()
