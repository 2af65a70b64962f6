"""The real stack, web, workers and beat as processes, for journeys and fault tests."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent.parent
_UP_WITHIN = 600.0
_LISTENING = range(20_000, 32_000)
_KEPT_FOR, _KEPT_EVERY = 300, 30
FIRST_OF_CACHES = 12
"""Redis has sixteen databases: 1 to 11 are for brokers of stacks, 12 to 15 for tests' caches."""


def free_port() -> int:
    """A port that nobody listens on just now, and that no connection is given as its own end.

    The kernel's pick for port 0 may be the near end of somebody's connection by the time that a
    server, seconds later, wants to listen on it. Connections get theirs from 32768 on.
    """
    for port in random.sample(_LISTENING, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


class Stack:
    """`./ringfence up` with a data folder, a database and a port of its own."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")},
            "RINGFENCE_PORT": str(self.port),
            "RINGFENCE_DATA": str(folder),
            "DATABASE_URL": database_url,
            # Two stacks and the tests themselves share a server that has 100 connections.
            "RINGFENCE_DATABASE_POOL": "10",
            **settings,
        }
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        if not database_url:
            self.env.pop("DATABASE_URL", None)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts and waits for the line that says that it answers."""
        self._output = (self.folder / "up.log").open("w+")
        self._process = subprocess.Popen(
            [str(ROOT / "ringfence"), "up"],
            cwd=ROOT,
            env=self.env,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
        until = time.monotonic() + _UP_WITHIN
        while "Ringfence is up at" not in (self.folder / "up.log").read_text():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"did not start:\n{self.logs()}")
            time.sleep(0.1)

    def stop(self) -> int:
        """Stops all as Ctrl-C does; kills what does not. Gives the exit status of `up`."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._output.close()
        return self._process.returncode

    def processes(self, words: str) -> list[int]:
        """The ids of our own running processes whose command line holds `words`."""
        assert self._process is not None
        found = []
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if not folder.name.isdigit():
                    continue
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                line = (folder / "cmdline").read_text().replace("\0", " ")
                if parent == self._process.pid and words in line:
                    found.append(int(folder.name))
        return found

    def manage(self, *words: str) -> dict:
        """Runs a management command and gives the JSON object of its last line."""
        done = subprocess.run(
            [str(ROOT / ".venv/bin/python"), "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}

    def logs(self) -> str:
        """The ends of all logs, for a failing test's message."""
        found = [self.folder / "up.log", *sorted((self.folder / "log").glob("*.log"))]
        return "\n".join(f"== {p.name}\n{p.read_text()[-3000:]}" for p in found if p.exists())


@contextlib.contextmanager
def fresh_database() -> Iterator[str]:
    """DATABASE_URL of an empty database of the same kind as the tests' own."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"ringfence_stack_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{url.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def fresh_broker() -> Iterator[dict[str, str]]:
    """Settings of a broker that nobody else uses: with Redis a numbered database of our own.

    Stacks that run side by side would take each other's messages out of a shared one.
    """
    url = os.environ.get("RINGFENCE_BROKER_URL", "")
    if not url.startswith("redis"):
        yield {}
        return
    server = url.rsplit("/", 1)[0]
    with (
        redis.Redis.from_url(f"{server}/0") as shared,
        _taken(shared) as number,
        redis.Redis.from_url(f"{server}/{number}") as own,
    ):
        own.flushdb()
        try:
            yield {"RINGFENCE_BROKER_URL": f"{server}/{number}"}
        finally:
            own.flushdb()


@contextlib.contextmanager
def _taken(shared: redis.Redis) -> Iterator[int]:
    """A number that no other stack has; one that was killed loses its own after five minutes."""
    until = time.monotonic() + 2 * _KEPT_FOR
    while not (number := _take(shared)):
        assert time.monotonic() < until, "all of Redis's databases are taken by other stacks"
        time.sleep(1)
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(shared, number, done), daemon=True)
    keeper.start()
    try:
        yield number
    finally:
        done.set()
        keeper.join()
        shared.delete(f"stack-tests-{number}")


def _take(shared: redis.Redis) -> int:
    """The first free number; 0 when there is none."""
    numbers = range(1, FIRST_OF_CACHES)
    free = (n for n in numbers if shared.set(f"stack-tests-{n}", 1, nx=True, ex=_KEPT_FOR))
    return next(free, 0)


def _keep(shared: redis.Redis, number: int, done: threading.Event) -> None:
    """A stack may run for longer than anybody would wait for the number of a killed one."""
    while not done.wait(_KEPT_EVERY):
        with contextlib.suppress(redis.RedisError):
            shared.expire(f"stack-tests-{number}", _KEPT_FOR)


@contextlib.contextmanager
def running(**settings: str) -> Iterator[Stack]:
    """A running stack over a fresh database and broker; all of it is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="ringfence-") as folder,
        fresh_database() as database,
        fresh_broker() as broker,
    ):
        stack = Stack(Path(folder), database, **broker, **settings)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
