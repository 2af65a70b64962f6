"""What must hold after any fault (trust.md section 12), each as a query for what breaks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Count, F

from console.accounts import audit
from console.core import clock
from console.core.models import OutboxRow, OutboxState
from sandbox.fence import policy
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.network.models import HandsetMessage, Permit
from sandbox.verification.models import OPEN_STATES, Challenge, CodeDelivery, DeliveryState

_REASON = "the invariants hold for all tenants"


def too_many_attempts() -> int:
    """Challenges with more than five attempts (OTP-04)."""
    return Challenge.objects.unscoped(_REASON).filter(attempts__gt=5).count()


def second_open_challenges() -> int:
    """Accounts and numbers with more than one open challenge."""
    open_ones = Challenge.objects.unscoped(_REASON).filter(state__in=OPEN_STATES)
    return open_ones.values("account", "e164").annotate(n=Count("pk")).filter(n__gt=1).count()


def codes_of_closed_challenges() -> int:
    """Closed challenges that still hold a sealed code (OTP-03)."""
    closed = Challenge.objects.unscoped(_REASON).exclude(state__in=OPEN_STATES)
    return closed.exclude(sealed_code=None).count()


def sends_without_a_permit() -> int:
    """Codes on handsets in excess of the permits that were used for them (GATE-01)."""
    since = clock.now() - timedelta(days=6)
    texts = HandsetMessage.objects.unscoped(_REASON).filter(
        platform=True, direction="inbound", received_at__gt=since
    )
    used = Permit.objects.unscoped(_REASON).filter(
        origin__in=["otp", "verify"], kind="message", consumed_at__gt=since
    )
    return abs(texts.count() - used.count())


def doubled_sends() -> int:
    """Texts that the gateway got twice under the same key (BG-04)."""
    return HandsetMessage.objects.unscoped(_REASON).filter(platform=True, repeats__gt=0).count()


def numbers_over_the_cap() -> int:
    """Trial accounts with more verified numbers than the policy allows (NUM-10)."""
    proved = SandboxNumber.objects.unscoped(_REASON).filter(
        state=NumberState.VERIFIED, expires_at__gt=clock.now(), account__state="trial"
    )
    cap = policy.current_policy().verified_numbers
    return proved.values("account").annotate(n=Count("pk")).filter(n__gt=cap).count()


def sent_without_a_challenge() -> int:
    """Deliveries that were handed over without a code ever minted for their challenge."""
    sent = CodeDelivery.objects.unscoped(_REASON).filter(
        state__in=[DeliveryState.HANDED_OVER, DeliveryState.DELIVERED]
    )
    never = sent.filter(challenge__state="queued", challenge__generation=F("generation"))
    return never.count()


def leases_that_ran_out() -> int:
    """Outbox rows leased a minute beyond their lease (BG-02)."""
    late = clock.now() - timedelta(seconds=60)
    return OutboxRow.objects.filter(state=OutboxState.LEASED, lease_until__lt=late).count()


def broken_audit_chains() -> int:
    """Places where the audit log does not hold (ACC-12)."""
    return sum(1 for _ in audit.breaks())


INVARIANTS: dict[str, Callable[[], int]] = {
    "no challenge with more than five attempts": too_many_attempts,
    "at most one open challenge for an account and number": second_open_challenges,
    "no sealed code on a closed challenge": codes_of_closed_challenges,
    "every code sent used one permit": sends_without_a_permit,
    "no code sent twice": doubled_sends,
    "no account over its cap of verified numbers": numbers_over_the_cap,
    "every code handed over was minted for its challenge": sent_without_a_challenge,
    "no outbox row held beyond its lease": leases_that_ran_out,
    "the audit log is whole": broken_audit_chains,
}


def broken() -> dict[str, int]:
    """The invariants that do not hold, with how many rows break each."""
    counts = {name: find() for name, find in INVARIANTS.items()}
    return {name: count for name, count in counts.items() if count}
