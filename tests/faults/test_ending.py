"""A deploy under load: processes are asked to end, and nothing is lost, doubled or answered 5xx."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.cli.up import web_words
from tests.faults.inside import wait_until
from tests.faults.patient import Patient, Texting, each_once, text_of
from tests.faults.programs import program
from tests.faults.settings import PATIENCE, count
from tests.support.answer_server import AnswerServer
from tests.support.stack import ROOT, Stack, free_port

pytestmark = [pytest.mark.stack, pytest.mark.faults]
ROUNDS = count("ROUNDS", 2)
ENDS = 30.0
PARTS = ("-Q otp", "-Q webhooks", "manage.py beat", "uvicorn")


def test_rel_14_processes_that_end_one_by_one_under_load_lose_and_double_nothing(stack, tell):
    with (
        AnswerServer({"/status/": lambda _: ""}) as server,
        program(stack, "rolling") as texter,
        second_web(stack) as other,
    ):
        before = texter.credit
        sender = Patient(texter.auth_id, texter.auth_token, [stack.url, other])
        with Texting(sender, text_of(texter, server)) as texting:
            wait_until(lambda: len(texting.sent) > 0, seconds=PATIENCE)
            took = [_replace(stack, part) for _ in range(ROUNDS) for part in PARTS]
        assert texting.failed == []
        told = each_once(texter, server, texting.sent, before)
    assert {status for status in sender.statuses if status >= 500} == set()
    # One may be unlucky on a machine that does much else.
    assert sorted(took)[-2] <= ENDS, took
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"{len(took)} processes asked to end, one by one, while {len(texting.sent)} messages were "
        f"asked for: they ended after {max(took):.1f} s at most; {sum(sender.statuses.values())} "
        f"requests through two web processes, 0 answered 5xx ({sender.unanswered} asked again), "
        f"each message sent and paid once, {told} states told, 0 lost, 0 doubled"
    )


def test_rel_14_a_stack_that_ends_under_load_goes_on_where_it_was(stack, tell):
    with (
        AnswerServer({"/status/": lambda _: ""}) as server,
        program(stack, "deploy") as texter,
    ):
        before = texter.credit
        sender = Patient(texter.auth_id, texter.auth_token, [stack.url])
        with Texting(sender, text_of(texter, server)) as texting:
            wait_until(lambda: len(texting.sent) > 5, seconds=PATIENCE)
            began = time.monotonic()
            ended = stack.stop()
            took, asked = time.monotonic() - began, len(texting.sent)
            stack.start()
            wait_until(lambda: len(texting.sent) > asked + 5, seconds=PATIENCE)
        assert ended == 0, stack.logs()
        assert texting.failed == []
        told = each_once(texter, server, texting.sent, before)
    assert {status for status in sender.statuses if status >= 500} == set()
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"all processes ended {took:.1f} s after they were asked to and started again while "
        f"{len(texting.sent)} messages were asked for: each sent and paid once, {told} states told"
    )


@contextmanager
def second_web(stack: Stack) -> Iterator[str]:
    """A web process beside that of `up`; gives its address."""
    port = str(free_port())
    with (stack.folder / "log" / "second.log").open("ab") as log:
        process = subprocess.Popen(
            [str(ROOT / ".venv/bin/python"), *web_words("127.0.0.1", port)],
            cwd=ROOT,
            env=stack.env | {"RINGFENCE_PORT": port},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            assert wait_until(lambda: _ready(port), seconds=PATIENCE), stack.logs()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _replace(stack: Stack, part: str) -> float:
    """Asks a process to end, waits for the one in its place, and gives how long it lived on."""
    (pid,) = stack.processes(part)
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    assert wait_until(lambda: not _lives(pid), seconds=PATIENCE), f"{part}\n{stack.logs()}"
    took = time.monotonic() - began
    assert wait_until(lambda: _at_work(stack, part, pid), seconds=PATIENCE), stack.logs()
    return took


def _at_work(stack: Stack, part: str, before: int) -> bool:
    """Whether a new process is in the place of `before`, and past its start."""
    found = [pid for pid in stack.processes(part) if pid != before]
    return bool(found) and (part != "uvicorn" or _ready(str(stack.port)))


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _ready(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False
