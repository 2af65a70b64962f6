"""Where an account stands, and the only way to change it (GATE-08)."""

from __future__ import annotations

from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, AccountState
from console.core import outbox
from console.core.errors import DomainError
from console.core.models import Queue

TRANSITIONS: dict[tuple[str, str], str] = {
    (AccountState.TRIAL, AccountState.ACTIVE): "account.upgraded",
    (AccountState.ACTIVE, AccountState.TRIAL): "account.downgraded",
    (AccountState.TRIAL, AccountState.SUSPENDED): "account.suspended",
    (AccountState.ACTIVE, AccountState.SUSPENDED): "account.suspended",
    (AccountState.SUSPENDED, AccountState.TRIAL): "account.resumed",
    (AccountState.SUSPENDED, AccountState.ACTIVE): "account.resumed",
    (AccountState.TRIAL, AccountState.CLOSING): "account.closing",
    (AccountState.ACTIVE, AccountState.CLOSING): "account.closing",
    (AccountState.SUSPENDED, AccountState.CLOSING): "account.closing",
    (AccountState.CLOSING, AccountState.TRIAL): "account.kept",
    (AccountState.CLOSING, AccountState.ACTIVE): "account.kept",
    (AccountState.CLOSING, AccountState.SUSPENDED): "account.kept",
    (AccountState.CLOSING, AccountState.CLOSED): "account.closed",
    (AccountState.TRIAL, AccountState.CLOSED): "account.closed",
    (AccountState.ACTIVE, AccountState.CLOSED): "account.closed",
    (AccountState.SUSPENDED, AccountState.CLOSED): "account.closed",
}
"""(from, to) → what the audit log calls it; what is not here is refused. Closed stays closed."""

_WAKE: dict[str, Queue] = {}


def wake_on_state_change(kind: str, *, queue: Queue) -> None:
    """Asks for an outbox row of `kind`, with `auth_id`, `before` and `after`, at each change.

    For the layers above: whoever holds running work ends it when an account may no longer act
    (GATE-09).
    """
    _WAKE[kind] = queue


@transaction.atomic
def change_state(account: Account, to: AccountState, actor: Actor, reason: str) -> Account:
    """Moves the account to `to` and records who and why; three queries and the audit's.

    Raises DomainError: `reason_required`, `state_refused` (no such transition), `state_changed`
    (someone else was quicker).
    """
    if not reason.strip():
        raise DomainError("Say why.", code="reason_required", field="reason")
    before = account.state
    action = TRANSITIONS.get((before, to))
    if action is None:
        raise DomainError(f"An account cannot go from {before} to {to}.", code="state_refused")
    if not Account.objects.filter(pk=account.pk, state=before).update(state=to):
        raise DomainError("The account has changed meanwhile. Look again.", code="state_changed")
    account.state = to
    for kind, queue in _WAKE.items():
        payload = {"auth_id": account.auth_id, "before": before, "after": str(to)}
        outbox.enqueue(kind=kind, queue=queue, payload=payload)
    audit.record(
        action=action,
        actor=actor,
        account=account,
        object_type="account",
        object_id=account.auth_id,
        data={"before": before, "after": str(to), "reason": reason.strip()[:500]},
    )
    return account
