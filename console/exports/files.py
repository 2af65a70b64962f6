"""Parts on disk: written whole or not at all, and read as one file (CSV-04, CSV-05).

A part is written under a name of its own, fsynced and renamed; what a killed worker leaves behind
has the old name and is never read. The file that people download is the parts in order.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

_BLOCK = 262_144


@dataclass(frozen=True, slots=True)
class Written:
    """What a part came to."""

    size: int
    sha256: str


class DamagedPart(Exception):
    """A part on disk is not what was written."""


def folder_of(export_id: UUID) -> Path:
    """Where the parts of an export are."""
    return Path(settings.EXPORTS_DIR) / str(export_id)


def part_path(export_id: UUID, number: int) -> Path:
    """A whole part."""
    return folder_of(export_id) / f"{number:05d}"


def has_room() -> bool:
    """Whether the disk has more than the reserve that the rest of the house needs."""
    Path(settings.EXPORTS_DIR).mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.EXPORTS_DIR).free
    return free > settings.TRUST.export_free_megabytes * 1_000_000


def write_part(export_id: UUID, number: int, blocks: Iterable[bytes]) -> Written:
    """Writes, syncs and renames; raises OSError and leaves nothing when the disk is full."""
    target = part_path(export_id, number)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}.part")
    size, digest = 0, hashlib.sha256()
    try:
        with unfinished.open("wb") as out:
            for block in blocks:
                out.write(block)
                digest.update(block)
                size += len(block)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync(target.parent)
    return Written(size, digest.hexdigest())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def whole_digest(export_id: UUID, parts: Iterable[tuple[int, str]]) -> str:
    """SHA-256 of the file; each part, given by number and digest, is compared on the way.

    Raises DamagedPart.
    """
    whole = hashlib.sha256()
    for number, wanted in parts:
        own = hashlib.sha256()
        try:
            with part_path(export_id, number).open("rb") as part:
                while block := part.read(_BLOCK):
                    own.update(block)
                    whole.update(block)
        except FileNotFoundError as error:
            raise DamagedPart(f"part {number} is gone") from error
        if own.hexdigest() != wanted:
            raise DamagedPart(f"part {number} has changed")
    return whole.hexdigest()


def read_range(
    export_id: UUID, parts: Iterable[tuple[int, int]], *, start: int, length: int
) -> Iterator[bytes]:
    """`length` bytes of the file from `start`; `parts` are number and size, in order."""
    for number, size in parts:
        if length <= 0:
            return
        if start >= size:
            start -= size
            continue
        with part_path(export_id, number).open("rb") as part:
            part.seek(start)
            while length > 0 and (block := part.read(min(_BLOCK, length))):
                length -= len(block)
                yield block
        start = 0


def remove(export_id: UUID) -> None:
    """Deletes what is on disk of an export; nothing when nothing is."""
    shutil.rmtree(folder_of(export_id), ignore_errors=True)


def kept() -> Iterator[UUID]:
    """The exports that have something on disk."""
    folder = Path(settings.EXPORTS_DIR)
    for entry in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(ValueError):
            yield UUID(entry.name)
