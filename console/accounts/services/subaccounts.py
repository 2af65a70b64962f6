"""Subaccounts: tenants inside the tenant (ACC-06, GATE-07, TEN-03).

They have a token and objects of their own, and the account's credit, state, limits and sandbox
numbers. What hangs on them lives in the layers above, which say with `on_subaccount_delete` how it
leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, AuthToken, Subaccount
from console.accounts.services.credit import lock_account, require_room
from console.accounts.services.tokens import issue_token
from console.core import clock
from console.core.errors import NotFound
from console.core.labels import clean_label
from console.core.unchanged import UNCHANGED, Unchanged

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class NewSubaccount:
    """What was made; `token` is the clear auth token, given this once ("" when it was before)."""

    subaccount: Subaccount
    token: str


class Leaver(Protocol):
    """Deletes what the subaccount has of one kind (`cascade`), or moves it to the main account."""

    def __call__(self, *, subaccount: Subaccount, cascade: bool, actor: Actor, ip: str) -> None:
        """Runs in the transaction that deletes the subaccount, with the account locked."""
        ...


_LEAVERS: list[Leaver] = []


def on_subaccount_delete(leaver: Leaver) -> Leaver:
    """Registers what an app does with its objects when their subaccount is deleted."""
    if leaver not in _LEAVERS:
        _LEAVERS.append(leaver)
    return leaver


def find_subaccount(
    *, account: Account, auth_id: str, subaccount: Subaccount | None = None
) -> Subaccount:
    """The subaccount in the caller's scope (one query); raises NotFound (TEN-02)."""
    mine = Subaccount.objects.for_account(account, subaccount)
    found = mine.select_related("account").filter(auth_id=auth_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def create_subaccount(
    *,
    account: Account,
    name: str,
    actor: Actor,
    enabled: bool = True,
    form_key: UUID | None = None,
    ip: str = "",
) -> NewSubaccount:
    """A subaccount with its first token; about eight queries.

    The one that is there, without a token, when `form_key` was used before. Raises DomainError
    `invalid_name`, and LimitReached at the trial's cap.
    """
    locked = lock_account(account)
    mine = Subaccount.objects.for_account(account)
    if form_key and (before := mine.filter(form_key=form_key).first()):
        return NewSubaccount(before, "")
    require_room(
        locked,
        used=mine.count(),
        limit=settings.TRUST.trial_subaccounts,
        things="subaccounts",
        fix_url="/settings/subaccounts/",
    )
    label = clean_label(name, field="name", longest=LONGEST_NAME)
    now = clock.now()
    made = Subaccount.objects.create(
        account=account,
        name=label,
        enabled=enabled,
        form_key=form_key,
        created_at=now,
        modified_at=now,
    )
    token = issue_token(account, made)
    _record("subaccount.created", made, actor, {"name": label, "enabled": enabled}, ip)
    return NewSubaccount(made, token)


@transaction.atomic
def update_subaccount(
    *,
    subaccount: Subaccount,
    actor: Actor,
    name: str | Unchanged = UNCHANGED,
    enabled: bool | Unchanged = UNCHANGED,
    ip: str = "",
) -> Subaccount:
    """Renames, enables or disables it; a disabled one is refused everywhere from now on.

    Raises DomainError `invalid_name`, NotFound when it was deleted meanwhile.
    """
    _lock(subaccount)
    values: dict[str, Any] = {}
    if not isinstance(name, Unchanged):
        values["name"] = clean_label(name, field="name", longest=LONGEST_NAME)
    if not isinstance(enabled, Unchanged):
        values["enabled"] = enabled
    changed = {key: new for key, new in values.items() if getattr(subaccount, key) != new}
    if not changed:
        return subaccount
    for key, value in changed.items():
        setattr(subaccount, key, value)
    subaccount.modified_at = clock.now()
    subaccount.save(update_fields=[*changed, "modified_at"])
    _record("subaccount.changed", subaccount, actor, changed, ip)
    return subaccount


@transaction.atomic
def delete_subaccount(
    *, subaccount: Subaccount, actor: Actor, cascade: bool = False, ip: str = ""
) -> None:
    """Deletes it, its tokens at once; with `cascade` its applications, endpoints and numbers too.

    Otherwise they move to the main account (compat: Subaccount `cascade`). Records stay and keep
    its name. Raises NotFound when it was deleted meanwhile.
    """
    _lock(subaccount)
    AuthToken.objects.for_account(subaccount.account, subaccount).delete()
    for leave in _LEAVERS:
        leave(subaccount=subaccount, cascade=cascade, actor=actor, ip=ip)
    subaccount.enabled, subaccount.deleted_at, subaccount.form_key = False, clock.now(), None
    subaccount.save(update_fields=["enabled", "deleted_at", "form_key"])
    told = {"name": subaccount.name, "cascade": cascade}
    _record("subaccount.deleted", subaccount, actor, told, ip)


def _lock(subaccount: Subaccount) -> None:
    """Locks the account and reads the row again: nobody else changes it until the commit."""
    lock_account(subaccount.account)
    living = Subaccount.objects.for_account(subaccount.account)
    try:
        subaccount.refresh_from_db(fields=["name", "enabled"], from_queryset=living)
    except Subaccount.DoesNotExist as error:
        raise NotFound from error


def _record(
    action: str, subaccount: Subaccount, actor: Actor, data: dict[str, Any], ip: str
) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=subaccount.account,
        object_type="subaccount",
        object_id=subaccount.auth_id,
        data=data,
        ip=ip,
    )
