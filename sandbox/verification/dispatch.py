"""What the worker does with a queued code: mint, seal, hand over (OTP-03, BG-04, BG-05).

Everything here may run twice. The gateway's key is the delivery's id, so a repetition brings the
same code under the same key, and the receiver sees one message.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from console.core import clock, limits
from console.core.errors import DomainError
from console.core.outbox import Later
from sandbox.calls.flow import CAUSES
from sandbox.fence import services as fence
from sandbox.fence.kinds import Origin
from sandbox.network.driver import driver_for
from sandbox.network.models import Permit
from sandbox.verification import codes, switches, voice
from sandbox.verification.models import (
    OPEN_STATES,
    Challenge,
    ChallengeState,
    Channel,
    CodeDelivery,
    DeliveryState,
)
from sandbox.verification.services.sending import FENCE_KIND

log = structlog.get_logger(__name__)
SENDER = "Ringfence"
REPORT = "otp.report"
_REASON = "the worker carries out what any tenant asked for"
_WAITING = (DeliveryState.QUEUED, DeliveryState.SUBMITTING)
_PAUSE = timedelta(seconds=5)


def send(delivery_id: UUID) -> None:
    """Carries the delivery out, or settles why it cannot be; a settled one is left alone.

    Raises Later while a kill switch is on and the request's useful life lasts.
    """
    ready = _prepare(delivery_id)
    if ready is None:
        return
    delivery, code = ready
    try:
        if delivery.channel == Channel.CALL:
            _hand_over_call(delivery)
            return
        with transaction.atomic():
            verdict = fence.authorize(
                account=delivery.account,
                subaccount=delivery.challenge.subaccount,
                kind=FENCE_KIND[delivery.channel],
                from_="",
                to=delivery.challenge.e164,
                origin=Origin.OTP,
                again=True,
            )
            if verdict.permit is not None:
                _hand_over_text(delivery, verdict.permit, code)
                return
    except DomainError as error:
        _fail(delivery, error.message)
        return
    rule = verdict.refused_by
    _fail(delivery, rule.saw if rule else "The fence refused.")


def _prepare(delivery_id: UUID) -> tuple[CodeDelivery, str] | None:
    """The delivery with its code, both committed; None when there is nothing to send."""
    with transaction.atomic():
        found = _waiting(delivery_id)
        if found is None:
            return None
        challenge = found.challenge
        too_old = clock.now() - found.created_at > timedelta(seconds=settings.TRUST.otp_useful_life)
        if too_old:
            _expire(found)
            return None
        if not challenge.is_open or challenge.generation != found.generation:
            _settle(found, DeliveryState.SUPERSEDED)
            return None
        if switches.paused(region=found.region, channel=found.channel):
            raise Later(_PAUSE, "verification is paused")
        code = _code_for(found)
    return found, code


def _waiting(delivery_id: UUID) -> CodeDelivery | None:
    """The delivery if it is not settled, its challenge's row locked by a write of its own."""
    mine = CodeDelivery.objects.unscoped(_REASON).filter(public_id=delivery_id, state__in=_WAITING)
    # The UPDATE takes the row, so that a second worker waits here (SQLite has no row locks).
    if not mine.update(state=DeliveryState.SUBMITTING):
        return None
    return mine.select_related("challenge__account", "account").get()


def _code_for(delivery: CodeDelivery) -> str:
    """The code to send: the sealed one while it has life enough, else a fresh one (OTP-03)."""
    challenge, now = delivery.challenge, clock.now()
    if challenge.sealed_code is not None and challenge.expires_at is not None:
        if challenge.expires_at - now >= timedelta(seconds=settings.TRUST.otp_retry_needs_life):
            return codes.reveal(challenge)
        # Minted again: no send budget is charged, the old code is dead.
        challenge.generation += 1
    minted = codes.mint(challenge, generation=challenge.generation)
    challenge.state = ChallengeState.SUBMITTING
    challenge.code_hmac, challenge.sealed_code = minted.hmac, minted.sealed
    challenge.expires_at = now + timedelta(seconds=settings.TRUST.otp_lifetime)
    won = (
        Challenge.objects.unscoped(_REASON)
        .filter(pk=challenge.pk, state__in=OPEN_STATES, generation=delivery.generation)
        .update(
            state=challenge.state,
            generation=challenge.generation,
            code_hmac=challenge.code_hmac,
            sealed_code=challenge.sealed_code,
            expires_at=challenge.expires_at,
        )
    )
    if not won:
        raise Later(timedelta(0), "a resend overtook")
    delivery.generation = challenge.generation
    delivery.save(update_fields=["generation"])
    return minted.code


