"""Records of calls and messages as CSV, streamed (CSV-01 to CSV-03, CSV-06).

One statement reads one snapshot: rows that arrive or end meanwhile are neither missed nor doubled.
Both databases write the CSV themselves (COPY; one text a row on SQLite), and no more than a block
is in memory. When the database fails midway the generator raises, the server breaks
the connection, and no client takes the piece for the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import psycopg
from django.db import connection, models, transaction

from console.accounts.querysets import TenantQuerySet
from console.records import columns
from console.records.columns import COLUMNS, Column, Phones
from console.records.copy_out import copy_lines
from console.records.formulas import safe_cell

M = TypeVar("M", bound=models.Model)
_BLOCK = 65_536
_FETCH = 1_000


def csv_blocks(
    rows: TenantQuerySet[M],
    *,
    fields: Sequence[Column] = COLUMNS,
    newest: str = "ended_at",
    time_zone: str = "UTC",
    phones: Phones = Phones.E164,
    bom: bool = False,
) -> Iterator[bytes]:
    """The header and all rows, newest first, as blocks of about 64 KiB of UTF-8 (one query).

    `fields` are columns of the rows' model, which has `plain_parties`; `newest` is the column
    by which they are ordered. Times carry the offset of `time_zone`. Fields are quoted where RFC
    4180 asks.
    """
    yield csv_header(fields, bom=bom)
    ordered = rows.order_by(f"-{newest}", "-id")
    yield from csv_rows(ordered, fields, time_zone=time_zone, phones=phones)


def _inner(rows: TenantQuerySet[M], fields: Sequence[Column]) -> tuple[str, tuple[Any, ...]]:
    names = [*(column.field for column in fields), "plain_parties"]
    sql, params = rows.values_list(*names).query.sql_with_params()
    return str(sql), tuple(params)


def _postgres(
    rows: TenantQuerySet[M], fields: Sequence[Column], time_zone: str, phones: Phones
) -> Iterator[bytes]:
    inner, params = _inner(rows, fields)
    utc = time_zone == "UTC"
    wanted = ", ".join(columns.postgres(column, phones, utc=utc) for column in fields)
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    bound = psycopg.ClientCursor(raw).mogrify(inner, params)
    statement = f"COPY (SELECT {wanted} FROM ({bound}) r) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"  # noqa: S608
    with transaction.atomic(), raw.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [time_zone])
        yield from _crlf(copy_lines(raw, statement))


def _crlf(lines: Iterator[memoryview]) -> Iterator[bytes]:
    mark = columns.LINE_FEED.encode()
    block: list[memoryview] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size > _BLOCK:
            yield b"".join(block).replace(b"\n", b"\r\n").replace(mark, b"\n")
            block.clear()
            size = 0
    yield b"".join(block).replace(b"\n", b"\r\n").replace(mark, b"\n")


def _sqlite(
    rows: TenantQuerySet[M], fields: Sequence[Column], time_zone: str, phones: Phones
) -> Iterator[bytes]:
    inner, params = _inner(rows, fields)
    utc = time_zone == "UTC"
    line = " || ',' || ".join(columns.sqlite(column, phones, utc=utc) for column in fields)
    connection.ensure_connection()
    raw = connection.connection
    raw.create_function("csv_cell", 1, _cell, deterministic=True)
    raw.create_function("local_time", 1, _Localiser(time_zone))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({line}) || x'0d0a' FROM ({inner}) r", params)  # noqa: S608
        try:
            while found := cursor.fetchmany(_FETCH):
                yield "".join([row[0] for row in found]).encode()
        finally:
            # The pages that a walk of the table leaves in the connection's cache serve nobody else.
            raw.execute("PRAGMA shrink_memory")


def _cell(text: str) -> str:
    guarded = safe_cell(text)
    if any(sign in guarded for sign in '",\r\n'):
        return '"' + guarded.replace('"', '""') + '"'
    return guarded


class _Localiser:
    """Turns UTC times of SQLite's text form into the zone's, remembering each hour's offset."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._known: dict[str, tuple[timedelta, str]] = {}

    def __call__(self, text: str | None) -> str | None:
        """The time with its offset; None stays None."""
        if text is None:
            return None
        known = self._known.get(text[:15])
        if known is None:
            # Offsets change on a quarter of an hour; ten minutes of UTC share one.
            moment = datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(self._zone)
            offset = moment.strftime("%z")
            known = (moment.utcoffset() or timedelta(0), f"{offset[:3]}:{offset[3:5]}")
            self._known[text[:15]] = known
        return f"{datetime.fromisoformat(text[:19]) + known[0]}{known[1]}"


def csv_header(fields: Sequence[Column] = COLUMNS, *, bom: bool = False) -> bytes:
    """The row that names the columns, after a byte order mark when `bom`; for stored exports."""
    header = ",".join(column.name for column in fields) + "\r\n"
    return (b"\xef\xbb\xbf" if bom else b"") + header.encode()


def csv_rows(
    ordered: TenantQuerySet[M], fields: Sequence[Column], *, time_zone: str, phones: Phones
) -> Iterator[bytes]:
    """The rows alone, as ordered, in blocks (one query); for the parts of stored exports."""
    write = _postgres if connection.vendor == "postgresql" else _sqlite
    yield from write(ordered, fields, time_zone, phones)
