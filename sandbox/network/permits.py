"""Using a permit up, once (GATE-01). Making one is the fence's alone."""

from __future__ import annotations

from datetime import timedelta

from console.core import clock
from console.core.errors import DomainError
from console.core.periodic import periodic
from sandbox.network.models import Permit, PermitKind

_KEPT = timedelta(days=7)


class PermitRefused(DomainError):
    """The permit is used, too old, or for something else; nothing has left."""

    code = "permit_refused"
    status = 409


def consume(permit: Permit, *, kind: PermitKind, network: str) -> Permit:
    """Uses the permit up (one query) and gives it back with the time of that.

    Of two callers exactly one succeeds. Raises PermitRefused when it is used, expired (60 s,
    GATE-01), for another kind of traffic, or for the other network (OTP-18).
    """
    now = clock.now()
    used = Permit.objects.unscoped("the permit itself says whose it is").filter(
        pk=permit.pk,
        kind=kind,
        network=network,
        to=permit.to,
        account=permit.account_id,
        consumed_at=None,
        expires_at__gt=now,
    )
    if not used.update(consumed_at=now):
        raise PermitRefused("The permit is used or no longer good, so nothing was sent.")
    permit.consumed_at = now
    return permit


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old permits")
def prune_permits() -> None:
    """Deletes permits that ran out a week ago, 5,000 at a time."""
    old = Permit.objects.unscoped("retention").filter(expires_at__lt=clock.now() - _KEPT)
    some = list(old.values_list("pk", flat=True)[:5000])
    Permit.objects.unscoped("retention").filter(pk__in=some).delete()
