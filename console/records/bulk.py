"""Writing many call records at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from console.accounts.models import Account
from console.applications.models import Application
from console.core import clock
from console.records.believable import believable
from console.records.models import Cdr, RecordsKept

_BATCH = 20_000
_FIXED = {
    "conference_uuid": None,
    "source_ip": None,
    "stir_verification": "Not Applicable",
    "stir_attestation": "",
    "cnam_lookup": "",
    "subaccount": None,
}


def insert_believable(*, account: Account, rows: int, days: int, seed: int) -> None:
    """Adds `rows` made-up records that ended in the last `days`; app ids are the account's own.

    Running it twice with the same seed gives other call ids only if the clock has moved: ids come
    from the seed alone, and an id that is there already is refused by the database. An account
    that gets older records than are usually kept keeps them for longer.
    """
    now = clock.now().replace(microsecond=0)
    app_ids = list(
        Application.objects.for_account(account).order_by("pk").values_list("app_id", flat=True)
    )
    records = believable(
        rows=rows, days=days, seed=seed + account.pk * 1_000_003, end=now, app_ids=app_ids
    )
    fields = [f for f in Cdr._meta.concrete_fields if not f.primary_key and not f.generated]
    tuples = _tuples(records, account, fields)
    with transaction.atomic():
        if days >= RecordsKept.USUAL:
            kept = {"days": RecordsKept.MOST}
            RecordsKept.objects.unscoped("seed").update_or_create(account=account, defaults=kept)
        while batch := list(islice(tuples, _BATCH)):
            _insert(fields, batch)


def _tuples(
    records: Iterator[dict[str, Any]], account: Account, fields: list[Any]
) -> Iterator[tuple[Any, ...]]:
    fixed = {**_FIXED, "account": account.pk, "written_at": clock.now()}
    names = [f.name for f in fields]
    plain = connection.vendor == "postgresql"
    for record in records:
        row = {**fixed, **record}
        yield tuple(row[name] if plain else _for_sqlite(row[name]) for name in names)


def _for_sqlite(value: Any) -> Any:
    # What Django's own fields would write; asking each field for each value takes twice as long.
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, UUID):
        return value.hex
    return str(value) if isinstance(value, Decimal) else value


def _insert(fields: list[Any], batch: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{f.column}"' for f in fields)
    table = f'"{Cdr._meta.db_table}"'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in batch:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)  # noqa: S608
