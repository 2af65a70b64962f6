"""What one event of a living call costs: queries and milliseconds, on the database in use."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median
from typing import Any
from uuid import UUID

from tests.bench.rows import Row
from tests.support.stack import ROOT, fresh_database

_CALLS = 60
_EVENTS = ("document that answers", "key", "document in the middle")
_MENU = (
    b"<Response><GetDigits action='/keys/' numDigits='1' timeout='60'>"
    b"<Speak>Press one.</Speak></GetDigits></Response>"
)


def run() -> Iterator[Row]:
    """Measures in a process of its own, because settings are read once."""
    with tempfile.TemporaryDirectory() as folder, fresh_database() as database:
        env = {**os.environ, "RINGFENCE_DATA": folder, "DJANGO_SETTINGS_MODULE": "console.settings"}
        env.pop("DATABASE_URL", None)
        if database:
            env["DATABASE_URL"] = database
        for words in (["migrate", "-v0"], ["seed"]):
            quiet = subprocess.DEVNULL
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=quiet)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.events"],
            cwd=ROOT, env=env, check=True, capture_output=True, text=True,
        )  # fmt: skip
    for line in done.stdout.splitlines():
        name, queries, spent, took = line.split("|")
        most = 8 if "answers" in name else 6
        fine = int(queries) <= most and float(spent) <= 8
        told, bar = f"{queries} q, {spent} ms", f"≤ {most} q, ≤ 8 ms"
        yield Row(f"event: {name}, own time", told, bar, fine)
        yield Row(f"event: {name}, on the wall clock", f"{took} ms", "", met=True)


def measure() -> None:
    """Prints for each event its queries and the medians of its own and the wall's milliseconds."""
    import django

    django.setup()
    from console.accounts.services import create_account
    from sandbox.calls.flow import document_event, events

    account = create_account(
        email="bench@example.com", password="copper wires hum at night", plan="full", credit="100"
    ).account
    costs: dict[str, list[tuple[int, float, float]]] = {name: [] for name in _EVENTS}
    for turn in range(_CALLS):
        call = _begin(account, turn)
        for at, (name, found) in enumerate(costs.items()):
            event: Any = events.Digits("1")
            if name.startswith("document"):
                event = document_event(_awaited(call), _MENU)
            found.append(_cost(call, event, key=f"bench-{at}", count=turn == 0))
    for name, found in costs.items():
        spent, took = (median(one[at] for one in found[1:]) for at in (1, 2))
        print(f"{name}|{found[0][0]}|{spent:.1f}|{took:.1f}")


def _cost(call: UUID, event: Any, *, key: str, count: bool) -> tuple[int, float, float]:
    """Queries (when counted), milliseconds of this process, and those of the wall clock."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from sandbox.calls import engine

    if count:
        with CaptureQueriesContext(connection) as counted:
            engine.apply(call, event, key=key)
        return _real(counted), 0.0, 0.0
    spent, began = time.process_time(), time.perf_counter()
    engine.apply(call, event, key=key)
    return 0, (time.process_time() - spent) * 1000, (time.perf_counter() - began) * 1000


def _awaited(call: UUID) -> int:
    """The document that the call waits for."""
    from sandbox.calls.engine import find

    found = find(call)
    assert found is not None
    return int(next(iter(found.flow["fetches"])))


def _real(counted: Any) -> int:
    """Queries, without the words that begin and end a transaction."""
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not one["sql"].startswith(words) for one in counted.captured_queries)


def _begin(account: Any, turn: int) -> UUID:
    """An inbound call that waits for its first document."""
    from console.applications.services import create_application
    from console.core.randomness import new_uuid
    from console.numbers.models import RentedNumber, StockNumber
    from sandbox.calls.incoming import arrive
    from sandbox.network.models import CallDirection, HandsetCall

    number = "+12065550150"
    if turn == 0:
        app = create_application(
            account=account, actor="system", name="bench", answer_url="https://app.example.com/"
        )
        stock = StockNumber.objects.get(number=number)
        RentedNumber.objects.create(
            account=account, stock=stock, number=number, application=app,
            renewal_date="2027-01-01",
        )  # fmt: skip
    call = new_uuid()
    HandsetCall.objects.create(
        call_uuid=call, account=account, number="+12125550101", direction=CallDirection.OUTBOUND,
        from_number="+12125550101", to_number=number,
    )  # fmt: skip
    arrive(call_uuid=call, auth_id=account.auth_id, from_="+12125550101", to=number)
    return call


if __name__ == "__main__":
    measure()
