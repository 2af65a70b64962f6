"""The broker only wakes: whatever it loses or repeats, each request is carried out once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from console.cli.up import QUEUES, worker_words
from tests.faults.inside import messages, one, unfinished, wait_for_rest, wait_until
from tests.faults.people import Customer, add_phones, customers
from tests.faults.settings import PATIENCE, count
from tests.support.stack import ROOT, Stack

pytestmark = [pytest.mark.stack, pytest.mark.faults]
SOME = count("SOME", 20)
PYTHON = str(ROOT / ".venv/bin/python")

_WAITING = """
    select count(*) from verification_codedelivery where state in ('queued', 'submitting')
"""
_THREE_TIMES = """
import time
from console.core import outbox
from console.core.models import OutboxRow
seen = set()
while True:
    for row, queue in OutboxRow.objects.values_list("pk", "queue"):
        if row not in seen:
            seen.add(row)
            for _ in range(3):
                outbox.publish(row, queue=queue)
    time.sleep(0.05)
"""
_DIE_BEFORE_PUBLISHING = """
import os, signal
from console.accounts.models import User
from console.core import outbox
from sandbox.verification.services import add_number
outbox.publish = lambda *words, **more: os.kill(os.getpid(), signal.SIGKILL)
user = User.objects.get(email="{email}")
account = user.memberships.get().account
add_number(account=account, raw="{number}", region="", channel="sms", actor=user, ip="")
"""


@contextmanager
def also_running(stack: Stack, *commands: tuple[str, ...]) -> Iterator[None]:
    """More processes beside those of `up`."""
    with (stack.folder / "log" / "also.log").open("ab") as log:
        started = [
            subprocess.Popen(
                [PYTHON, *words],
                cwd=ROOT,
                env=stack.env | {"RINGFENCE_WEBHOOK_ALLOW_NETS": "127.0.0.0/8"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            for words in commands
        ]
        try:
            yield
            assert [one.poll() for one in started] == [None] * len(started), stack.logs()
        finally:
            for process in started:
                process.kill()
                process.wait()


def forget_all(stack: Stack) -> None:
    """The broker loses everything it holds, its own bookkeeping too."""
    url = stack.env.get("RINGFENCE_BROKER_URL", "")
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as broker:
            broker.flushdb()
        return
    for path in (stack.folder / "broker").iterdir():
        shutil.rmtree(path, ignore_errors=True)


def each_once(stack: Stack, people: list[Customer], area: int) -> int:
    """Asks for codes, waits, and gives how many phones show exactly one."""
    before = messages(stack)
    phones = add_phones(people, [f"+1{area}55501{n:02d}" for n in range(SOME)])
    wait_until(
        lambda: messages(stack) >= before + SOME, seconds=PATIENCE, moving=lambda: messages(stack)
    )
    left = wait_for_rest(stack, seconds=PATIENCE)
    shown = {number: len(owner.codes(number)) for number, (owner, _) in phones.items()}
    assert shown == dict.fromkeys(phones, 1), f"left: {left}"
    assert left == []
    return len(shown)


def test_rel_03_a_broker_that_loses_all_its_messages_loses_no_request(stack, tell):
    over, losses = threading.Event(), []

    def lose() -> None:
        while not over.wait(0.5):
            forget_all(stack)
            losses.append(time.monotonic())

    thread = threading.Thread(target=lose)
    with customers(stack, 2, "flush") as people:
        thread.start()
        try:
            phones = add_phones(people, [f"+165055501{n:02d}" for n in range(SOME)])
        finally:
            over.set()
            thread.join()
        began = time.monotonic()
        asked = (
            "select count(*) from verification_codedelivery where state in ('queued', 'submitting')"
        )
        wait_until(lambda: not one(stack, asked), seconds=PATIENCE)
        drained = time.monotonic() - began
        left = wait_for_rest(stack, seconds=PATIENCE)
        shown = {number: len(owner.codes(number)) for number, (owner, _) in phones.items()}
        assert shown == dict.fromkeys(phones, 1), f"{len(losses)} losses; left: {left}"
    assert left == []
    tell(
        f"broker emptied {len(losses)} times while {SOME} codes were asked for: {len(shown)} "
        f"arrived once each, 0 lost; the last {drained:.1f} s after the last loss"
    )


def test_rel_15_second_workers_and_a_second_beat_double_nothing(stack, tell):
    second = [("manage.py", "beat"), *(worker_words(name, 7) for name in QUEUES)]
    with customers(stack, 2, "second") as people, also_running(stack, *second):
        arrived = each_once(stack, people, 660)
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(f"two pairs of workers and two beats: {arrived} of {SOME} codes arrived once each")


def test_rel_06_an_id_published_three_times_has_one_effect(stack, tell):
    publisher = ("manage.py", "shell", "-v", "0", "-c", _THREE_TIMES)
    with customers(stack, 2, "thrice") as people, also_running(stack, publisher):
        arrived = each_once(stack, people, 707)
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(f"each outbox id published three times more: {arrived} of {SOME} codes arrived once each")


def test_rel_12_a_request_whose_process_died_before_publishing_is_carried_out(stack, tell):
    number = "+18085550142"
    with customers(stack, 1, "unsaid") as (person,):
        script = _DIE_BEFORE_PUBLISHING.format(email=person.email, number=number)
        died = subprocess.run(
            [PYTHON, "manage.py", "shell", "-v", "0", "-c", script],
            cwd=ROOT,
            env=stack.env | {"RINGFENCE_PORT": os.environ.get("RINGFENCE_PORT", "8000")},
            capture_output=True,
            check=False,
        )
        began = time.monotonic()
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-1500:]
        arrived = wait_until(lambda: person.codes(number) != [], seconds=PATIENCE)
        took = time.monotonic() - began
        assert arrived, unfinished(stack)
        assert len(person.codes(number)) == 1
    tell(f"killed between commit and publish: carried out {took:.1f} s later, once")
