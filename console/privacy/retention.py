"""What the retention jobs would delete now (PRIV-03): they are run, counted, and taken back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from console.core.periodic import JOBS, Job

_DELETED = re.compile(r'DELETE FROM "?(\w+)"?', re.I)
_CHANGED = re.compile(r'UPDATE "?(\w+)"?', re.I)


@dataclass(slots=True)
class Outcome:
    """What a job did, or would do: rows by table."""

    job: str
    deleted: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    def watch(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Counts the rows of each statement; for `connection.execute_wrapper`."""
        done = execute(sql, params, many, context)
        for pattern, counts in ((_DELETED, self.deleted), (_CHANGED, self.changed)):
            if (found := pattern.match(sql)) and context["cursor"].rowcount > 0:
                counts[found[1]] += context["cursor"].rowcount
        return done


def jobs() -> list[Job]:
    """The jobs that only forget, by name."""
    return [job for _, job in sorted(JOBS.items()) if job.forgets]


def run(job: Job, *, dry: bool) -> Outcome:
    """Runs one slice of the job and gives what it did; a dry one is rolled back whole.

    Files go when their rows are gone for good (`transaction.on_commit`), so a dry run keeps them.
    """
    outcome = Outcome(job.name)
    with transaction.atomic(), connection.execute_wrapper(outcome.watch):
        job.run()
        transaction.set_rollback(dry)
    return outcome
