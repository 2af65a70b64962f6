"""A million call records as CSV: against psql and sqlite3, in turns, and what memory it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import httpx
import psycopg

from tests.bench.rows import Row
from tests.support.client import PASSWORD, signed_in
from tests.support.stack import Stack, running

ROWS = int(os.environ.get("RINGFENCE_BENCH_ROWS", "1000000"))
TURNS = 3
# A download of a page gives 10,000 rows, and an export more: what is measured is the writer.
_ALL = {"RINGFENCE_TRUST_CSV_DIRECT_ROWS": "0"}
_ACCOUNT = ("--email", "bench@example.com", "--password", PASSWORD, "--plan", "full", "--json")
_FIELDS = (
    "call_uuid, parent_call_uuid, leg, direction, state, from_number, to_number, initiated_at,"
    " answered_at, ended_at, duration, billed_duration, rate, amount, hangup_code, hangup_name,"
    " hangup_source, app_id, pop, carrier"
)
_QUERY = f"SELECT {_FIELDS} FROM records_cdr WHERE account_id = 1 ORDER BY ended_at DESC, id DESC"


def _web_memory(stack: Stack) -> float:
    """Resident megabytes of the stack's web process."""
    found = subprocess.run(
        ["pgrep", "-f", f"console.asgi:application.*--port {stack.port}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    status = Path(f"/proc/{found[0]}/status").read_text()
    # Its own memory: pages of SQLite's file that are mapped belong to the system's cache.
    return int(next(x for x in status.splitlines() if x.startswith("RssAnon")).split()[1]) / 1024


def _download(client: httpx.Client, stack_url: str, target: Path) -> tuple[float, int]:
    """Seconds and lines; by curl, because a client in Python would be measured too."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    words = ["--silent", "--fail", "--cookie", cookies, "--output", str(target)]
    tool = shutil.which("curl") or "curl"
    began = time.perf_counter()
    subprocess.run([tool, *words, f"{stack_url}/calls/calls.csv"], check=True)
    took = time.perf_counter() - began
    with target.open("rb") as written:
        return took, sum(block.count(b"\n") for block in iter(lambda: written.read(1 << 20), b""))


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _psql(url: str, target: Path) -> None:
    copy = f"\\copy ({_QUERY}) to '{target}' csv header"
    subprocess.run([shutil.which("psql") or "psql", "-q", url, "-c", copy], check=True)


def _sqlite3(database: Path, target: Path) -> None:
    tool = shutil.which("sqlite3") or "sqlite3"
    with target.open("wb") as out:
        subprocess.run([tool, "-csv", "-header", str(database), _QUERY], check=True, stdout=out)


def _measure(stack: Stack, reference: Callable[[Path], None]) -> tuple[float, float]:
    made = stack.manage("create_account", *_ACCOUNT)
    stack.manage("seed_cdrs", made["auth_id"], "--rows", str(ROWS))
    ours, theirs, target = [], [], stack.folder / "out.csv"
    with signed_in(stack, "bench@example.com") as client:
        client.get("/calls/")
        before = _web_memory(stack)
        for _ in range(TURNS):
            took, lines = _download(client, stack.url, target)
            assert lines == ROWS + 1, lines
            ours.append(took)
            theirs.append(_timed(lambda: reference(target)))
        grown = _web_memory(stack) - before
    return median(theirs) / median(ours), grown


def run() -> Iterator[Row]:
    """PostgreSQL where one answers at its usual port, then SQLite."""
    admin = "postgres://postgres@127.0.0.1:5432/postgres"
    try:
        psycopg.connect(admin, connect_timeout=2).close()
    except psycopg.Error:
        yield Row("CSV on PostgreSQL", "no server", "≥ 0.8", met=False)
    else:
        os.environ["DATABASE_URL"] = admin
        with running(**_ALL) as stack:
            ratio, grown = _measure(stack, lambda t: _psql(stack.env["DATABASE_URL"], t))
        del os.environ["DATABASE_URL"]
        yield Row(
            f"CSV of {ROWS:,} rows, PostgreSQL: psql / ours", f"{ratio:.2f}", "≥ 0.80", ratio >= 0.8
        )
        yield Row("web process grew meanwhile", f"{grown:.1f} MB", "< 15 MB", grown < 15)
    if not shutil.which("sqlite3"):
        yield Row("CSV on SQLite", "no sqlite3", "≥ 0.35", met=False)
        return
    with running(**_ALL) as stack:
        ratio, grown = _measure(stack, lambda t: _sqlite3(stack.folder / "db.sqlite3", t))
    yield Row(
        f"CSV of {ROWS:,} rows, SQLite: sqlite3 / ours", f"{ratio:.2f}", "≥ 0.35", ratio >= 0.35
    )
    yield Row("web process grew meanwhile", f"{grown:.1f} MB", "< 15 MB", grown < 15)
