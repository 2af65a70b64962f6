"""Where the files are, and how they come to be there: whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from sandbox.recordings.models import FileFormat, Recording

log = structlog.get_logger(__name__)
_PATIENCE: Final = 50
_ENCODERS: Final = {
    "lame": ("--quiet", "-b", "64"),
    "ffmpeg": ("-loglevel", "error", "-y", "-i"),
}


def folder() -> Path:
    """The folder of all recordings; made when it is missing."""
    path = Path(settings.MEDIA_ROOT) / "recordings"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(recording: Recording) -> Path:
    """The recording's file, whether it is there or not."""
    name = f"{recording.recording_id}.{recording.file_format}"
    return folder() / str(recording.account_id) / name


def deliverable_format(asked: str) -> FileFormat:
    """MP3 where a program can write it (lame or ffmpeg on the PATH), else WAV."""
    if asked == FileFormat.MP3 and _encoder():
        return FileFormat.MP3
    return FileFormat.WAV


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for half-made files, on the same disk as the finished ones; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".making-") as name:
        yield Path(name)


def put(recording: Recording, wav: Path) -> int:
    """Puts the finished file into its place by one rename; gives its size in bytes.

    `recording.file_format` becomes WAV when an MP3 was promised and cannot be made.
    """
    made = wav
    if recording.file_format == FileFormat.MP3:
        made = wav.with_suffix(".mp3")
        if not _encode(wav, made):
            recording.file_format, made = FileFormat.WAV, wav
    target = path_of(recording)
    target.parent.mkdir(exist_ok=True)
    size = made.stat().st_size
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    made.replace(target)
    return size


def remove(recording: Recording) -> None:
    """Deletes the file; again is nothing."""
    path_of(recording).unlink(missing_ok=True)


def _encoder() -> str:
    return next((name for name in _ENCODERS if shutil.which(name)), "")


def _encode(wav: Path, mp3: Path) -> bool:
    name = _encoder()
    program = shutil.which(name) if name else None
    if program is None:
        return False
    command = [program, *_ENCODERS[name], str(wav), str(mp3)]
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments and paths
            command, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    if done.returncode or not mp3.exists():
        log.warning("mp3_not_made", program=name, returncode=done.returncode)
        return False
    return True
