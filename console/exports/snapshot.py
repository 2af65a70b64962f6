"""The rows of an export: fixed when it is asked for, walked by key in parts (CSV-03).

Records are only ever added, so `id <= max_id` is the state of that moment, with one gap: on
PostgreSQL a transaction may have taken its id and not have committed yet. `settled` says when none
of those is left; until then nothing is written.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q
from django.utils.dateparse import parse_datetime

from console.accounts.querysets import TenantQuerySet
from console.exports.models import Export
from console.exports.recipes import Recipe

PART_ROWS = 50_000
Key = tuple[datetime, int]


def newest_id(recipe: Recipe) -> int:
    """The greatest id that is there, of whatever account (one query, by the primary key)."""
    rows = recipe.model._default_manager.all()
    if isinstance(rows, TenantQuerySet):
        rows = rows.unscoped("the snapshot's upper bound says nothing about anybody")
    return int(rows.aggregate(newest=Max("pk"))["newest"] or 0)


def horizon() -> int | None:
    """PostgreSQL's first transaction id that is not given out yet; None on SQLite (one query)."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def settled(export: Export) -> bool:
    """Whether every transaction that ran when the export was asked for has ended (one query)."""
    if export.settles_at is None or connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0]) >= export.settles_at


def rows_of(export: Export, recipe: Recipe) -> TenantQuerySet[Any]:
    """All rows of the export, in no order; no query is made yet."""
    wanted = recipe.read(export.filters, time_zone=export.time_zone)
    return wanted.rows(export.account, export.subaccount).filter(pk__lte=export.max_id)


def next_part(
    export: Export, recipe: Recipe, *, size: int = PART_ROWS
) -> tuple[TenantQuerySet[Any], Key, int] | None:
    """The rows after the cursor, newest first, with their last key and count; None at the end.

    One query, on the list's index alone.
    """
    rows = rows_of(export, recipe)
    if export.cursor_moment is not None and export.cursor_id is not None:
        rows = rows.filter(_from(recipe.newest, (export.cursor_moment, export.cursor_id), "lt"))
    ordered = rows.order_by(f"-{recipe.newest}", "-pk")
    named = ordered.annotate(part_moment=F(recipe.newest), part_number=F("pk"))
    found = _last_of(named.values_list("part_moment", "part_number")[:size])
    if found is None:
        return None
    moment, number, count = found
    up_to = _from(recipe.newest, (moment, number), "gte")
    return ordered.filter(up_to), (moment, number), count


def _from(newest: str, key: Key, way: str) -> Q:
    """Beyond the key (`lt`), or up to it and with it (`gte`), in the order of the list."""
    moment, number = key
    strictly, loosely = way[:2], f"{way[:2]}e"
    tie = Q(**{newest: moment, f"pk__{way}": number})
    # The first condition alone would be wrong and the second alone slow: it uses no index.
    return Q(**{f"{newest}__{loosely}": moment}) & (Q(**{f"{newest}__{strictly}": moment}) | tie)


def _last_of(keys: Any) -> tuple[datetime, int, int] | None:
    inner, params = keys.query.sql_with_params()
    statement = (
        f"SELECT part_moment, part_number, count(*) OVER () FROM ({inner}) part "  # noqa: S608
        "ORDER BY part_moment, part_number LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchone()
    if found is None:
        return None
    moment = parse_datetime(found[0]) if isinstance(found[0], str) else found[0]
    assert moment is not None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC), int(found[1]), int(found[2])
