"""What Ringfence imports when it runs is locked for running, not only for its tests."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OURS = {"console", "sandbox"}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked() -> set[str]:
    lock = (ROOT / "requirements" / "base.txt").read_text()
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", lock, re.M)}


def _imports() -> Iterator[str]:
    files = [
        ROOT / "manage.py",
        *(ROOT / "console").rglob("*.py"),
        *(ROOT / "sandbox").rglob("*.py"),
    ]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def test_everything_that_is_imported_is_locked_for_running():
    known, locked = packages_distributions(), _locked()
    tops = {name.partition(".")[0] for name in _imports()} - OURS - sys.stdlib_module_names
    missing = {top for top in tops if not {_plain(one) for one in known.get(top, [])} & locked}
    assert len(tops) > 10
    assert missing == set()
