"""What time does to challenges and numbers; every job may run twice or late (BG-11, PRIV-03)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from console.accounts import mail
from console.accounts.audit import record
from console.accounts.models import Role, User
from console.core import clock
from console.core.numbers import display
from sandbox.fence.models import FenceDenial, NumberState, SandboxNumber
from sandbox.verification.models import OPEN_STATES, Challenge, ChallengeState

_REASON = "upkeep looks at all tenants"
_BATCH = 500
REMIND_AT = (0, 3, 14)
_KEPT = timedelta(days=30)


def expire_challenges() -> int:
    """Closes challenges whose code's life is over, and erases the sealed copies."""
    now = clock.now()
    over = Challenge.objects.unscoped(_REASON).filter(state__in=OPEN_STATES, expires_at__lte=now)
    return over.update(state=ChallengeState.EXPIRED, closed_at=now, sealed_code=None, code_hmac="")


def take_proofs_back() -> int:
    """Every number is to be proved again: removed ones may be back (REL-18). Gives how many."""
    proved = SandboxNumber.objects.unscoped(_REASON).filter(state=NumberState.VERIFIED)
    return proved.update(state=NumberState.EXPIRED, expires_at=clock.now())


def expire_numbers() -> int:
    """Verifications that have lasted their time become expired (NUM-09); gives how many."""
    now = clock.now()
    over = SandboxNumber.objects.unscoped(_REASON).filter(
        state=NumberState.VERIFIED, expires_at__lte=now
    )
    gone = 0
    for row in over.select_related("account")[:_BATCH]:
        with transaction.atomic():
            mine = SandboxNumber.objects.unscoped(_REASON).filter(
                pk=row.pk, state=NumberState.VERIFIED, expires_at__lte=now
            )
            if not mine.update(state=NumberState.EXPIRED):
                continue
            record(
                action="number.expired",
                actor="system",
                account=row.account,
                object_type="sandbox_number",
                object_id=str(row.public_id),
            )
            gone += 1
    return gone


def remind_owners() -> int:
    """Writes to the owners when a verification ends in 14 or 3 days, or has ended; once each.

    Gives how many letters. The row is marked by the same transaction that writes them.
    """
    now, letters = clock.now(), 0
    for days in REMIND_AT:
        due = SandboxNumber.objects.unscoped(_REASON).filter(
            Q(reminded_days=None) | Q(reminded_days__gt=days),
            state__in=[NumberState.VERIFIED, NumberState.EXPIRED],
            expires_at__lte=now + timedelta(days=days),
            expires_at__gt=now - timedelta(days=1),
        )
        for row in due.select_related("account").order_by("pk")[:_BATCH]:
            letters += _remind(row, days)
    return letters


def _remind(row: SandboxNumber, days: int) -> int:
    shown = display(row.e164)
    subject = f"{shown} stays verified for {days} more days"
    if days == 0:
        subject = f"The verification of {shown} has ended"
    text = (
        f"{subject}.\n\nCalls and messages from your trial account reach a number only while it is "
        f"verified. Renew it here:\n{mail.link('verification:detail', row.public_id)}\n"
    )
    with transaction.atomic():
        mine = SandboxNumber.objects.unscoped(_REASON).filter(
            Q(reminded_days=None) | Q(reminded_days__gt=days), pk=row.pk
        )
        if not mine.update(reminded_days=days):
            return 0
        owners = User.objects.filter(
            memberships__account=row.account, memberships__role=Role.OWNER, is_active=True
        )
        for owner in owners:
            mail.post(to=owner.email, subject=subject, text=text)
        return len(owners)


def prune() -> int:
    """Deletes closed challenges and refusals older than thirty days, in batches."""
    old = clock.now() - _KEPT
    closed = Challenge.objects.unscoped(_REASON).filter(created_at__lt=old)
    ids = list(closed.exclude(state__in=OPEN_STATES).values_list("pk", flat=True)[:_BATCH])
    Challenge.objects.unscoped(_REASON).filter(pk__in=ids).delete()
    denials = FenceDenial.objects.unscoped(_REASON).filter(at__lt=old)
    denial_ids = list(denials.values_list("pk", flat=True)[:_BATCH])
    FenceDenial.objects.unscoped(_REASON).filter(pk__in=denial_ids).delete()
    return len(ids) + len(denial_ids)
