"""Carrying an export out, part by part; any worker may go on where another was killed (CSV-04)."""

from __future__ import annotations

import errno
import time
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from console.core import clock, outbox
from console.exports import files, snapshot
from console.exports.models import OPEN, Export, ExportPart, State
from console.exports.recipes import Recipe, recipe_of
from console.exports.writing import part_blocks

log = structlog.get_logger(__name__)
REASON: Final = "the worker carries out any tenant's export"
SLICE_SECONDS: Final = 15.0
_SETTLE: Final = timedelta(seconds=1)
_SETTLE_AT_MOST: Final = timedelta(minutes=1)
_NO_SPACE: Final = timedelta(seconds=30)
_FULL = {errno.ENOSPC, errno.EDQUOT}


def carry_on(export_id: UUID) -> None:
    """Writes parts for a while; raises `outbox.Later` when some are left.

    May run twice, even at once: a part is the same whoever writes it, and only one worker moves
    the cursor past it. Five queries a part.
    """
    export = _open(export_id)
    if export is None:
        return
    if not snapshot.settled(export) and clock.now() - export.as_of < _SETTLE_AT_MOST:
        raise outbox.Later(_SETTLE, "records are still on their way")
    recipe = recipe_of(export.kind)
    _begin(export, recipe)
    until = time.monotonic() + SLICE_SECONDS
    while _one_part(export, recipe):
        if time.monotonic() > until:
            raise outbox.Later(timedelta(0), "more parts are to be written")
        export = _open(export_id)
        if export is None:
            return
    _finish(export)


def fail(export_id: UUID, sentence: str) -> None:
    """Gives an open export up, with a sentence for its page, and frees its disk space."""
    mine = Export.objects.unscoped(REASON).filter(pk=export_id, state__in=OPEN)
    if mine.update(state=State.FAILED, error=sentence[:200]):
        files.remove(export_id)


def _open(export_id: UUID) -> Export | None:
    rows = Export.objects.unscoped(REASON).select_related("account", "subaccount")
    return rows.filter(pk=export_id, state__in=OPEN).first()


def _begin(export: Export, recipe: Recipe) -> None:
    planned = export.rows_planned
    if planned is None:
        planned = snapshot.rows_of(export, recipe).count()
    if planned != export.rows_planned or export.state != State.RUNNING:
        mine = Export.objects.unscoped(REASON).filter(pk=export.pk, state__in=OPEN)
        mine.update(state=State.RUNNING, rows_planned=planned)


def _one_part(export: Export, recipe: Recipe) -> bool:
    """Writes the next part; False when all are there. Raises Later while the disk is full."""
    found = snapshot.next_part(export, recipe)
    first = export.parts_done == 0
    if found is None and not first:
        return False
    rows, key, count = found or (None, None, 0)
    if not files.has_room():
        _pause(export)
    number = export.parts_done + 1
    blocks = part_blocks(export, recipe, rows, first=first)
    try:
        written = files.write_part(export.pk, number, blocks)
    except OSError as error:
        if error.errno in _FULL:
            _pause(export)
        raise
    part = ExportPart(
        export=export, number=number, rows=count, size_bytes=written.size, sha256=written.sha256
    )
    if not _note(export, part, key):
        _tidy(export.pk)
    return True


def _note(export: Export, part: ExportPart, key: snapshot.Key | None) -> bool:
    """The part's row and the cursor behind it, in one transaction; False when another was first."""
    with transaction.atomic():
        mine = Export.objects.unscoped(REASON).filter(
            pk=export.pk, state__in=OPEN, parts_done=export.parts_done
        )
        moved = mine.update(
            state=State.RUNNING,
            parts_done=part.number,
            rows_done=export.rows_done + part.rows,
            size_bytes=export.size_bytes + part.size_bytes,
            cursor_moment=key[0] if key else None,
            cursor_id=key[1] if key else None,
        )
        if moved:
            part.save(force_insert=True)
    return bool(moved)


def _tidy(export_id: UUID) -> None:
    # Cancelled or removed while the part was written: its folder came back.
    wanted = (*OPEN, State.READY)
    if not Export.objects.unscoped(REASON).filter(pk=export_id, state__in=wanted).exists():
        files.remove(export_id)


def _pause(export: Export) -> None:
    mine = Export.objects.unscoped(REASON).filter(pk=export.pk, state__in=OPEN)
    mine.update(state=State.PAUSED)
    log.warning("export_paused_no_space", export=str(export.pk))
    raise outbox.Later(_NO_SPACE, "the disk is full")


def _finish(export: Export) -> None:
    """Checks what is on disk against the parts' rows and opens the file for its day."""
    parts = list(export.parts.order_by("number").values_list("number", "sha256"))
    try:
        digest = files.whole_digest(export.pk, parts)
    except files.DamagedPart as error:
        log.error("export_damaged", export=str(export.pk), error=str(error))
        fail(export.pk, "A part of the file was damaged on our disk. Please start it again.")
        return
    now = clock.now()
    mine = Export.objects.unscoped(REASON).filter(
        pk=export.pk, state__in=OPEN, parts_done=len(parts)
    )
    mine.update(
        state=State.READY,
        sha256=digest,
        ready_at=now,
        expires_at=now + timedelta(hours=settings.TRUST.export_kept_hours),
    )
