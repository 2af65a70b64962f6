"""The bytes of an export's part, in its format and compression."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from console.accounts.querysets import TenantQuerySet
from console.exports.models import Compression, Export, Format
from console.exports.recipes import Recipe
from console.records.columns import Column, Kind, Phones
from console.records.csv_stream import csv_header, csv_rows

_AT_ONCE = 2_000


def part_blocks(
    export: Export, recipe: Recipe, rows: TenantQuerySet[Any] | None, *, first: bool
) -> Iterator[bytes]:
    """The part's bytes, packed as the export asks; `rows` None is a part without rows.

    Packed parts stand for themselves, one after the other they are the packed file (RFC 1952
    section 2.2). The same rows give the same bytes, whoever writes them.
    """
    plain = _plain(export, recipe, rows, first=first)
    return _packed(plain) if export.compression == Compression.GZIP else plain


def _plain(
    export: Export, recipe: Recipe, rows: TenantQuerySet[Any] | None, *, first: bool
) -> Iterator[bytes]:
    fields = recipe.chosen(export.columns)
    if export.format == Format.JSONL:
        if rows is not None:
            yield from _json_lines(rows, fields, export)
        return
    if first:
        yield csv_header(fields, bom=export.bom)
    if rows is not None:
        phones = Phones(export.phones)
        yield from csv_rows(rows, fields, time_zone=export.time_zone, phones=phones)


def _packed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    # The header that zlib writes has no time and no name in it.
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for block in blocks:
        if packed := packer.compress(block):
            yield packed
    yield packer.flush()


def _json_lines(
    rows: TenantQuerySet[Any], fields: Sequence[Column], export: Export
) -> Iterator[bytes]:
    names = [column.name for column in fields]
    digits = export.phones == Phones.DIGITS
    writers = [_writer(column, ZoneInfo(export.time_zone), digits) for column in fields]
    lines: list[bytes] = []
    for row in rows.values_list(*(column.field for column in fields)).iterator(_AT_ONCE):
        values = [write(cell) for write, cell in zip(writers, row, strict=True)]
        lines.append(orjson.dumps(dict(zip(names, values, strict=True))))
        if len(lines) == _AT_ONCE:
            yield b"\n".join(lines) + b"\n"
            lines.clear()
    if lines:
        yield b"\n".join(lines) + b"\n"


def _writer(column: Column, zone: ZoneInfo, digits: bool) -> Callable[[Any], Any]:
    """How a cell is said: as in the CSV, but nothing is escaped, an empty cell is null and counts
    are numbers.
    """
    match column.kind:
        case Kind.TIME:
            return lambda at: at and at.astimezone(zone).isoformat(" ", "seconds")
        case Kind.MONEY:
            return lambda amount: None if amount is None else f"{amount:.5f}"
        case Kind.PARTY if digits:
            return lambda party: party.lstrip("+") or None
        case Kind.PARTY | Kind.TEXT:
            return lambda text: text or None
    return lambda cell: cell  # counts, and UUIDs that orjson writes itself
