"""Setting up: virtual environment, locked requirements, style sheet, database, seeds.

Each step is skipped by a stamp while nothing that it reads has changed, so that a second start
takes no time.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CSS = ROOT / "static" / "dist" / "app.css"


class SetupError(Exception):
    """A step failed; the message says which and what to try."""


def say(text: str) -> None:
    """One line for the person who is waiting."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def data_dir() -> Path:
    """The folder of database, broker, uploads and logs."""
    return Path(os.environ.get("RINGFENCE_DATA") or ROOT / "var").resolve()


def digest(paths: Iterable[Path], *extra: str) -> str:
    """A fingerprint of the files' contents and the extra words."""
    sha = hashlib.sha256("|".join(extra).encode())
    for path in sorted(paths):
        sha.update(str(path).encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


def _fresh(stamp: Path, mark: str) -> bool:
    return stamp.exists() and stamp.read_text() == mark


def install(which: str) -> None:
    """Makes `.venv` and installs `requirements/<which>.txt`, unless the stamp says it is done."""
    locked = ROOT / "requirements" / f"{which}.txt"
    mark = digest([locked], f"{sys.version_info[:2]}")
    whole = VENV / ".stamp-test"
    stamp = VENV / f".stamp-{which}"
    if PYTHON.exists() and _fresh(stamp, mark):
        return
    if which == "base" and PYTHON.exists() and whole.exists() and _fresh_test(whole):
        return
    if not PYTHON.exists():
        say("Making a virtual environment in .venv …")
        venv.create(VENV, with_pip=True)
    say(f"Installing the locked requirements ({which}) …")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # The lock is whole. Asked to follow dependencies too, an old pip takes a newer release than the
    # locked one for `name[extra]`, and then refuses it for having no hash.
    command.append("--no-deps")
    if subprocess.call([*command, "--require-hashes", "-r", str(locked)], cwd=ROOT) != 0:
        raise SetupError("pip could not install the requirements; its message is above.")
    stamp.write_text(mark)


def _fresh_test(stamp: Path) -> bool:
    locked = ROOT / "requirements" / "test.txt"
    return _fresh(stamp, digest([locked], f"{sys.version_info[:2]}"))


def build_css() -> None:
    """Builds the style sheet when a template, a style or a script has changed."""
    sources = list((ROOT / "static" / "css").rglob("*.css"))
    for folder in ("templates", "console", "sandbox"):
        sources += (ROOT / folder).rglob("*.html")
    sources += (ROOT / "static" / "js").rglob("*.js")
    mark = digest(sources)
    stamp = CSS.parent / ".stamp"
    if CSS.exists() and _fresh(stamp, mark):
        return
    CSS.parent.mkdir(parents=True, exist_ok=True)
    command = [str(VENV / "bin" / "tailwindcss"), "-i", "static/css/app.css", "-o", str(CSS)]
    done = subprocess.run([*command, "--minify"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SetupError(f"The style sheet could not be built:\n{done.stderr}")
    stamp.write_text(mark)


def prepare_database() -> None:
    """Migrates and seeds, when a migration or a seed has changed since the last time."""
    sources = list(ROOT.glob("*/*/migrations/*.py"))
    sources += ROOT.glob("*/*/seeds/*")
    mark = digest([p for p in sources if p.is_file()], os.environ.get("DATABASE_URL", ""))
    stamp = data_dir() / ".stamp-database"
    embedded = not os.environ.get("DATABASE_URL")
    if _fresh(stamp, mark) and (not embedded or (data_dir() / "db.sqlite3").exists()):
        return
    data_dir().mkdir(parents=True, exist_ok=True)
    say("Preparing the database …")
    for words in (["migrate", "--verbosity", "0"], ["seed"]):
        if subprocess.call([str(PYTHON), "manage.py", *words], cwd=ROOT) != 0:
            raise SetupError(f"manage.py {words[0]} failed; its message is above.")
    stamp.write_text(mark)
