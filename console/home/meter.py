"""The trial meter of the side bar: credit, verified numbers, what an upgrade lifts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Subquery
from django.http import HttpRequest

from console.accounts.models import Account
from console.core import clock
from sandbox.fence.models import Network, SandboxNumber, TrialPolicy
from sandbox.fence.policy import shipped_policy


@dataclass(frozen=True, slots=True)
class TrialMeter:
    """What is left of a trial."""

    credit: Decimal
    credit_limit: Decimal
    verified: int
    verified_limit: int


def trial_meter(request: HttpRequest) -> TrialMeter | None:
    """The meter of a trial account, None for others; one query."""
    account = getattr(request, "account", None)
    if not account or not account.on_trial:
        return None
    network = Network.SIMULATED if settings.SIMULATED_NETWORK else Network.REAL
    mine = SandboxNumber.objects.for_account(account)
    proved = mine.proved(network=network, at=clock.now())
    held = proved.order_by().values("account").annotate(held=Count("pk")).values("held")
    in_force = TrialPolicy.objects.order_by("-version")
    row = Account.objects.filter(pk=account.pk).values_list(
        Subquery(held),
        Subquery(in_force.values("credit")[:1]),
        Subquery(in_force.values("verified_numbers")[:1]),
    )
    count, credit, most = row.get()
    shipped = shipped_policy()
    return TrialMeter(
        credit=account.credit,
        credit_limit=shipped.credit if credit is None else credit,
        verified=count or 0,
        verified_limit=shipped.verified_numbers if most is None else most,
    )
