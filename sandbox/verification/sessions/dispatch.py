"""What the worker does with a queued sending of a session (OTP-03, BG-04, BG-05).

Everything here may run twice: the gateway's key is the attempt's id, so a repetition brings the
same code under the same key.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.core import clock, limits
from console.core.errors import DomainError, Unavailable
from console.core.money import ZERO
from console.core.outbox import Later
from sandbox.fence import services as fence
from sandbox.fence.kinds import Origin
from sandbox.network.driver import driver_for
from sandbox.network.models import Permit
from sandbox.network.world import rate_for
from sandbox.verification import switches
from sandbox.verification.dispatch import SENDER
from sandbox.verification.models import (
    WAITING_ATTEMPTS,
    AttemptState,
    SessionAttempt,
    SessionChannel,
    VerifySession,
)
from sandbox.verification.sessions import closing, secrets, telling, voice, words
from sandbox.verification.sessions.creating import FENCE_KIND, SWITCHED_AS

REPORT = "verify.report"
_REASON = "the worker carries out what any tenant asked for"
_PAUSE = timedelta(seconds=5)
_FACTS = ("session__account", "session__subaccount", "account")
# What a report may still move: states go forward only (BG-12).
_UNSETTLED = (
    *WAITING_ATTEMPTS,
    AttemptState.SENT,
    AttemptState.RINGING,
    AttemptState.IN_CALL,
)


def send(attempt_id: UUID) -> None:
    """Carries the sending out, or settles why it cannot be; a settled one is left alone.

    Raises Later while a kill switch is on and the request's useful life lasts.
    """
    attempt = _prepare(attempt_id)
    if attempt is None:
        return
    session = attempt.session
    try:
        with transaction.atomic():
            verdict = fence.authorize(
                account=session.account,
                subaccount=session.subaccount,
                kind=FENCE_KIND[attempt.channel],
                from_="",
                to=session.e164,
                origin=Origin.VERIFY,
                again=True,
                # The engine asks for the permit of a call itself, when it dials (GATE-02).
                dry_run=attempt.channel == SessionChannel.VOICE,
            )
            if verdict.allowed:
                _hand_over(attempt, verdict.permit)
                return
    except DomainError as error:
        _fail(attempt, error.code)
        return
    _fail(attempt, verdict.refusal.code if verdict.refusal else "refused")


def _prepare(attempt_id: UUID) -> SessionAttempt | None:
    """The attempt with its session's code minted and committed; None when nothing is to be sent."""
    with transaction.atomic():
        waiting = SessionAttempt.objects.unscoped(_REASON).filter(
            public_id=attempt_id, state__in=WAITING_ATTEMPTS
        )
        # The UPDATE takes the row, so that a second worker waits here (SQLite has no row locks).
        if not waiting.update(state=AttemptState.SUBMITTING):
            return None
        attempt = waiting.select_related(*_FACTS).get()
        session = attempt.session
        useful = timedelta(seconds=settings.TRUST.otp_useful_life)
        late = clock.now() - attempt.created_at > useful
        if late or not session.is_open or session.sends != attempt.sequence:
            settle(attempt, AttemptState.FAILED, error="too_late" if late else "replaced")
            limits.refund(attempt.public_id)
            return None
        if switches.paused(region=session.region, channel=SWITCHED_AS[attempt.channel]):
            raise Later(_PAUSE, "verification is paused")
        _mint_unless_there(session)
    return attempt


def _mint_unless_there(session: VerifySession) -> None:
    if session.sealed_code is not None:
        return  # a repetition sends the same code; the tenant's own was sealed at once
    minted = secrets.mint(session, generation=session.generation)
    session.code_hmac, session.sealed_code = minted.hmac, minted.sealed
    open_one = VerifySession.objects.unscoped(_REASON).filter(
        pk=session.pk, state=session.state, generation=session.generation
    )
    if not open_one.update(code_hmac=minted.hmac, sealed_code=minted.sealed):
        raise Later(timedelta(0), "a newer request overtook")


