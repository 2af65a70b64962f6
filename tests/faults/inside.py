"""A look behind the pages: what is left in the database, the broker's folder and the logs."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

import psycopg

from tests.support.stack import Stack

# A timer, a look at the credit or a room's limit outlives its call and then finds nothing; a living
# call is counted as such.
_OPEN = """
    select kind, state, attempts, last_error from core_outboxrow
    where state in ('pending', 'leased') and kind <> 'webhooks.notify'
    and not (kind in ('call.timer', 'call.credit', 'room.limit') and state = 'pending')
"""
_STORIES = """
    select c.call_uuid, e.kind, e.at, e.data from calls_callevent e
    join calls_call c on c.id = e.call_id order by c.id, e.seq
"""


@contextlib.contextmanager
def database(stack: Stack) -> Iterator[Any]:
    """A connection to the stack's database, beside its own."""
    url = stack.env.get("DATABASE_URL", "")
    made = (
        psycopg.connect(url) if url else sqlite3.connect(stack.folder / "db.sqlite3", timeout=120)
    )
    try:
        yield made
    finally:
        made.close()


def ask(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with database(stack) as connection:
        return list(connection.execute(query).fetchall())


def one(stack: Stack, query: str) -> Any:
    """The only value of a query."""
    return ask(stack, query)[0][0]


def messages(stack: Stack) -> int:
    """How many codes have reached phones."""
    return one(stack, "select count(*) from network_handsetmessage where platform")


def carried_out(stack: Stack) -> int:
    """How many rows of the outbox are done: grows as long as the workers get on."""
    return one(stack, "select count(*) from core_outboxrow where state = 'done'")


def wait_until(
    true: Callable[[], bool], *, seconds: float, moving: Callable[[], object] = lambda: None
) -> bool:
    """Whether it came true in time; the time begins anew whenever `moving` gives another value.

    So a slow machine is waited for while it gets on, and something stuck is found out soon.
    """
    last, until = moving(), time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < until:
        time.sleep(0.2)
        if (now := moving()) != last:
            last, until = now, time.monotonic() + seconds
    return done


def unfinished(stack: Stack) -> list[tuple[Any, ...]]:
    """What is left to do, telling customers again aside, and what was given up."""
    living = (
        "select 'living call', count(*) from calls_call where phase <> 'ended' having count(*) > 0"
    )
    dead = "select 'dead', kind, last_error from core_outboxrow where state = 'dead'"
    return [*ask(stack, _OPEN), *ask(stack, living), *ask(stack, dead)]


def wait_for_rest(stack: Stack, *, seconds: float) -> list[tuple[Any, ...]]:
    """What is still unfinished when nothing has moved for so long."""
    wait_until(
        lambda: not unfinished(stack), seconds=seconds, moving=lambda: str(unfinished(stack))
    )
    return unfinished(stack)


def stories(stack: Stack, uuids: Iterable[str], *, last: int = 6) -> list[str]:
    """The ends of these calls' stories, for a failing test's message."""
    wanted = {UUID(one) for one in uuids}
    told: dict[UUID, list[str]] = {}
    for uuid, kind, at, data in ask(stack, _STORIES):
        if (key := UUID(str(uuid))) in wanted:
            told.setdefault(key, []).append(f"{at} {kind} {data}"[:200])
    return ["", *("\n  ".join([str(key), *some[-last:]]) for key, some in told.items())]


def readable(stack: Stack, codes: Iterable[str]) -> list[str]:
    """Places outside the handsets' pages where one of the codes can be read."""
    pattern = re.compile(rf"(?<![\w.:+-])(?:{'|'.join(codes)})(?![\w])")
    return [place for place, text in (*_cells(stack), *_files(stack)) if pattern.search(text)]


def _files(stack: Stack) -> Iterator[tuple[str, str]]:
    for folder in ("broker", "log", "media", "exports"):
        for path in (stack.folder / folder).rglob("*"):
            if path.is_file():
                yield str(path), path.read_text(errors="replace")


def _cells(stack: Stack) -> Iterator[tuple[str, str]]:
    known = "select name from sqlite_master where type = 'table'"
    if stack.env.get("DATABASE_URL"):
        known = "select tablename from pg_tables where schemaname = 'public'"
    with database(stack) as connection:
        for (table,) in connection.execute(known).fetchall():
            yield from _rows(table, connection.execute(f'select * from "{table}"'))


def _rows(table: str, rows: Any) -> Iterator[tuple[str, str]]:
    for row in rows:
        for cell in row:
            if isinstance(cell, bytes):
                yield table, cell.decode("latin-1")
            elif not isinstance(cell, (int, float)):
                yield f"{table}: {str(cell)[:80]}", str(cell)
