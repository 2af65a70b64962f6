"""A restore drill: yesterday's database is put back under the same installation (REL-18)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from console.accounts.services.restores import SLACK
from tests.faults.inside import one
from tests.faults.programs import program
from tests.support.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.faults]
_REVOKED = """
from console.accounts.models import Account, AuthToken
from console.accounts.services import restores, revoke_token
account = Account.objects.get(auth_id="{auth_id}")
token = AuthToken.objects.for_account(account).get()
revoke_token(account=account, token_id=token.public_id, actor="test")
for _ in range({marks}):
    restores.note()
"""
_KEEP = """
from console.accounts.models import Restore
from console.accounts.services import restores
restores.decide(restore_id=Restore.objects.get().pk, keep=True, actor="test")
"""


def test_rel_18_a_revoked_token_of_a_backup_comes_back_only_when_staff_says_so(stack, tell):
    with program(stack, "drill") as caller, program(stack, "another") as another:
        assert caller.client.get("Application/").status_code == 200
        stack.stop()
        put_back = _backup(stack)
        _run(stack, _REVOKED.format(auth_id=caller.auth_id, marks=SLACK + 2))
        put_back()
        stack.start()
        while_held = [who.client.get("Application/").status_code for who in (caller, another)]
        noticed = one(stack, "select count(*) from accounts_restore where decided_at is null")
        _run(stack, _KEEP)
        afterwards = [who.client.get("Application/").status_code for who in (caller, another)]
    assert (while_held, noticed, afterwards) == ([401, 401], 1, [200, 200])
    tell(
        "a backup put back after a token was revoked: noticed at the start, every token refused "
        "until staff had decided"
    )


def _run(stack: Stack, script: str) -> None:
    stack.manage("shell", "-v", "0", "-c", script)


def _backup(stack: Stack) -> Callable[[], None]:
    """Copies the database of a stack that stands still; gives what puts the copy in its place."""
    if stack.env.get("DATABASE_URL"):
        return _backup_on_postgres(stack.env["DATABASE_URL"])
    live, kept = stack.folder / "db.sqlite3", stack.folder / "kept.sqlite3"

    def put_back() -> None:
        for path in stack.folder.glob("db.sqlite3*"):
            path.unlink()
        _copy(kept, live)

    _copy(live, kept)
    return put_back


def _copy(source: Path, target: Path) -> None:
    for path in source.parent.glob(f"{source.name}*"):
        shutil.copy(path, f"{target}{path.name.removeprefix(source.name)}")


def _backup_on_postgres(url: str) -> Callable[[], None]:
    server, _, name = url.rpartition("/")

    def do(*statements: str) -> None:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)

    def put_back() -> None:
        do(
            f'DROP DATABASE "{name}" WITH (FORCE)',
            f'ALTER DATABASE "{name}_kept" RENAME TO "{name}"',
        )

    do(f'CREATE DATABASE "{name}_kept" TEMPLATE "{name}"')
    return put_back
