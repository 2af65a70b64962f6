"""All that is kept about an account, as one ZIP that is written while it is sent (PRIV-01)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson
from django.db import models

from console.accounts.models import Account
from console.core import clock
from console.privacy.belongings import Belonging, belongings
from console.records.formulas import safe_cell

_CHUNK: Final = 1000
_READ_ME: Final = """What Ringfence keeps about the account {auth_id}, on {day} (UTC).

account.json     the account itself
json/<table>     each table as JSON Lines: one object a line
csv/<table>      the same as CSV (RFC 4180); cells that a spreadsheet would run begin with '

Passwords, tokens, codes and their hashes are not in here. Empty tables are left out.
"""


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writes and gives it to the reader; cannot seek."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, block: Any) -> int:
        """Keeps the block until `take`."""
        self._held += block
        return len(block)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._held = bytes(self._held), bytearray()
        return taken


def archive(account: Account) -> Iterator[bytes]:
    """The ZIP in pieces; memory stays flat. Two passes over each table that has rows."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, lines in _entries(account):
            with packed.open(name, "w", force_zip64=True) as entry:
                for line in lines:
                    entry.write(line)
                    if block := pipe.take():
                        yield block
            yield pipe.take()
    yield pipe.take()


def _entries(account: Account) -> Iterator[tuple[str, Iterable[bytes]]]:
    told = _READ_ME.format(auth_id=account.auth_id, day=f"{clock.now():%d %B %Y}")
    yield "README.txt", [told.encode()]
    yield "account.json", [orjson.dumps(_account(account), option=orjson.OPT_INDENT_2)]
    for one in belongings(audit=True):
        rows = _rows(account, one)
        if rows.exists():
            yield f"json/{one.name}.jsonl", _json(one, rows)
            yield f"csv/{one.name}.csv", _csv(one, rows)


def _account(account: Account) -> dict[str, Any]:
    plain = ("auth_id", "name", "state", "time_zone", "region", "city", "address", "region_name")
    facts: dict[str, Any] = {name: getattr(account, name) for name in plain}
    return facts | {"credit": str(account.credit), "created_at": account.created_at.isoformat()}


def _rows(account: Account, one: Belonging) -> models.QuerySet[Any]:
    rows = one.rows(account)
    names = {field.name for field in one.model._meta.concrete_fields}
    # The platform's own traffic is not the tenant's (OTP-16).
    return rows.filter(platform=False) if "platform" in names else rows


def _json(one: Belonging, rows: models.QuerySet[Any]) -> Iterator[bytes]:
    columns = one.columns()
    for row in rows.values_list(*columns.values()).iterator(chunk_size=_CHUNK):
        named = dict(zip(columns, row, strict=True))
        yield orjson.dumps(named, default=str, option=orjson.OPT_APPEND_NEWLINE)


def _csv(one: Belonging, rows: models.QuerySet[Any]) -> Iterator[bytes]:
    columns = one.columns()
    line = io.StringIO(newline="")
    writer = csv.writer(line)

    def written(cells: Iterable[Any]) -> bytes:
        writer.writerow(cells)
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text.encode()

    yield written(columns)
    for row in rows.values_list(*columns.values()).iterator(chunk_size=_CHUNK):
        yield written("" if value is None else safe_cell(str(value)) for value in row)
