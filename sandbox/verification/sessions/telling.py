"""Telling the tenant's server how a session goes (callbacks.md 3.4); the code is never told."""

from __future__ import annotations

from sandbox.verification.models import SessionAttempt, VerifySession
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify

TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def tell(session: VerifySession, attempt: SessionAttempt) -> None:
    """Queues a notification of where both stand, in the transaction of the change; once each."""
    if not session.url:
        return
    params = {
        "AttemptSequence": str(attempt.sequence),
        "AttemptUUID": str(attempt.public_id),
        "Channel": attempt.channel,
        "ChannelStatus": attempt.shown_state,
        "Recipient": session.e164.removeprefix("+"),
        "RequestTime": attempt.created_at.strftime(TIME_FORMAT),
        "SessionStatus": session.state,
        "SessionUUID": str(session.public_id),
    }
    if attempt.error:
        params["ChannelErrorCode"] = attempt.error
    notify(
        account=session.account,
        subaccount=session.subaccount,
        url=session.url,
        method=session.method,
        params=params,
        purpose=Purpose.VERIFY,
        dedupe_key=f"verify:{attempt.public_id}:{attempt.shown_state}:{session.state}",
    )


def tell_of_last(session: VerifySession) -> None:
    """As `tell`, about the newest attempt: for changes of the session itself (one query)."""
    mine = SessionAttempt.objects.for_account(session.account).filter(session=session)
    last = mine.order_by("-sequence").first()
    if last is not None:
        tell(session, last)
