"""A backup that was put back is noticed, and nothing in it counts silently (REL-18).

A row of the database and a file beside it hold the same mark, which goes up every ten seconds, the
row first. A row that lags behind its file is one from before: tokens that were revoked and numbers
that were removed since are back. Then every account is held, which closes the API and the fence to
it, until staff has said what to do. A database made afresh is another one, and no backup.

A process that starts looks and raises nothing: many that start at once would take the file further
ahead than the rows that a machine may lose with its power.

What lies in one place with the file, and is put back together with it, cannot be told from the
past.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error, close_old_connections, transaction
from django.db.models import F

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, AuthToken, Restore, RestoreMark
from console.core import clock, randomness
from console.core.errors import DomainError

log = structlog.get_logger(__name__)
EVERY: Final = timedelta(seconds=10)
SLACK: Final = 6
"""Marks that a row may lag behind: who lost power may have lost the rows of the last minute."""
_ONLY: Final = 1
_DISTRUST: list[Callable[[], int]] = []


def on_distrust(forget: Callable[[], int]) -> Callable[[], int]:
    """Registers what takes proofs of the apps above back; it gives how many those were."""
    _DISTRUST.append(forget)
    return forget


def note() -> Restore | None:
    """Raises the mark; gives the Restore when a backup was put back, which holds every account.

    Two queries and the file when there is nothing to notice. Any number of processes may run it.
    """
    row = RestoreMark.objects.filter(pk=_ONLY).first()
    if row is None:
        row, _ = RestoreMark.objects.get_or_create(
            pk=_ONLY, defaults={"database": randomness.new_uuid()}
        )
    if restore := _judge(row):
        return restore
    mine = RestoreMark.objects.filter(pk=_ONLY, mark=row.mark)
    if mine.update(mark=F("mark") + 1, at=clock.now()):
        _write(row.database, row.mark + 1)
    return None


def note_at_start() -> None:
    """Looks, in a process that starts; without a database the clock's job will notice."""
    try:
        if row := RestoreMark.objects.filter(pk=_ONLY).first():
            _judge(row)
    except Error as error:
        log.warning("restore_not_looked_for", error=type(error).__name__)
    finally:
        close_old_connections()


def _judge(row: RestoreMark) -> Restore | None:
    seen, at = _read(row.database)
    return _hold(row, seen, at) if row.mark + SLACK < seen else None


@transaction.atomic
def _hold(row: RestoreMark, seen: int, at: datetime) -> Restore | None:
    mine = RestoreMark.objects.filter(pk=_ONLY, mark=row.mark)
    if not mine.update(mark=seen + 1, at=clock.now()):
        return None  # another process was quicker
    restore = Restore.objects.create(backup_at=row.at, seen_at=at)
    held = Account.objects.filter(held=False).update(held=True)
    audit.record(
        action="restore.noticed",
        actor="system",
        object_type="restore",
        object_id=str(restore.pk),
        data={"backup_at": row.at, "seen_at": at, "accounts": held},
    )
    transaction.on_commit(lambda: _write(row.database, seen + 1), robust=True)
    log.error("backup_put_back", backup_at=row.at.isoformat(), seen_at=at.isoformat())
    return restore


@transaction.atomic
def decide(*, restore_id: int, keep: bool, actor: Actor) -> Restore:
    """Ends the hold: tokens and proofs of the backup count as they are, or all are taken back.

    Raises DomainError `restore_decided` when somebody was quicker.
    """
    # Every hold changes this row: two that end, or begin and end, at once wait for each other.
    RestoreMark.objects.select_for_update().filter(pk=_ONLY).first()
    open_ones = Restore.objects.filter(pk=restore_id, decided_at=None)
    if not open_ones.update(decided_at=clock.now(), kept=keep):
        raise DomainError("Somebody has decided this already.", code="restore_decided")
    gone = {"tokens": 0, "proofs": 0}
    if not keep:
        gone["tokens"] = AuthToken.objects.unscoped("after a restore").delete()[0]
        gone["proofs"] = sum(forget() for forget in _DISTRUST)
    if not Restore.objects.filter(decided_at=None).exists():
        Account.objects.filter(held=True).update(held=False)
    audit.record(
        action="restore.decided",
        actor=actor,
        object_type="restore",
        object_id=str(restore_id),
        data={"kept": keep, **gone},
    )
    return Restore.objects.get(pk=restore_id)


def _file() -> Path:
    return Path(settings.DATA) / "restore-mark.json"


def _read(database: UUID) -> tuple[int, datetime]:
    """The mark of this database that this machine has seen last, and when; 0 for none."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        if found["database"] == str(database):
            return int(found["mark"]), datetime.fromisoformat(found["at"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, clock.now()


def _write(database: UUID, mark: int) -> None:
    said = {"database": str(database), "mark": mark, "at": clock.now().isoformat()}
    target = _file()
    draft = target.with_name(f".{target.name}-{randomness.new_uuid().hex}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.write_text(json.dumps(said), encoding="utf-8")
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)  # or a full disk would gain a name every ten seconds
        raise
