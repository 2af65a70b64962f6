"""What tells that a backup was put back, and what staff decided about it (REL-18)."""

from __future__ import annotations

import uuid

from django.db import models

from console.core import clock


class RestoreMark(models.Model):
    """One row, whose mark goes up every few seconds; a file beside the database holds it too.

    `database` names this database: one that was made afresh is another.
    """

    database: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField()
    mark = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.mark)


class Restore(models.Model):
    """A backup was put back: one of `backup_at`, while this machine had seen the rows of `seen_at`.

    `kept` says what staff decided: tokens and proofs count as they are, or all were taken back.
    """

    noticed_at = models.DateTimeField(default=clock.now)
    backup_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    kept = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_at=None, kept=None)
                | models.Q(decided_at__isnull=False, kept__isnull=False),
                name="restore_decided_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.noticed_at:%Y-%m-%d %H:%M}"
