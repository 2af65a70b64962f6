"""How long a start takes: from a fresh clone, and the second one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.rows import Row
from tests.support.stack import ROOT, free_port


def _start(folder: Path) -> float:
    env = {**os.environ, "RINGFENCE_PORT": str(free_port())}
    for name in ("RINGFENCE_DATA", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    began = time.perf_counter()
    up = subprocess.Popen(
        [str(folder / "ringfence"), "up"],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert up.stdout is not None
    told = []
    for line in up.stdout:
        told.append(line)
        if "Ringfence is up at" in line:
            break
    else:
        raise RuntimeError(f"did not start:\n{''.join(told[-30:])}")
    took = time.perf_counter() - began
    up.terminate()
    up.communicate(timeout=60)
    return took


def run() -> Iterator[Row]:
    """Clones what is committed into a temporary folder and starts it twice."""
    with tempfile.TemporaryDirectory() as parent:
        clone = Path(parent) / "ringfence"
        git = shutil.which("git") or "git"
        subprocess.run([git, "clone", "-q", str(ROOT), str(clone)], check=True)
        first, second = _start(clone), _start(clone)
    yield Row("fresh clone to first page", f"{first:.1f} s", "≤ 60 s", first <= 60)
    yield Row("second start", f"{second:.1f} s", "≤ 4 s", second <= 4)
