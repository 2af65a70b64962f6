"""Whether the database has its tables yet."""

from __future__ import annotations

from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

_UNDEFINED_TABLE: Final = "42P01"


def is_not_migrated(error: DatabaseError) -> bool:
    """Whether a query failed because migrations are yet to make its table (two queries)."""
    state = getattr(error.__cause__, "sqlstate", "")
    if state != _UNDEFINED_TABLE and not str(error).startswith("no such table"):
        return False
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return False
