"""`./ringfence check` and `./ringfence test`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from console.cli import setup
from console.cli.setup import PYTHON, ROOT, VENV, say

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_ASK_DATABASE = frozenset({"system checks", "migrations"})


def _tool(name: str) -> str:
    return str(VENV / "bin" / name)


def _steps() -> list[tuple[str, list[str]]]:
    return [
        ("lint", [_tool("ruff"), "check", "--quiet", "."]),
        ("format", [_tool("ruff"), "format", "--check", "--quiet", "."]),
        ("templates", [_tool("djlint"), "templates", "--lint", "--quiet"]),
        ("import contracts", [_tool("lint-imports"), "--no-logo"]),
        ("system checks", [str(PYTHON), "manage.py", "check", "--fail-level", "WARNING"]),
        ("migrations", [str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("types", [_tool("mypy")]),
    ]


def check(*, names: frozenset[str] = frozenset()) -> int:
    """Runs each check, or those of `names`; prints the output of what fails; 0 when all pass."""
    setup.install("test")
    setup.build_css()  # the system checks want the folder that it makes
    failed: list[str] = []
    for name, command in _steps():
        if names and name not in names:
            continue
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=_quiet_env())
        if done.returncode:
            failed.append(name)
            sys.stdout.write(f"--- {name} failed ---\n{done.stdout}{done.stderr}\n")
        else:
            say(f"{name}: fine")
    return 1 if failed else 0


def _quiet_env() -> dict[str, str]:
    return {**os.environ, "PYTHONWARNINGS": "ignore"}


def find_browser() -> str:
    """Path of Chromium or Chrome, installed from Debian where that can be done; else ""."""
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    if hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        say("Installing Debian's Chromium …")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.call(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
        subprocess.call(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            env=quiet,
            stdout=subprocess.DEVNULL,
        )
        return shutil.which("chromium") or ""
    return ""


def test(argv: list[str]) -> int:
    """Checks, then pytest; extra words go to pytest alone. Says which tests it left out.

    `--cov` alone runs all tests and reports what they reach, by line and branch, without the
    checks; what the processes of a running stack do is not counted. `--another-database` alone is
    for a second run, after one on another database: it leaves out what would do just the same.
    """
    setup.install("test")
    setup.build_css()
    browser = find_browser()
    env = dict(os.environ)
    words = [str(PYTHON), "-m", "pytest"]
    if browser:
        env["RINGFENCE_CHROMIUM"] = browser
    else:
        say("No Chromium or Chrome was found: the browser tests are left out (tests/journeys).")
        if env.get("CI") == "true":
            return 1
    counts, second = argv == ["--cov"], argv == ["--another-database"]
    if argv and not (counts or second):
        return subprocess.call([*words, *argv], cwd=ROOT, env=env)
    checked = 0 if counts else check(names=_ASK_DATABASE if second else frozenset())
    # One running stack for the tests that share it, whichever process they land in.
    beside = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadgroup"]
    failed = [
        _run_part([*words, *beside, "-m", part, *(_counting(at) if counts else [])], words, env)
        for at, part in enumerate(_parts(browser=bool(browser), second=second))
    ]
    return 1 if checked or any(failed) else 0


def _run_part(command: list[str], alone: list[str], env: dict[str, str]) -> int:
    """Runs one part of the tests; what failed beside others is tried once more, alone.

    A machine that is busy with two browsers and a running stack can make a deadline pass. What
    passes alone is told, because it still wants a look; what fails again fails the run.
    """
    done = subprocess.call(command, cwd=ROOT, env=env)
    if done != 1 or not _are_tests(ROOT / ".pytest_cache/v/cache/lastfailed"):
        return done
    say("Some tests failed beside others. Trying those alone:")
    again = subprocess.call(
        [*alone, "--last-failed", "--last-failed-no-failures", "none"], cwd=ROOT, env=env
    )
    if again == 0:
        say("They passed alone. They want a look all the same: see the failures above.")
    return again


def _are_tests(failed: Path) -> bool:
    """Whether single tests failed, and not their collection, after which all would run again."""
    names: list[str] = list(json.loads(failed.read_text())) if failed.exists() else []
    return bool(names) and all("::" in name for name in names)


def _parts(*, browser: bool, second: bool) -> list[str]:
    """The marks of each run of pytest.

    Browser tests run apart: Playwright keeps an event loop of its own, beside which no other runs.
    Neither how pages look nor what asks no database is any different on a second one.
    """
    parts = ["not browser", "browser"] if browser else ["not browser"]
    return [f"{part} and not look and not plain" for part in parts] if second else parts


def _counting(at: int) -> list[str]:
    """pytest-cov's words for one of several runs; the report comes with the last."""
    words = ["--cov", "--cov-branch", "--cov-report", "term:skip-covered"]
    return [*words, "--cov-append"] if at else words
