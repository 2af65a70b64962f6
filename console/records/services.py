"""Writing call records and paging through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from console.accounts.models import Account, Subaccount
from console.core import clock
from console.core.veil import unveiled, veiled
from console.records.filters import CallFilter
from console.records.models import Cdr

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50


def write_cdr(**facts: Any) -> bool:
    """Writes the record of a leg that has ended (one query); False when it was there already.

    Takes the columns of `Cdr`. Runs inside the transaction that ends the leg, so a record and its
    leg's end are one.
    """
    made = Cdr.objects.bulk_create([Cdr(**facts)], ignore_conflicts=True)
    return bool(made)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """A page of records, newest first; `older` and `newer` are keys of the neighbours or ""."""

    rows: list[M]
    older: str
    newer: str


def list_calls(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    wanted: CallFilter,
    before: str = "",
    after: str = "",
    size: int = PAGE_SIZE,
) -> Page[Cdr]:
    """A page by key, newest first (one query, by the index `cdr_list`, whatever the page).

    `before` and `after` are keys from an earlier page; a key that is not one means the first page.
    """
    rows = wanted.rows(account, subaccount).select_related("subaccount")
    return page_by_key(rows, newest="ended_at", before=before, after=after, size=size)


def page_by_key(
    rows: QuerySet[M], *, newest: str, before: str, after: str, size: int = PAGE_SIZE
) -> Page[M]:
    """A page of rows ordered by the time in the column `newest`, ties broken by id (one query)."""
    back, forth = _read_key(after), _read_key(before)
    if back:
        newer = rows.filter(_beyond(newest, back, ">")).order_by(newest, "id")[: size + 1]
        found = list(newer)
        more_newer, found = len(found) > size, found[:size][::-1]
        more_older = True
    else:
        older = rows.filter(_beyond(newest, forth, "<")) if forth else rows
        found = list(older.order_by(f"-{newest}", "-id")[: size + 1])
        more_older, found = len(found) > size, found[:size]
        more_newer = forth is not None
    return Page(
        rows=found,
        older=_key(found[-1], newest) if found and more_older else "",
        newer=_key(found[0], newest) if found and more_newer else "",
    )


def _beyond(newest: str, key: tuple[datetime, int], way: str) -> Q:
    moment, number = key
    name = "lt" if way == "<" else "gt"
    same = Q(**{newest: moment, f"id__{name}": number})
    return Q(**{f"{newest}__{name}": moment}) | same


def _key(row: Model, newest: str) -> str:
    return f"{getattr(row, newest).isoformat()}_{veiled(row.pk)}"


def _read_key(text: str) -> tuple[datetime, int] | None:
    moment, _, number = text.partition("_")
    parsed, row = clock.parse_moment(moment), unveiled(number)
    return (parsed, row) if parsed and row is not None else None
