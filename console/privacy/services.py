"""Closing an account, and keeping it after all (PRIV-02)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction

from console.accounts import mail
from console.accounts.models import Account, AccountState, Membership, Role, User
from console.accounts.services import change_state
from console.core import clock
from console.core.errors import DomainError, Forbidden
from console.privacy.models import AccountClosure

UNDO: Final = timedelta(days=14)


def require_owner(account: Account, actor: User) -> None:
    """Raises Forbidden for anyone but an owner (one query)."""
    owners = Membership.objects.filter(account=account, role=Role.OWNER)
    if not owners.filter(user=actor).exists():
        raise Forbidden("Only an owner of this account can do this.")


def closure_of(account: Account) -> AccountClosure | None:
    """The account's closure, where one is under way (one query)."""
    return AccountClosure.objects.for_account(account).filter(erased_at=None).first()


@transaction.atomic
def close_account(*, account: Account, actor: User, name: str) -> AccountClosure:
    """Stops the account at once and plans its erasure in fourteen days; tells its owners.

    Tokens, calls, messages and webhooks are off from the commit on. `name` is the account's,
    written out by the owner. Raises Forbidden, DomainError `name_differs` and `state_refused` when
    it is closing already.
    """
    require_owner(account, actor)
    if name.strip() != account.name:
        raise DomainError(
            "Write the account's name exactly as it is shown.", code="name_differs", field="name"
        )
    before = account.state
    change_state(account, AccountState.CLOSING, actor, "the owner asked to delete the account")
    now = clock.now()
    closure = AccountClosure.objects.create(
        account=account, before=before, asked_at=now, erase_at=now + UNDO
    )
    _tell(account, closure)
    return closure


@transaction.atomic
def keep_account(*, account: Account, actor: User) -> None:
    """Takes the closing back; everything works as before.

    Raises Forbidden, and DomainError `state_refused` when nothing is closing or it is too late.
    """
    require_owner(account, actor)
    closure = closure_of(account)
    if closure is None or closure.erase_at <= clock.now():
        raise DomainError("This account is not closing.", code="state_refused")
    change_state(account, AccountState(closure.before), actor, "the owner keeps the account")
    closure.delete()


def _tell(account: Account, closure: AccountClosure) -> None:
    day = f"{closure.erase_at:%d %B %Y}"
    text = (
        f"Your account {account.auth_id} was closed a moment ago. Its tokens, calls, messages and "
        f"webhooks are off.\n\nOn {day} all that is in it will be erased for good. Until then you "
        f"can keep it here:\n{mail.link('privacy:data')}\n\nIf it was not you, keep it at once "
        "and change your password.\n"
    )
    owners = User.objects.filter(memberships__account=account, memberships__role=Role.OWNER)
    for owner in owners:
        mail.post(to=owner.email, subject="Your Ringfence account is closing", text=text)
