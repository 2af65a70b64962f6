"""A stored export of a million call records: how long it takes, and what memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.csv import ROWS
from tests.bench.rows import Row
from tests.faults.inside import ask, wait_until
from tests.support.client import PASSWORD, signed_in, token_of
from tests.support.stack import Stack, running

_WITHIN = 300.0
_ACCOUNT = ("--email", "bench@example.com", "--password", PASSWORD, "--plan", "full", "--json")
_RECIPES = (("csv", "none"), ("csv", "gzip"), ("jsonl", "none"))


def _memory(stack: Stack) -> float:
    """Resident megabytes of the worker that makes exports."""
    (pid,) = stack.processes("exports")
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def run() -> Iterator[Row]:
    """On the database of the environment; progress is looked at as the page does."""
    with running() as stack:
        made = stack.manage("create_account", *_ACCOUNT)
        stack.manage("seed_cdrs", made["auth_id"], "--rows", str(ROWS))
        with signed_in(stack, "bench@example.com") as client:
            token = token_of(client.get("/exports/new/").text)
            before = _memory(stack)
            for format_, compression in _RECIPES:
                form = {"format": format_, "compression": compression, "phones": "e164"}
                began = time.perf_counter()
                client.post("/exports/new/", data={**form, "csrfmiddlewaretoken": token})
                wait_until(lambda: not _open(stack), seconds=_WITHIN, moving=lambda: _done(stack))
                took = time.perf_counter() - began
                rows, size = ask(stack, _LAST)[0]
                told = f"{took:.1f} s, {size / 1e6:.0f} MB"
                name = f"export of {ROWS:,} rows, {format_}, {compression}"
                yield Row(name, told, "", rows == ROWS)
            grown = _memory(stack) - before
    yield Row("worker grew meanwhile", f"{grown:.1f} MB", "< 64 MB", grown < 64)


_LAST = "select rows_done, size_bytes from exports_export order by created_at desc limit 1"


def _open(stack: Stack) -> list[tuple]:
    return ask(stack, "select 1 from exports_export where state <> 'ready'")


def _done(stack: Stack) -> int:
    return int(ask(stack, "select coalesce(sum(rows_done), 0) from exports_export")[0][0])
