"""Validating a code: the try is reserved before anything is compared (OTP-04, OTP-22)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Value, When

from console.accounts.models import Account, Subaccount
from console.core import clock, limits, randomness
from sandbox.verification.errors import CodeRefused, from_bucket
from sandbox.verification.models import SessionState, VerifySession
from sandbox.verification.sessions import budgets, closing, secrets, words
from sandbox.verification.sessions.finding import find_session

_MOST = Case(When(code_length__gte=6, then=Value(10)), default=Value(3))
_NOTHING = "0" * 64


def validate_session(
    *, account: Account, session_uuid: UUID, otp: str, subaccount: Subaccount | None = None
) -> VerifySession:
    """The session, verified by this very request; raises otherwise.

    NotFound for one that is not the caller's, DomainError `code_malformed` (no try is counted),
    CodeRefused for wrong, expired, used up and verified alike, LimitReached when tries come too
    fast or too many were wrong for the recipient. Counters are committed before anything is
    raised (OTP-05).
    """
    session = find_session(account=account, session_uuid=session_uuid, subaccount=subaccount)
    try:
        limits.take([budgets.checking(session)])
    except limits.BucketFull as full:
        raise from_bucket(full) from full
    code = words.given_code(session, otp)
    ref = randomness.new_uuid()
    if not _reserve(session, ref):
        # The same work as for a wrong code, so that the time tells nothing (OTP-11).
        secrets.fits(session, 0, code, _NOTHING)
        raise CodeRefused
    generation = session.generation
    if not secrets.fits(session, generation, code, session.code_hmac):
        left = session.most_validations - session.validations
        if left <= 0:
            with transaction.atomic():
                closing.close(session, SessionState.EXPIRED)
        raise CodeRefused(attempts_left=max(0, left))
    with transaction.atomic():
        # The budget of failures first, as in reserving: the two never wait in a ring.
        limits.lock([budgets.wrong_codes(session)])
        won = closing.close(session, SessionState.VERIFIED, generation=generation)
        if won:
            limits.refund(ref)
    if not won:
        raise CodeRefused
    return session


def _reserve(session: VerifySession, ref: UUID) -> bool:
    """Counts the try and the failure in one transaction; False when nothing may be compared."""
    failures = budgets.wrong_codes(session)
    mine = VerifySession.objects.for_account(session.account).filter(
        pk=session.pk,
        state=SessionState.IN_PROGRESS,
        validations__lt=_MOST,
        expires_at__gt=clock.now(),
    )
    try:
        with transaction.atomic():
            limits.lock([failures])
            limits.check([failures])
            if not mine.exclude(code_hmac="").update(validations=F("validations") + 1):
                return False
            limits.take([failures], ref=ref)
            # The row is ours until the commit, so this is the try that was just counted.
            fields = ["validations", "generation", "code_hmac", "code_length"]
            session.refresh_from_db(fields=fields)
    except limits.BucketFull as full:
        raise from_bucket(full) from full
    return True
