"""`./ringfence up`: web, workers and beat as processes, kept alive until Ctrl-C."""

from __future__ import annotations

import argparse
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from console.cli import setup
from console.cli.parents import ending_with_parent
from console.cli.setup import PYTHON, ROOT, say

# Webhooks have their own worker, so that a hanging customer cannot delay codes (SSRF-07).
QUEUES = {"worker": "otp,calls,mail,exports", "hooks": "webhooks"}
# A thread of the latter mostly waits. Many more than one account may take (20), or the hanging
# servers of a few would hold up everyone else's (sandbox/webhooks/limits.py counts on them).
THREADS = {"worker": "8", "hooks": "64"}
_STOP_AFTER = 30.0
# A process that ends sooner than this after its start, so many times in a row, is beyond help.
_TOO_SOON = 2.0
_MOST_IN_A_ROW = 5


class Stack:
    """The running processes and their logs."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[IO[bytes]] = []
        self._started: dict[str, tuple[float, str, tuple[str, ...]]] = {}
        self._short_lives: dict[str, int] = {}

    def start(self, name: str, log: str, *words: str) -> None:
        """Starts a process whose output goes to `log/<log>.log` in the data folder."""
        folder = Path(self.env["RINGFENCE_DATA"]) / "log"
        folder.mkdir(parents=True, exist_ok=True)
        target = (folder / f"{log}.log").open("ab")
        self._logs.append(target)
        self.running[name] = subprocess.Popen(
            [str(PYTHON), *words],
            cwd=ROOT,
            env=self.env,
            stdout=target,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # A group of their own shields them from Ctrl-C; `kill -9` of `up` must end them too.
            preexec_fn=ending_with_parent(),
        )
        self._started[name] = (time.monotonic(), log, words)

    def revive(self, name: str) -> bool:
        """Starts an ended process again; False when it has just ended too often in a row."""
        started, log, words = self._started[name]
        soon = time.monotonic() - started < _TOO_SOON
        self._short_lives[name] = self._short_lives.get(name, 0) + 1 if soon else 0
        if self._short_lives[name] >= _MOST_IN_A_ROW:
            return False
        self.start(name, log, *words)
        return True

    def dead(self) -> str:
        """The name of a process that has ended; "" while all live."""
        ended = (name for name, one in self.running.items() if one.poll() is not None)
        return next(ended, "")

    def stop(self) -> None:
        """Asks all to stop, waits 30 seconds, then kills what is left."""
        for one in self.running.values():
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        until = time.monotonic() + _STOP_AFTER
        for one in self.running.values():
            try:
                one.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()
        for log in self._logs:
            log.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def environment() -> dict[str, str]:
    """The processes' environment, with the defaults of `up` filled in."""
    env = dict(os.environ)
    env.setdefault("RINGFENCE_PORT", "8000")
    env.setdefault("RINGFENCE_HOST", "127.0.0.1")
    env["RINGFENCE_DATA"] = str(setup.data_dir())
    for folder in ("staticfiles", "media", "exports", "log"):
        (setup.data_dir() / folder).mkdir(parents=True, exist_ok=True)
    env.setdefault("RINGFENCE_WORKERS", "1")
    env.setdefault("RINGFENCE_RESTART", "true")
    env["PYTHONUNBUFFERED"] = "1"
    if "RINGFENCE_WEBHOOK_ALLOW_NETS" not in env and _is_loopback(env["RINGFENCE_HOST"]):
        env["RINGFENCE_WEBHOOK_ALLOW_NETS"] = "127.0.0.0/8,::1/128"
        say("Answer URLs may point at this machine (127.0.0.1), because only it can open the page.")
    return env


def _start_all(env: dict[str, str]) -> Stack:
    stack = Stack(env)
    stack.start("web", "web", *web_words(env["RINGFENCE_HOST"], env["RINGFENCE_PORT"]))
    for number in range(int(env["RINGFENCE_WORKERS"])):
        for name in QUEUES:
            stack.start(f"{name}-{number}", "worker", *worker_words(name, number))
    stack.start("beat", "beat", "manage.py", "beat")
    return stack


def web_words(host: str, port: str) -> tuple[str, ...]:
    """What Python is told to run a web process."""
    return (
        *("-m", "uvicorn", "console.asgi:application", "--no-access-log", "--no-server-header"),
        # uvicorn would believe X-Forwarded-For of anyone at this machine; we know our proxies.
        "--no-proxy-headers",
        *("--host", host, "--port", port, "--log-level", "warning"),
        # What is being answered is answered; later than this, `stop` would kill (BG-08, REL-14).
        *("--timeout-graceful-shutdown", "20"),
    )


def worker_words(name: str, number: int = 0) -> tuple[str, ...]:
    """What Python is told to run a worker: `name` is a key of QUEUES."""
    return (
        *("-W", "ignore", "-m", "celery", "-q", "-A", "console.celery", "worker", "-P", "threads"),
        *("--concurrency", THREADS[name], "-Q", QUEUES[name], "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        *("-n", f"{name}-{number}@%h"),
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _port_is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _greet(env: dict[str, str], *, demo: bool) -> None:
    address = (
        env.get("RINGFENCE_PUBLIC_URL") or f"http://{env['RINGFENCE_HOST']}:{env['RINGFENCE_PORT']}"
    )
    say(f"Ringfence is up at {address}/")
    if demo:
        say("Sign in as demo@example.com with the password: copper wires hum at night")
    else:
        say(f"Open it and create an account; its mail is at {address}/mailbox/.")
    say("Ctrl-C stops it.")


def main(argv: list[str]) -> int:
    """Sets up, starts all, waits; gives 0 after Ctrl-C, 1 when a part cannot run."""
    words = argparse.ArgumentParser(prog="./ringfence up")
    words.add_argument("--demo", action="store_true", help="add a demo account with call records")
    options = words.parse_args(argv)
    env = environment()
    if _port_is_taken(env["RINGFENCE_HOST"], int(env["RINGFENCE_PORT"])):
        say(f"Port {env['RINGFENCE_PORT']} is taken. Set RINGFENCE_PORT to another one.")
        return 1
    try:
        setup.install("base")
        setup.build_css()
        setup.prepare_database()
        if options.demo and subprocess.call([str(PYTHON), "manage.py", "seed_demo"], cwd=ROOT):
            raise setup.SetupError("manage.py seed_demo failed; its message is above.")
    except setup.SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return _run(env, demo=options.demo)


def _revive(stack: Stack, name: str) -> bool:
    ended = stack.running[name].returncode
    if not stack.revive(name):
        return False
    say(f"The {name} process ended ({ended}); started again.")
    return True


def _run(env: dict[str, str], *, demo: bool) -> int:
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    stack = _start_all(env)
    greeted, keep = False, env["RINGFENCE_RESTART"].lower() not in {"0", "false", "no", "off"}
    ready = f"http://{env['RINGFENCE_HOST']}:{env['RINGFENCE_PORT']}/readyz"
    try:
        while not stopping:
            if (name := stack.dead()) and not (greeted and keep and _revive(stack, name)):
                log = Path(env["RINGFENCE_DATA"]) / "log"
                sys.stderr.write(f"The {name} process ended; see the logs in {log}.\n")
                return 1
            if not greeted and _answers(ready):
                greeted = True
                _greet(env, demo=demo)
            time.sleep(0.05 if not greeted else 0.3)
    finally:
        stack.stop()
    return 0
