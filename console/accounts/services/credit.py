"""Money and caps of an account, safe against requests that run at once."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Round

from console.accounts.models import Account, Subaccount
from console.core.errors import Forbidden, LimitReached


def lock_account(account: Account, subaccount: Subaccount | None = None) -> Account:
    """The account's row as it is now, locked until the transaction ends (one query, or two).

    On SQLite every writing transaction holds the database's one lock already. Raises Forbidden
    when the account is suspended or closed, or the subaccount disabled or deleted meanwhile.
    """
    row = Account.objects.select_for_update().get(pk=account.pk)
    if not row.may_act:
        raise Forbidden("This account is suspended, so nothing can be changed.")
    if subaccount is not None:
        living = Subaccount.objects.for_account(account, subaccount)
        if not living.filter(enabled=True).exists():
            raise Forbidden("This subaccount is disabled, so nothing can be changed.")
    return row


def take_credit(account: Account, amount: Decimal) -> bool:
    """Takes US dollars by one conditional update; False, and nothing taken, where too little is."""
    left = Round(F("credit") - amount, precision=5)  # SQLite computes in binary fractions
    return bool(Account.objects.filter(pk=account.pk, credit__gte=amount).update(credit=left))


def require_room(account: Account, *, used: int, limit: int, things: str, fix_url: str) -> None:
    """Raises LimitReached when a trial account has `limit` of `things` already (GATE-09).

    Subaccounts count with their account (GATE-07); count under `lock_account`.
    """
    if account.on_trial and used >= limit:
        raise LimitReached(
            f"A trial account can have {limit} {things}. Remove one, or ask for an upgrade.",
            retry_after=3600,
            fix_url=fix_url,
        )
