"""How much of what a trial may have; the policy of the fence says it once that layer is there.

The console does not know the sandbox, so the fence registers its policy here, and edits of it hold
at the next creation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from console.core.money import money


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCaps:
    """The trial's limits that this layer and those beside it apply; `credit` is US dollars."""

    rented_numbers: int
    applications: int
    endpoints: int
    verified_numbers: int
    credit: Decimal


def shipped() -> TrialCaps:
    """What `settings.TRUST` says."""
    trust = settings.TRUST
    return TrialCaps(
        rented_numbers=trust.trial_dids,
        applications=trust.trial_applications,
        endpoints=trust.trial_endpoints,
        verified_numbers=trust.sandbox_numbers,
        credit=money(trust.trial_credit_dollars),
    )


_source: list[Callable[[], TrialCaps]] = [shipped]


def take_caps_from(source: Callable[[], TrialCaps]) -> Callable[[], TrialCaps]:
    """Registers where the limits in force come from."""
    _source[:] = [source]
    return source


def trial_caps() -> TrialCaps:
    """The limits in force (one query where the fence is installed)."""
    return _source[0]()
