"""A database that restarts under load: 503 while it is away, then on as before (REL-04)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.faults.inside import wait_until
from tests.faults.patient import Patient, Texting, each_once, text_of
from tests.faults.programs import program
from tests.faults.settings import PATIENCE, count
from tests.support.answer_server import AnswerServer
from tests.support.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.faults]
CUTS = count("CUTS", 3)
AWAY = count("AWAY", 12)  # seconds: longer than a process waits for a connection
_CUT = """
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = %s and pid <> pg_backend_pid()
"""


def test_rel_04_a_database_that_restarts_under_load_loses_and_doubles_nothing(stack, tell):
    if not stack.env.get("DATABASE_URL"):
        pytest.skip("SQLite has no server that could restart")
    with AnswerServer({"/status/": lambda _: ""}) as server, program(stack, "restart") as texter:
        before, processes = texter.credit, _processes(stack)
        sender = Patient(texter.auth_id, texter.auth_token, [stack.url])
        with (
            Texting(sender, text_of(texter, server)) as texting,
            operator(stack) as (connection, name),
        ):
            cut = [_cut_amid(texting, connection, name) for _ in range(CUTS)]
            _leave(connection, name)
            asked, began = len(texting.sent), time.monotonic()
            assert wait_until(lambda: len(texting.sent) > asked, seconds=PATIENCE), texting.failed
            back = time.monotonic() - began
            asked = len(texting.sent)
            wait_until(lambda: len(texting.sent) > asked + 10, seconds=PATIENCE)
        assert texting.failed == []
        told = each_once(texter, server, texting.sent, before)
        statuses = dict(sorted(sender.statuses.items()))
        assert {status for status in statuses if status >= 500} <= {503}, statuses
        assert (sender.unanswered, sender.without_advice) == (0, 0)
        assert _processes(stack) == processes, "a process did not outlive its database"
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"database away for {AWAY} s after {CUTS} times all connections were cut ({sum(cut)} in "
        f"all) while {len(texting.sent)} messages were asked for: answers {statuses}, working "
        f"again {back:.1f} s after its return with the same processes; each message sent and paid "
        f"once, {told} states told"
    )


@contextmanager
def operator(stack: Stack) -> Iterator[tuple[psycopg.Connection, str]]:
    """Somebody on the same server in another database, and the name of the stack's."""
    server, _, name = stack.env["DATABASE_URL"].rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        try:
            yield connection, name
        finally:
            _open(connection, name, to=True)


def _cut_amid(texting: Texting, connection: psycopg.Connection, name: str) -> int:
    """Ends every connection once some more messages were sent; gives how many those were."""
    asked = len(texting.sent)
    assert wait_until(lambda: len(texting.sent) > asked + 3, seconds=PATIENCE), texting.failed
    return _cut(connection, name)


def _cut(connection: psycopg.Connection, name: str) -> int:
    row = connection.execute(_CUT, [name]).fetchone()
    return int(row[0]) if row else 0


def _open(connection: psycopg.Connection, name: str, *, to: bool) -> None:
    connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS {str(to).lower()}')


def _leave(connection: psycopg.Connection, name: str) -> None:
    """The database takes no connection for a while, and has cut those that it had."""
    _open(connection, name, to=False)
    _cut(connection, name)
    time.sleep(AWAY)
    _open(connection, name, to=True)


def _processes(stack: Stack) -> dict[str, list[int]]:
    parts = ("celery", "manage.py beat", "uvicorn")
    return {part: sorted(stack.processes(part)) for part in parts}
