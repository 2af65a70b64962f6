"""The rear-view mirror of the trial policy: whom an edit would have refused in the last 30 days.

What happened is read from the records, so it answers for traffic that went through and says
nothing of what was never tried. Accounts that hold more than a new cap allows are counted too.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from django.conf import settings
from django.db.models import Count

from console.accounts.models import AccountState
from console.applications.models import Application
from console.core import clock
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber
from console.records.models import Cdr
from sandbox.fence.models import SandboxNumber, TrialPolicy

DAYS: Final = 30
MOST_RECORDS: Final = 100_000
_EXAMPLES: Final = 3
_REASON: Final = "staff look at what a policy would have refused"


@dataclass(slots=True)
class Reflection:
    """One knob: how many calls it would have refused or cut, of which accounts (name: count)."""

    knob: str
    title: str
    unit: str = "calls"
    count: int = 0
    accounts: Counter[str] = field(default_factory=Counter)

    def add(self, account: str, count: int = 1) -> None:
        """Counts something of an account."""
        self.count += count
        self.accounts[account] += count

    @property
    def examples(self) -> str:
        """The accounts that are hit hardest."""
        hit = self.accounts.most_common(_EXAMPLES)
        names = ", ".join(f"{name} ({count})" for name, count in hit)
        left = len(self.accounts) - len(hit)
        return f"{names} and {left} more" if left > 0 else names


@dataclass(frozen=True, slots=True)
class Mirror:
    """All knobs that would have refused something; `records` were looked at, `cut` if not all."""

    reflections: list[Reflection]
    records: int
    cut: bool


_CALL_KNOBS: Final = {
    "call_seconds": "Longer than a call may last now",
    "regions": "To a country that would be closed",
    "verified_caller_ids": "Showing a verified number as caller ID",
    "concurrent_calls": "More calls at a time than would be allowed",
    "calls_a_second": "Begun too quickly after another",
}


def rear_view(policy: TrialPolicy) -> Mirror:
    """What the policy, saved or not, would have done to trials; about seven queries."""
    found = {name: Reflection(name, title) for name, title in _CALL_KNOBS.items()}
    records = _Records(policy, found)
    seen = records.read()
    reflections = [*found.values(), *_over_caps(policy)]
    return Mirror([one for one in reflections if one.count], seen, seen >= MOST_RECORDS)


class _Records:
    """Goes through the records of trials in order of time."""

    def __init__(self, policy: TrialPolicy, found: dict[str, Reflection]) -> None:
        self.policy, self.found = policy, found
        self.living: dict[int, list[datetime]] = defaultdict(list)
        self.begun: dict[int, deque[datetime]] = defaultdict(deque)
        self.regions = {*settings.REGIONS} & set(policy.regions or settings.REGIONS)

    def read(self) -> int:
        since = clock.now() - timedelta(days=DAYS)
        trials = Cdr.objects.unscoped(_REASON).filter(account__state=AccountState.TRIAL)
        rows = trials.filter(ended_at__gt=since).order_by("initiated_at").values_list(
            "account_id", "account__name", "account__region", "leg", "direction", "initiated_at",
            "ended_at", "duration", "region", "from_number", "to_number",
        )[:MOST_RECORDS]  # fmt: skip
        seen = 0
        for row in rows.iterator(chunk_size=2000):
            seen += 1
            self._look(*row)
        return seen

    def _look(
        self,
        account: int,
        name: str,
        home: str,
        leg: str,
        direction: str,
        began: datetime,
        ended: datetime,
        duration: int,
        region: str,
        from_: str,
        to: str,
    ) -> None:
        if leg == "A":
            if duration > self.policy.call_seconds:
                self.found["call_seconds"].add(name)
            self._pace(account, name, began, ended)
        if direction != "outbound" or not to.startswith("+"):
            return
        if region and region not in self.regions | {home} and not to.startswith("+1500555"):
            self.found["regions"].add(name)
        if not self.policy.verified_caller_ids and self._is_borrowed(account, from_):
            self.found["verified_caller_ids"].add(name)

    def _pace(self, account: int, name: str, began: datetime, ended: datetime) -> None:
        living = [end for end in self.living[account] if end > began]
        if len(living) >= self.policy.concurrent_calls:
            self.found["concurrent_calls"].add(name)
        self.living[account] = [*living, ended]
        begun = self.begun[account]
        while begun and (began - begun[0]).total_seconds() >= 1:
            begun.popleft()
        if len(begun) >= self.policy.calls_a_second:
            self.found["calls_a_second"].add(name)
        begun.append(began)

    def _is_borrowed(self, account: int, from_: str) -> bool:
        return from_.startswith("+") and (account, from_) not in self._rented

    @cached_property
    def _rented(self) -> set[tuple[int, str]]:
        rented = RentedNumber.objects.unscoped(_REASON)
        return set(rented.values_list("account_id", "number"))


def _over_caps(policy: TrialPolicy) -> Iterator[Reflection]:
    """Trials that hold more than the policy would let them add (four queries)."""
    now = clock.now()
    numbers = SandboxNumber.objects.unscoped(_REASON)
    rented = RentedNumber.objects.unscoped(_REASON)
    things = (
        ("verified_numbers", "sandbox numbers", numbers.counted(at=now)),
        ("rented_numbers", "DIDs", rented.living()),
        ("applications", "applications", Application.objects.unscoped(_REASON)),
        ("endpoints", "endpoints", Endpoint.objects.unscoped(_REASON)),
    )
    for knob, words, held in things:
        cap = getattr(policy, knob)
        over = (
            held.filter(account__state=AccountState.TRIAL)
            .order_by()
            .values("account__name")
            .annotate(held=Count("pk"))
            .filter(held__gt=cap)
        )
        found = Reflection(knob, f"Accounts with more than {cap} {words}", unit="accounts")
        for name in over.values_list("account__name", flat=True):
            found.add(name)
        yield found
