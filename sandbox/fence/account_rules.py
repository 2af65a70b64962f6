"""Rules about who asks, and for what kind of traffic (GATE-03, GATE-08, GATE-11)."""

from __future__ import annotations

from django.urls import reverse

from console.accounts.models import AccountState
from console.core import limits
from sandbox.fence.call_rules import calls_bucket
from sandbox.fence.kinds import Kind, Origin
from sandbox.fence.question import Question
from sandbox.fence.verdict import Answer, Finding, Refusal


def account_state(ask: Question) -> Answer:
    """GATE-03, GATE-08: only a living account, and an enabled subaccount of it."""
    account, sub = ask.account, ask.subaccount
    if account.held:
        return Refusal(
            saw="A backup of this platform was put back. Nothing leaves until its operator has "
            "confirmed it.",
            code="account_suspended",
            status=401,
            cause=3040,
        )
    if not account.may_act:
        state = AccountState(account.state).label.lower()
        return Refusal(
            saw=f"This account is {state}.", code="account_suspended", status=401, cause=3040
        )
    if sub is not None and (sub.account_id != account.pk or not sub.enabled):
        return Refusal(
            saw="This subaccount is disabled.",
            code="account_suspended",
            status=401,
            cause=3040,
            fix="Enable the subaccount",
            fix_url="/settings/",
        )
    return Finding(f"The account is in state {AccountState(account.state).label.lower()}.")


def known_path(ask: Question) -> Answer:
    """GATE-03: a kind or a path that the fence does not know is refused."""
    if ask.kind not in Kind.values or ask.origin not in Origin.values:
        return Refusal(
            saw="The fence does not know this kind of traffic, so it stays here.",
            code="kind_not_permitted",
            status=403,
            cause=5010,
        )
    return Finding(f"{Kind(ask.kind).label}, by way of: {Origin(ask.origin).label}.")


def denial_rate(ask: Question) -> Answer:
    """GATE-11: after twenty refusals in ten minutes an account has to wait."""
    try:
        if not (ask.dry and _calm_at_once(ask)):
            ask.look(denial_bucket(ask))
    except limits.BucketFull as full:
        return Refusal(
            saw="Twenty attempts were refused within ten minutes, so the fence is shut for now.",
            code="trial_limit_reached",
            status=429,
            cause=5030,
            retry_after=full.retry_after,
            fix="See what was refused",
            fix_url=reverse("fence:index"),
        )
    return Finding("Few enough refusals in the last ten minutes.")


def _calm_at_once(ask: Question) -> bool:
    """A dry run looks at refusals and at its pace in one query; False when one needs a look."""
    try:
        limits.check([denial_bucket(ask), calls_bucket(ask)])
    except limits.BucketFull:
        return False
    ask.pace_checked = True
    return True


def denial_bucket(ask: Question) -> limits.Bucket:
    """Refusals of an account, subaccounts included (GATE-07, GATE-11)."""
    return limits.Bucket(
        kind="fence_denial", subject=ask.account.auth_id, windows=(limits.Window(20, 600),)
    )
