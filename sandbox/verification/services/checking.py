"""Checking a code: the attempt is reserved before anything is compared (OTP-04)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.accounts.models import Account
from console.core import clock, limits
from console.core.errors import Unavailable
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification import buckets, codes
from sandbox.verification.errors import CannotSend, CodeRefused, from_bucket
from sandbox.verification.models import (
    CHECKABLE_STATES,
    Challenge,
    ChallengeState,
    CheckOutcome,
    CodeCheck,
)
from sandbox.verification.services.holding import held_elsewhere
from sandbox.verification.services.numbers import PROVED_BY_CODE, settle_verified
from sandbox.verification.services.sending import open_challenge

log = structlog.get_logger(__name__)
_NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class _Reserved:
    """An attempt that was counted: which one, and the code's generation at that moment."""

    challenge: Challenge
    check: UUID
    attempt: int
    generation: int
    hmac: str


def check_code(
    *, account: Account, number: SandboxNumber, code: str, actor: Actor, ip: str = ""
) -> SandboxNumber:
    """The number, verified by this very request; raises otherwise.

    DomainError `code_malformed` for a code that is not six digits (counts against the rate, not
    as an attempt), CodeRefused for all that is not accepted (OTP-11), LimitReached when checks
    come too fast or too many were wrong. Counters are committed before anything is raised
    (OTP-05), so never call it inside a transaction.
    """
    _count_check(account, ip)
    code = codes.normal_code(code)
    reserved = _reserve(account, number)
    if reserved is None:
        # The same work as for a wrong code, so that the time tells nothing (OTP-11).
        codes.fits_facts((account.auth_id, number.e164, code), _NOTHING)
        raise CodeRefused
    if not codes.fits(reserved.challenge, reserved.generation, code, reserved.hmac):
        raise CodeRefused(attempts_left=_settle_wrong(reserved))
    if not _settle_right(account, reserved, actor=actor, ip=ip):
        raise CodeRefused
    number.refresh_from_db()
    return number


def _count_check(account: Account, ip: str) -> None:
    try:
        limits.take(buckets.checking(account, ip=ip))
    except limits.BucketFull as full:
        raise from_bucket(full) from full
    except Unavailable:
        # OTP-13: the database's own counters below hold in any case.
        log.warning("check_rate_not_counted")


def _reserve(account: Account, number: SandboxNumber) -> _Reserved | None:
    """Counts the attempt and the failure in one transaction; None when nothing is open."""
    failures = buckets.wrong_codes(account, e164=number.e164)
    found = open_challenge(account, number)
    if found is None:
        return None
    check = CodeCheck(account=account, challenge=found, attempt=0, generation=0)
    try:
        with transaction.atomic():
            limits.lock(failures)
            limits.check(failures)
            if not _reserve_attempt(account, found):
                return None
            limits.take(failures, ref=check.ref)
            # The row is ours until the commit, so this is the attempt that was just counted.
            found.refresh_from_db(fields=["attempts", "generation", "code_hmac", "channel"])
            check.attempt, check.generation = found.attempts, found.generation
            check.at = clock.now()
            check.save(force_insert=True)
    except limits.BucketFull as full:
        raise from_bucket(full) from full
    return _Reserved(found, check.ref, found.attempts, found.generation, found.code_hmac)


def _reserve_attempt(account: Account, challenge: Challenge) -> bool:
    return bool(
        Challenge.objects.for_account(account)
        .filter(
            pk=challenge.pk,
            state__in=CHECKABLE_STATES,
            attempts__lt=settings.TRUST.otp_wrong_per_challenge,
            expires_at__gt=clock.now(),
        )
        .update(attempts=F("attempts") + 1)
    )


def _settle_wrong(reserved: _Reserved) -> int:
    """Notes the wrong code, closes the challenge after its last try; gives how many are left."""
    left = int(settings.TRUST.otp_wrong_per_challenge) - reserved.attempt
    with transaction.atomic():
        CodeCheck.objects.for_account(reserved.challenge.account).filter(ref=reserved.check).update(
            outcome=CheckOutcome.WRONG
        )
        if left <= 0:
            _close(reserved.challenge, ChallengeState.EXHAUSTED)
    return max(0, left)


def _settle_right(account: Account, reserved: _Reserved, *, actor: Actor, ip: str) -> bool:
    """Exactly one request gets True: the one whose UPDATE closed the challenge (OTP-06)."""
    challenge, e164 = reserved.challenge, reserved.challenge.e164
    failures = buckets.wrong_codes(account, e164=e164)
    with transaction.atomic():
        # The account's own lock first, as in sending: the two never wait for each other in a ring.
        limits.lock([buckets.allowance(account)])
        limits.lock([*failures, buckets.holders(e164), buckets.unconverted(account)])
        held = held_elsewhere(account, e164)
        if held:
            _close(challenge, ChallengeState.CANCELLED)
        elif not _close(challenge, ChallengeState.VERIFIED, generation=reserved.generation):
            return False
        else:
            _reward(account, reserved)
            _record_proof(account, challenge, actor=actor, ip=ip)
    if held:
        # Others proved the number meanwhile, as many as may (NUM-10).
        raise CannotSend
    return True


def _close(challenge: Challenge, state: ChallengeState, *, generation: int | None = None) -> bool:
    now = clock.now()
    open_ones = Challenge.objects.for_account(challenge.account).filter(
        pk=challenge.pk, state__in=CHECKABLE_STATES
    )
    if generation is not None:
        open_ones = open_ones.filter(generation=generation)
    verified = {"verified_at": now} if state == ChallengeState.VERIFIED else {}
    return bool(
        open_ones.update(state=state, closed_at=now, sealed_code=None, code_hmac="", **verified)
    )


def _reward(account: Account, reserved: _Reserved) -> None:
    """A right code was no failure: its reservation is given back, and the streaks end."""
    limits.refund(reserved.check)
    limits.succeed(buckets.wrong_codes_of_account(account))
    limits.succeed(buckets.unconverted(account))
    mine = CodeCheck.objects.for_account(account).filter(ref=reserved.check)
    mine.update(outcome=CheckOutcome.RIGHT)


def _record_proof(account: Account, challenge: Challenge, *, actor: Actor, ip: str) -> None:
    mine = SandboxNumber.objects.for_account(account).live()
    number = mine.filter(pk=challenge.number_id).first()
    if number is None or number.state == NumberState.REMOVED:
        raise CodeRefused
    settle_verified(number, proved_by=PROVED_BY_CODE)
    record(
        action="number.verified",
        actor=actor,
        account=account,
        object_type="sandbox_number",
        object_id=str(number.public_id),
        data={"channel": challenge.channel},
        ip=ip,
    )
