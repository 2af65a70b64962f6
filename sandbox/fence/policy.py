"""The trial policy in force."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction

from console.accounts.models import Account
from console.accounts.services.caps import TrialCaps, take_caps_from
from console.core.money import money
from console.core.seeding import seed
from sandbox.fence.models import TrialPolicy


def current_policy() -> TrialPolicy:
    """The highest version (one query); before the first seed, the shipped one, unsaved."""
    return TrialPolicy.objects.order_by("-version").first() or shipped_policy()


def shipped_policy() -> TrialPolicy:
    """Version 1, from `settings.TRUST` (product.md, "The fence"); unsaved."""
    trust = settings.TRUST
    return TrialPolicy(
        version=1,
        verified_numbers=trust.sandbox_numbers,
        accounts_per_number=trust.sandbox_number_accounts,
        verified_days=trust.verified_days,
        concurrent_calls=trust.trial_concurrent_calls,
        call_seconds=trust.trial_call_seconds,
        calls_a_second=trust.trial_calls_a_second,
        rented_numbers=trust.trial_dids,
        applications=trust.trial_applications,
        endpoints=trust.trial_endpoints,
        credit=money(trust.trial_credit_dollars),
        note="As shipped",
    )


@take_caps_from
def caps() -> TrialCaps:
    """The policy's limits on what the console gives out (one query)."""
    policy = current_policy()
    return TrialCaps(
        rented_numbers=policy.rented_numbers,
        applications=policy.applications,
        endpoints=policy.endpoints,
        verified_numbers=policy.verified_numbers,
        credit=money(policy.credit),
    )


def open_regions(account: Account, policy: TrialPolicy) -> frozenset[str]:
    """The regions that the account may reach: the operator's and its own country (NUM-07).

    The policy's list, where there is one, narrows a trial further and never widens it.
    """
    opened = {*settings.REGIONS, account.region}
    if account.on_trial and policy.regions:
        opened &= set(policy.regions)
    return frozenset(opened)


@seed("trial policy")
def seed_policy() -> str:
    """Writes version 1 where there is none."""
    if TrialPolicy.objects.exists():
        return "kept"
    try:
        with transaction.atomic():
            shipped_policy().save()
    except IntegrityError:
        return "kept"
    return "version 1"
