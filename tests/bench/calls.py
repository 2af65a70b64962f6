"""Calls on the running stack: how many a second, many living ones, and how quick a key is heard."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from plivo import plivoxml

from tests.bench.codes import ROOMY
from tests.bench.rows import Row
from tests.faults.inside import ask, one, wait_until
from tests.faults.people import Customer, customers
from tests.support.answer_server import AnswerServer
from tests.support.stack import Stack, running

EACH = 100  # an account's handsets call 120 times a minute at most
CALLERS = int(os.environ.get("RINGFENCE_BENCH_CALLERS", "3"))
LIVING = int(os.environ.get("RINGFENCE_BENCH_LIVING", "500"))
KEYS = 40
_WATCHED = 20.0
_PLACE = """
import json, time
from console.accounts.models import Account
from sandbox.network import outgoing, services
began, numbers = 0.0, [f"+121255501{{n:02d}}" for n in range({count})]
for email, to in {lines}:
    account = Account.objects.get(memberships__user__email=email)
    for number in numbers:
        services.open_handset(account=account, number=number)
    began = began or time.time()
    for number in numbers:
        outgoing.place_call(account=account, number=number, to=to)
print(json.dumps({{"began": began}}))
"""


def _answers(url: str) -> dict:
    """A word and goodbye; a long wait; a menu without end that repeats the key."""
    short = plivoxml.ResponseElement().add(plivoxml.SpeakElement("Good day."))
    long = plivoxml.ResponseElement().add(plivoxml.WaitElement(length=80_000))

    def menu(got) -> str:
        keys = plivoxml.GetDigitsElement(action=f"{url}/menu/", num_digits=1, timeout=3600)
        said = f"You pressed {got.params['Digits']}." if "Digits" in got.params else "Begin."
        return plivoxml.ResponseElement().add(
            keys.add(plivoxml.SpeakElement(said))
        ).to_string()  # fmt: skip

    return {
        "/short/": lambda _: short.to_string(),
        "/long/": lambda _: long.to_string(),
        "/menu/": menu,
        "/hangup/": lambda _: "",
    }


def _ended(stack: Stack) -> int:
    return int(one(stack, "select count(*) from calls_call where phase = 'ended'"))


def _under_way(stack: Stack) -> int:
    return int(one(stack, "select count(*) from calls_call where phase <> 'ended'"))


def _place(stack: Stack, people: list[Customer], url: str, kind: str) -> float:
    """Every account calls its own line a hundred times; gives when the first call was placed."""
    lines = [(one.email, one.line(kind, f"{url}/{kind}/", f"{url}/hangup/")) for one in people]
    told = stack.manage("shell", "-v", "0", "-c", _PLACE.format(count=EACH, lines=lines))
    return float(told["began"])


def _a_second(stack: Stack, people: list[Customer], url: str) -> float:
    """Calls completed a second, from the first one placed to the last record written."""
    began = _place(stack, people, url, "short")
    wanted = len(people) * EACH
    wait_until(lambda: _ended(stack) >= wanted, seconds=60, moving=lambda: _ended(stack))
    assert _ended(stack) == wanted
    return wanted / (_last_record(stack) - began)


def _last_record(stack: Stack) -> float:
    """When the last record was written, on the clock that the script went by."""
    if stack.env.get("DATABASE_URL"):
        return float(one(stack, "select extract(epoch from max(written_at)) from records_cdr"))
    last = "select (julianday(max(written_at)) - 2440587.5) * 86400 from records_cdr"
    return float(one(stack, last))


def _memory(stack: Stack) -> float:
    """Resident megabytes of the stack's workers together."""
    total = 0
    for pid in stack.processes("celery"):
        status = Path(f"/proc/{pid}/status").read_text()
        total += int(status.partition("VmRSS:")[2].split()[0])
    return total / 1024


def _living(stack: Stack, people: list[Customer], url: str) -> tuple[int, float]:
    """How many calls live at once, and by how many megabytes the workers grow meanwhile."""
    _place(stack, people, url, "long")
    answered = "select count(*) from calls_leg where state = 'up'"
    wait_until(
        lambda: one(stack, answered) >= LIVING, seconds=60, moving=lambda: one(stack, answered)
    )
    before = _memory(stack)
    time.sleep(_WATCHED)
    return _under_way(stack), _memory(stack) - before


def _keys(stack: Stack, person: Customer, to: str) -> list[float]:
    """Seconds from a key's request to the words that answer it, sorted."""
    number = "+16505550199"
    person.add_phone(number)
    person.press(number, "call", to=to)
    heard = (
        "select count(*) from network_handsetcaption h join network_handsetcall c on "
        f"h.call_id = c.call_uuid where c.number = '{number}'"
    )
    assert wait_until(lambda: one(stack, heard) == 1, seconds=60)
    took = []
    for turn in range(KEYS):
        began = time.perf_counter()
        person.post(f"/handsets/{quote(number)}/digits/", {"digits": str(turn % 10)}, status=204)
        while len(ask(stack, f"{heard} having count(*) >= {turn + 2}")) == 0:
            assert time.perf_counter() - began < 60, "no words came"
            time.sleep(0.005)
        took.append(time.perf_counter() - began)
    return sorted(took)


def run() -> Iterator[Row]:
    """On the database of the environment: SQLite with one pair of workers, PostgreSQL with two."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    name = "PostgreSQL, two workers" if on_postgres else "SQLite, one worker"
    roomy = ROOMY | {"RINGFENCE_TIME_SCALE": "50", "RINGFENCE_WORKERS": "2" if on_postgres else "1"}
    callers = CALLERS + LIVING // EACH
    with (
        AnswerServer() as server,
        running(**roomy) as stack,
        customers(stack, callers, "bench") as people,
    ):
        server.answers |= _answers(server.url)
        rate = _a_second(stack, people[:CALLERS], server.url)
        yield Row(f"calls completed a second ({name})", f"{rate:.1f}", "", met=True)
        menu = people[0].line("menu", f"{server.url}/menu/", f"{server.url}/hangup/")
        took = _keys(stack, people[0], menu)
        p95 = took[int(len(took) * 0.95) - 1]
        bar = "< 0.40 s" if on_postgres else ""
        told = f"{took[len(took) // 2]:.2f}, {p95:.2f} s"
        yield Row("key → next words, median and p95", told, bar, p95 < 0.4 or not on_postgres)
        count, grown = _living(stack, people[CALLERS:], server.url)
        flat = grown < 10 and count >= LIVING
        yield Row(f"{count} living calls: workers grew in 20 s", f"{grown:.1f} MB", "< 10 MB", flat)
