"""What `up` starts ends with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.stack import ROOT

_UP = """
import sys, time
from pathlib import Path
from console.cli import up
up.PYTHON = Path(sys.executable)
stack = up.Stack({"RINGFENCE_DATA": sys.argv[1], "PATH": "/usr/bin:/bin"})
stack.start("child", "child", "-c", "import time; time.sleep(600)")
print(stack.running["child"].pid, flush=True)
time.sleep(600)
"""


def _lives(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_what_up_started_ends_when_up_is_killed(tmp_path):
    words = [sys.executable, "-c", _UP, str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _lives(child)
        parent.kill()
    until = time.monotonic() + 30
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.02)
    lives = _lives(child)
    if lives:
        os.kill(child, signal.SIGKILL)
    assert not lives
