"""Verified caller ids of the API: the same rows as sandbox numbers, looked up by phone (OTP-21)."""

from __future__ import annotations

from django.db import transaction

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.accounts.models import Account, Subaccount
from console.core import clock
from console.core.errors import DomainError, NotFound
from console.core.labels import clean_label
from console.core.numbers import canonical_number
from console.core.unchanged import UNCHANGED, Unchanged
from sandbox.fence import facts
from sandbox.fence.models import SandboxNumber
from sandbox.fence.querysets import SandboxNumberQuerySet

LONGEST_ALIAS = 80


def caller_ids(
    *, account: Account, subaccount: Subaccount | None = None, proved: bool = True
) -> SandboxNumberQuerySet:
    """The caller's numbers whose proof holds now; all that were not removed unless `proved`."""
    mine = SandboxNumber.objects.for_account(account, subaccount).live()
    return mine.proved(network=facts.current_network(), at=clock.now()) if proved else mine


def find_caller_id(
    *, account: Account, phone: str, subaccount: Subaccount | None = None, proved: bool = True
) -> SandboxNumber:
    """The caller's number (one query), written with or without `+`; raises NotFound (TEN-02)."""
    try:
        e164 = canonical_number(phone, bare_digits=True, field="phone_number").e164
    except DomainError as error:
        raise NotFound from error
    mine = caller_ids(account=account, subaccount=subaccount, proved=proved)
    found = mine.select_related("subaccount").filter(e164=e164).first()
    if found is None:
        raise NotFound
    return found


def clean_alias(raw: str) -> str:
    """The name as it is stored; DomainError `invalid_alias`."""
    return clean_label(raw, field="alias", longest=LONGEST_ALIAS, required=False)


@transaction.atomic
def update_caller_id(
    *,
    number: SandboxNumber,
    actor: Actor,
    alias: str | Unchanged = UNCHANGED,
    subaccount: Subaccount | Unchanged | None = UNCHANGED,
    ip: str = "",
) -> SandboxNumber:
    """Sets what is given; raises NotFound when the number was removed meanwhile."""
    values: dict[str, object] = {}
    if not isinstance(alias, Unchanged):
        values["alias"] = clean_alias(alias)
    if not isinstance(subaccount, Unchanged):
        values["subaccount"] = subaccount
    if not values:
        return number
    mine = SandboxNumber.objects.for_account(number.account).live().filter(pk=number.pk)
    if not mine.update(**values):
        raise NotFound
    for name, value in values.items():
        setattr(number, name, value)
    record(
        action="number.changed",
        actor=actor,
        account=number.account,
        object_type="sandbox_number",
        object_id=str(number.public_id),
        data={"fields": sorted(values)},
        ip=ip,
    )
    return number
