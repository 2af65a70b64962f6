"""Commands on a database that has no tables yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from console.core.tables import is_not_migrated

ROOT = Path(__file__).parents[3]


def manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command on an SQLite database of its own."""
    environment = {
        **os.environ,
        "RINGFENCE_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "words", [("create_account", "--email", "a@example.com"), ("audit_verify",), ("retention",)]
)
def test_a_command_without_tables_says_what_to_run_first(tmp_path, words):
    ran = manage(tmp_path, *words)
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "The database has no tables for this yet. Run ./ringfence up, or"
        " ./ringfence manage migrate, and then this command again."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["SELECT 1 FROM nowhere", "SELECT nothing FROM accounts_user"])
def test_other_errors_of_a_database_with_its_tables_are_no_such_case(query):
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute(query)
    assert not is_not_migrated(caught.value)
