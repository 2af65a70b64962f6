"""Credit that runs out in the middle of calls ends them (cause 1010).

Every leg is billed by the step, so credit is used up at the beginning of a step that it cannot pay.
When a leg goes up the moment of that is computed, for all legs of the account together, and an
outbox row looks again then.
"""

from __future__ import annotations

import heapq
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Final

from console.accounts.models import Account
from console.core import clock
from console.core.money import ZERO
from sandbox.calls.models import CallPhase, Leg, LegState
from sandbox.calls.work import CREDIT, Work

HORIZON: Final = 3600.0
"""Seconds after which it is looked at again at the latest: prices and credit may change."""


def watch(work: Work) -> None:
    """Plans the next look at the account's credit (one query); nothing where nothing is paid."""
    if work.call.platform:
        return
    left = seconds_left(work.call.account)
    if left is None:
        return
    name = f"credit-{work.call.version}"
    # Two legs may go up by one event; the later look knows of both.
    work.rows = [row for row in work.rows if row.dedupe_key != work.key_of(name)]
    work.at_moment(CREDIT, name, work.now + timedelta(seconds=max(0.0, left)))
    work.reported(name)  # nobody waits for it: the call has its own limits


def seconds_left(account: Account) -> float | None:
    """Seconds until a step of some leg begins that the credit cannot pay, at most HORIZON.

    None when no leg costs anything. A step that has begun is owed. `account` must have been
    read just now. One query.
    """
    now = clock.now()
    legs = Leg.objects.filter(
        call__account=account, call__platform=False, state=LegState.UP, rate__gt=0
    ).exclude(call__phase=CallPhase.ENDED)
    rows = list(legs.values_list("rate", "increment", "answered_at"))
    if not rows:
        return None
    spent, steps = ZERO, []
    for place, (rate, increment, answered) in enumerate(rows):
        assert answered is not None
        cost, elapsed = rate * increment / 60, int((now - answered).total_seconds())
        begun = max(1, ceil(elapsed / increment))
        spent += cost * begun
        ahead = (answered - now).total_seconds() + begun * increment
        steps.append((ahead, place, cost, increment))
    return _until(account.credit - spent, steps)


def _until(left: Decimal, steps: list[tuple[float, int, Decimal, int]]) -> float:
    heapq.heapify(steps)
    while steps[0][0] < HORIZON:
        ahead, place, cost, increment = steps[0]
        if cost > left:
            return ahead
        left -= cost
        heapq.heapreplace(steps, (ahead + increment, place, cost, increment))
    return HORIZON
