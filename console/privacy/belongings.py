"""Which tables hold what belongs to an account: found by the models' own relations.

So a table that is added later is taken along and erased without anybody remembering it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from console.accounts.models import Account, AuditEvent
from console.privacy.models import AccountClosure

# Never leaves: what signs in, what proves, and the machinery's own state.
_HIDDEN: Final = re.compile(
    r"hash|hmac|sealed|secret|password|ha1$|token$|link_key|form_key|^scope$|^owner$|^flow$|^trimmed$"
)
_NAMED: Final = {
    "subaccount": "subaccount__auth_id",
    "application": "application__app_id",
    "user": "user__email",
}


@dataclass(frozen=True, slots=True)
class Belonging:
    """One table: its model and the field that names the account."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        """Such as `applications.application`."""
        return self.model._meta.label_lower

    def rows(self, account: Account) -> models.QuerySet[Any]:
        """The account's rows, oldest first."""
        mine = self.model._base_manager.filter(**{self.field: account.pk})
        return mine.order_by("pk")

    def columns(self) -> dict[str, str]:
        """Names of what may be taken along, with the look-up of each; no secrets, no inner ids."""
        return dict(_columns(self.model))


def _columns(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    for field in model._meta.concrete_fields:
        if _HIDDEN.search(field.name) or isinstance(field, models.BinaryField | models.AutoField):
            continue
        if not field.is_relation:
            yield field.name, field.name
        elif field.name in _NAMED:
            yield field.name, _NAMED[field.name]


def belongings(*, audit: bool) -> list[Belonging]:
    """Every table with a row of an account's, by name; the audit log only when asked for."""
    left_out: set[Any] = {AccountClosure} | (set() if audit else {AuditEvent})
    relations = Account._meta.get_fields(include_hidden=True)
    found = {
        Belonging(relation.related_model, relation.field.name)
        for relation in relations
        if isinstance(relation, models.ManyToOneRel) and relation.related_model not in left_out
    }
    return sorted(found, key=lambda one: one.name)