def _hand_over(attempt: SessionAttempt, permit: Permit | None) -> None:
    session = attempt.session
    if attempt.channel == SessionChannel.VOICE:
        voice.place(attempt)
        _move(attempt, AttemptState.RINGING)
        return
    assert permit is not None
    driver_for(permit.to).deliver(
        permit=permit,
        message_uuid=attempt.public_id,
        from_=SENDER,
        text=words.text_of(session, secrets.reveal(session)),
        key=f"verify:{attempt.public_id}",
        secret=True,
        platform=True,
        report_kind=REPORT,
    )
    _move(attempt, AttemptState.SENT)


def _move(attempt: SessionAttempt, state: AttemptState) -> None:
    mine = SessionAttempt.objects.unscoped(_REASON).filter(
        pk=attempt.pk, state=AttemptState.SUBMITTING
    )
    if mine.update(state=state):
        attempt.state = state
        telling.tell(attempt.session, attempt)


def report(*, attempt_id: UUID, delivered: bool, error: str = "") -> None:
    """The gateway's report, or the end of the call; a repetition changes nothing (BG-12).

    What was delivered is charged in the same transaction.
    """
    with transaction.atomic():
        every = SessionAttempt.objects.unscoped(_REASON).select_related(*_FACTS)
        attempt = every.filter(public_id=attempt_id).first()
        if attempt is None:
            return
        call = attempt.channel == SessionChannel.VOICE
        good = AttemptState.COMPLETED if call else AttemptState.DELIVERED
        bad = AttemptState.FAILED if call else AttemptState.UNDELIVERED
        if delivered:
            settle(attempt, good, charge=_price(attempt))
        else:
            settle(attempt, bad, error=error)


def answered(attempt_id: UUID) -> None:
    """The phone has picked up; told once."""
    with transaction.atomic():
        ringing = SessionAttempt.objects.unscoped(_REASON).filter(
            public_id=attempt_id, state=AttemptState.RINGING
        )
        if ringing.update(state=AttemptState.IN_CALL):
            every = SessionAttempt.objects.unscoped(_REASON).select_related(*_FACTS)
            attempt = every.get(public_id=attempt_id)
            telling.tell(attempt.session, attempt)


def settle(
    attempt: SessionAttempt, state: AttemptState, *, error: str = "", charge: Decimal = ZERO
) -> bool:
    """Ends the attempt once, charges it, tells the tenant; False when it had ended."""
    mine = SessionAttempt.objects.unscoped(_REASON).filter(pk=attempt.pk, state__in=_UNSETTLED)
    now, why = clock.now(), error[:200]
    if not mine.update(state=state, settled_at=now, error=why, charge=charge):
        return False
    attempt.state, attempt.error, attempt.charge = state, why, charge
    closing.pay(attempt.account, charge)
    telling.tell(attempt.session, attempt)
    return True


def _price(attempt: SessionAttempt) -> Decimal:
    """One message part, or a call's one minute: it lasts no longer (OTP-15)."""
    try:
        price = rate_for(attempt.session.e164)
    except Unavailable:
        return ZERO
    return price.per_minute if attempt.channel == SessionChannel.VOICE else price.per_message


def _fail(attempt: SessionAttempt, why: str) -> None:
    """Nothing left: the budgets come back; the session stays open for another try."""
    with transaction.atomic():
        if settle(attempt, AttemptState.FAILED, error=why):
            limits.refund(attempt.public_id)


def expire_waiting() -> int:
    """Settles sendings that no worker took in time (BG-05); gives how many."""
    limit = clock.now() - timedelta(seconds=settings.TRUST.otp_useful_life)
    late = SessionAttempt.objects.unscoped(_REASON).filter(
        state__in=WAITING_ATTEMPTS, created_at__lt=limit
    )
    rows = list(late.select_related(*_FACTS)[:500])
    for row in rows:
        _fail(row, "too_late")
    return len(rows)
