"""Made-up call records that look like a real month: for demos, benchmarks and tests."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from console.core import money

# (state, code, name, source, share of all calls in percent, answered)
_ENDINGS = (
    ("ANSWER", 4000, "Normal Hangup", "Caller", 38, True),
    ("ANSWER", 4000, "Normal Hangup", "Callee", 24, True),
    ("ANSWER", 4010, "End Of XML Instructions", "Plivo", 14, True),
    ("NO_ANSWER", 3000, "No Answer", "Carrier", 11, False),
    ("BUSY", 3010, "Busy Line", "Callee", 6, False),
    ("CANCEL", 1000, "Canceled", "API Request", 3, False),
    ("FAILED", 3050, "Unallocated number", "Carrier", 2, False),
    ("FAILED", 8011, "Invalid Answer XML", "Error", 2, True),
)
_AREAS = ("+1415", "+1212", "+1310", "+1604", "+1312")
_RATES = (Decimal("0.00850"), Decimal("0.01200"), Decimal("0.02100"))
# POPs and carriers as the network is seeded, which this package may not import; a test compares.
POPS = ("sjc", "iad", "fra", "gru")
CARRIERS = ("Meridian Voice", "Bluewire Telecom", "Lantern Networks", "Harbour Link")


def _number(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return f"+447700900{chance.randrange(1000):03d}"
    return f"{chance.choice(_AREAS)}55501{chance.randrange(100):02d}"


def _start(chance: random.Random, end: datetime, days: int) -> datetime:
    """A moment in the last `days`: offices call by day, and less at the week's end."""
    while True:
        moment = end - timedelta(seconds=chance.randrange(days * 86_400))
        busy = 1.0 if 8 <= moment.hour < 18 else 0.25
        if chance.random() < busy * (0.35 if moment.weekday() > 4 else 1.0):
            return moment


def believable(
    *, rows: int, days: int, seed: int, end: datetime, app_ids: list[str]
) -> Iterator[dict[str, Any]]:
    """`rows` records as columns of `Cdr` (account left out), the same for the same arguments.

    None ends after `end`.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    weights = [ending[4] for ending in _ENDINGS]
    for _ in range(rows):
        ending = chance.choices(_ENDINGS, weights)[0]
        yield _record(chance, ending, _start(chance, end, days), app_ids, latest=end)


def _record(
    chance: random.Random,
    ending: tuple[Any, ...],
    start: datetime,
    app_ids: list[str],
    *,
    latest: datetime,
) -> dict[str, Any]:
    state, code, name, source, _share, answered = ending
    ring = chance.randrange(2, 25)
    talk = 1 + int(chance.expovariate(1 / 95)) if answered else 0
    rate = chance.choice(_RATES)
    billed = money.billed_seconds(talk)
    inbound = chance.random() < 0.6
    child = not inbound and chance.random() < 0.4
    start = min(start, latest - timedelta(seconds=ring + talk))
    return {
        "call_uuid": uuid.UUID(int=chance.getrandbits(128), version=4),
        "parent_call_uuid": uuid.UUID(int=chance.getrandbits(128), version=4) if child else None,
        "app_id": chance.choice(app_ids) if app_ids else "",
        "leg": "B" if child else "A",
        "direction": "inbound" if inbound else "outbound",
        "state": state,
        "from_number": _number(chance),
        "to_number": (to := _number(chance)),
        "region": "GB" if to.startswith("+44") else "US",
        "initiated_at": start,
        "answered_at": start + timedelta(seconds=ring) if answered else None,
        "ended_at": start + timedelta(seconds=ring + talk),
        "duration": talk,
        "billed_duration": billed,
        "rate": rate,
        "amount": money.amount_for(rate_per_minute=rate, billed_seconds=billed),
        "hangup_code": code,
        "hangup_name": name,
        "hangup_source": source,
        "pop": chance.choice(POPS),
        "carrier": "" if inbound else chance.choice(CARRIERS),
    }