def _hand_over_text(delivery: CodeDelivery, permit: Permit, code: str) -> None:
    key = f"otp:{delivery.public_id}"
    driver_for(permit.to).deliver(
        permit=permit,
        message_uuid=delivery.public_id,
        from_=SENDER,
        text=codes.sms_text(code),
        key=key,
        secret=True,
        platform=True,
        report_kind=REPORT,
    )
    _handed_over(delivery, reference=key)


def _hand_over_call(delivery: CodeDelivery) -> None:
    """The engine asks the fence itself, at the moment it dials (GATE-02)."""
    with transaction.atomic():
        _handed_over(delivery, reference=voice.place(delivery))


def _handed_over(delivery: CodeDelivery, *, reference: str) -> None:
    CodeDelivery.objects.unscoped(_REASON).filter(
        pk=delivery.pk, state=DeliveryState.SUBMITTING
    ).update(state=DeliveryState.HANDED_OVER, handed_over_at=clock.now(), provider_ref=reference)
    Challenge.objects.unscoped(_REASON).filter(
        pk=delivery.challenge_id,
        state=ChallengeState.SUBMITTING,
        generation=delivery.generation,
    ).update(state=ChallengeState.SENT)


def report(*, delivery_id: UUID, delivered: bool, error: str = "") -> None:
    """The gateway's report: state only moves forward, a repetition changes nothing (BG-12)."""
    state = DeliveryState.DELIVERED if delivered else DeliveryState.FAILED
    with transaction.atomic():
        moved = (
            CodeDelivery.objects.unscoped(_REASON)
            .filter(
                public_id=delivery_id,
                state__in=[*_WAITING, DeliveryState.HANDED_OVER],
            )
            .update(state=state, settled_at=clock.now(), error=error[:200])
        )
    if moved and not delivered:
        log.info("code_undelivered", delivery=str(delivery_id))


def call_ended(ref: str, answered: bool, cause: int) -> None:
    """The engine says that the call of a delivery is over (OTP-15)."""
    report(delivery_id=UUID(ref), delivered=answered, error="" if answered else CAUSES[cause].name)


def _fail(delivery: CodeDelivery, why: str) -> None:
    """Nothing left: the budgets come back, and the challenge ends as undeliverable."""
    with transaction.atomic():
        if _settle(delivery, DeliveryState.FAILED, error=why):
            limits.refund(delivery.public_id)
            _close(delivery, ChallengeState.UNDELIVERABLE)


def _expire(delivery: CodeDelivery) -> None:
    """BG-05: not handed over in time; the user is told by the row, the budgets come back."""
    if _settle(delivery, DeliveryState.EXPIRED, error="Not sent in time."):
        limits.refund(delivery.public_id)
        _close(delivery, ChallengeState.EXPIRED)


def _settle(delivery: CodeDelivery, state: DeliveryState, *, error: str = "") -> bool:
    mine = CodeDelivery.objects.unscoped(_REASON).filter(pk=delivery.pk, state__in=_WAITING)
    return bool(mine.update(state=state, settled_at=clock.now(), error=error[:200]))


def _close(delivery: CodeDelivery, state: ChallengeState) -> None:
    Challenge.objects.unscoped(_REASON).filter(
        pk=delivery.challenge_id, state__in=OPEN_STATES, generation=delivery.generation
    ).update(state=state, closed_at=clock.now(), sealed_code=None, code_hmac="")


def expire_waiting() -> int:
    """Settles deliveries that no worker took in time (BG-05); gives how many."""
    limit = clock.now() - timedelta(seconds=settings.TRUST.otp_useful_life)
    late = CodeDelivery.objects.unscoped(_REASON).filter(state__in=_WAITING, created_at__lt=limit)
    rows = list(late.select_related("challenge")[:500])
    for row in rows:
        with transaction.atomic():
            _expire(row)
    return len(rows)
