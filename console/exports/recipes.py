"""What can be exported, and how each kind is read: one table, filled by the apps that own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core.errors import DomainError
from console.exports.models import Kind
from console.records import filters
from console.records.columns import COLUMNS, Column
from console.records.models import Cdr


class Wanted(Protocol):
    """A filter that has been read: the very object behind the list's page."""

    @property
    def errors(self) -> Mapping[str, str]:
        """A sentence for each word that could not be read."""
        ...

    def rows(self, account: Account, subaccount: Subaccount | None = None) -> TenantQuerySet[Any]:
        """The account's rows that match, in no order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A kind: its model, the column of its order, its columns, its filter and the list's route."""

    kind: Kind
    model: type[models.Model]
    newest: str
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    read: Callable[..., Wanted]
    route: str

    def chosen(self, names: Iterable[str]) -> tuple[Column, ...]:
        """The columns of these names, in the table's order; all of them for no name."""
        wanted = set(names)
        return tuple(column for column in self.columns if not wanted or column.name in wanted)


RECIPES: dict[str, Recipe] = {}


def register(recipe: Recipe) -> None:
    """Makes a kind known; called when its app is ready."""
    RECIPES[recipe.kind] = recipe


def recipe_of(kind: str) -> Recipe:
    """The recipe; raises DomainError `invalid_export` for a kind that is not there."""
    if (found := RECIPES.get(kind)) is None:
        known = " or ".join(RECIPES)
        raise DomainError(f"Choose what to export: {known}.", code="invalid_export", field="kind")
    return found


register(
    Recipe(
        kind=Kind.CALLS,
        model=Cdr,
        newest="ended_at",
        columns=COLUMNS,
        names=filters.NAMES,
        read=filters.read,
        route="calls:list",
    )
)
