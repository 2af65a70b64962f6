"""How a session ends: verified by one request, or expired; its code is erased with it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round

from console.accounts.models import Account
from console.core import clock
from console.core.money import ZERO, money
from sandbox.verification.models import SessionState, VerifySession
from sandbox.verification.sessions import telling

VALIDATION_CHARGE: Final = money("0.05")
"""US dollars for a session that was verified, beside what its sendings cost."""
KEPT: Final = timedelta(days=90)
_REASON = "sessions end for all tenants"
_BATCH = 500


def close(session: VerifySession, state: str, *, generation: int | None = None) -> bool:
    """Closes an open session once, in the caller's transaction, and tells the tenant.

    False when it was closed already or (with `generation`) a newer code overtook. About six
    queries. A verified one is charged.
    """
    now = clock.now()
    mine = VerifySession.objects.for_account(session.account).filter(
        pk=session.pk, state=SessionState.IN_PROGRESS
    )
    if generation is not None:
        mine = mine.filter(generation=generation)
    verified = state == SessionState.VERIFIED
    charge = VALIDATION_CHARGE if verified else ZERO
    if not mine.update(
        state=state,
        code_hmac="",
        sealed_code=None,
        updated_at=now,
        verified_at=now if verified else None,
        validation_charge=charge,
    ):
        return False
    session.state, session.sealed_code, session.code_hmac = state, None, ""
    session.updated_at, session.validation_charge = now, charge
    pay(session.account, charge)
    telling.tell_of_last(session)
    return True


def pay(account: Account, amount: Decimal) -> None:
    """Takes what is owed; the credit may fall below zero, for it was delivered (one query)."""
    if amount:
        left = Round(F("credit") - amount, precision=5)  # SQLite has binary fractions
        Account.objects.filter(pk=account.pk).update(credit=left)


def expire_sessions() -> int:
    """Closes sessions whose life is over; gives how many."""
    now = clock.now()
    over = VerifySession.objects.unscoped(_REASON).filter(
        state=SessionState.IN_PROGRESS, expires_at__lte=now
    )
    gone = 0
    for session in over.select_related("account", "subaccount")[:_BATCH]:
        with transaction.atomic():
            gone += close(session, SessionState.EXPIRED)
    return gone


def prune() -> int:
    """Deletes sessions of ninety days ago, in a batch; gives how many."""
    old = VerifySession.objects.unscoped(_REASON).filter(created_at__lt=clock.now() - KEPT)
    keys = list(old.exclude(state=SessionState.IN_PROGRESS).values_list("pk", flat=True)[:_BATCH])
    VerifySession.objects.unscoped(_REASON).filter(pk__in=keys).delete()
    return len(keys)
