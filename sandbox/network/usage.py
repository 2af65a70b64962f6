"""What carriers carry: legs that begin and end, how full each is, how good it was of late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from console.core import clock
from console.core.periodic import periodic
from sandbox.network.models import CallDirection, CallState, Carrier, CarrierLeg, HandsetCall
from sandbox.network.routing import RouteChoice, living_at

MOST_DIALS: Final = 10
"""Calls of an account that may ring one phone at a time (hangup cause 1020)."""
CARRIER_ERROR: Final = 3080
FAULTS: Final = frozenset({3040, 3070, 3080, 3090, 5000, 5020})
"""Hangup causes that say the carrier did not deliver (NER, ITU-T E.425)."""
OF_LATE: Final = timedelta(hours=24)
_KEPT: Final = timedelta(days=7)
_LONGEST: Final = timedelta(hours=25)


def took(choice: RouteChoice, call_uuid: UUID) -> None:
    """Keeps who was tried for a leg and who carries it now, if anybody (one query)."""
    now = clock.now()
    rows = [
        CarrierLeg(
            carrier=one, call_uuid=call_uuid, began_at=now, ended_at=now, cause=CARRIER_ERROR
        )
        for one in choice.failed
    ]
    rows += [
        CarrierLeg(carrier=one, call_uuid=call_uuid, began_at=now) for one in choice.carriers[:1]
    ]
    CarrierLeg.objects.bulk_create(rows, ignore_conflicts=True)


def ended(*, call_uuid: UUID, cause: int, answered: bool) -> None:
    """The leg has left its carrier; again is nothing (one query)."""
    living = CarrierLeg.objects.filter(call_uuid=call_uuid, ended_at=None)
    living.update(ended_at=clock.now(), cause=cause, answered=answered)


def dials_at(*, account_id: int, number: str) -> int:
    """How many calls of the account ring this phone now (one query)."""
    calls = HandsetCall.objects.unscoped("the caller's own account, as the leg's row says")
    ringing = calls.filter(account=account_id, number=number, state=CallState.RINGING)
    return ringing.filter(direction=CallDirection.INBOUND).count()


@dataclass(frozen=True, slots=True)
class Measured:
    """A carrier as it is now and how it did in the last 24 hours."""

    carrier: Carrier
    living: int
    attempts: int
    answered: int
    faults: int

    @property
    def ended(self) -> int:
        """Attempts that are over."""
        return max(0, self.attempts - self.living)

    @property
    def asr(self) -> float | None:
        """Answer-seizure ratio: answered of those that are over, in percent; None without any."""
        return _percent(self.answered, self.ended)

    @property
    def ner(self) -> float | None:
        """Network effectiveness ratio: not failed by the carrier, in percent; None without any."""
        return _percent(self.ended - self.faults, self.ended)

    @property
    def full_percent(self) -> int:
        """How much of the capacity is in use, 0 to 100."""
        capacity = self.carrier.capacity
        return min(100, round(100 * self.living / capacity)) if capacity else 100


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def measured(carriers: Iterable[Carrier] | None = None) -> list[Measured]:
    """Every carrier with its figures, by code (three queries)."""
    rows = list(carriers if carriers is not None else Carrier.objects.order_by("code"))
    living = living_at([one.pk for one in rows])
    since = CarrierLeg.objects.filter(began_at__gt=clock.now() - OF_LATE, carrier__in=rows)
    counted = {
        one["carrier"]: one
        for one in since.order_by()
        .values("carrier")
        .annotate(
            attempts=Count("pk"),
            answered=Count("pk", filter=Q(answered=True)),
            faults=Count("pk", filter=Q(cause__in=FAULTS)),
        )
    }
    none = {"attempts": 0, "answered": 0, "faults": 0}
    return [
        Measured(
            one,
            living.get(one.pk, 0),
            *(counted.get(one.pk, none)[name] for name in ("attempts", "answered", "faults")),
        )
        for one in rows
    ]


@periodic(every=timedelta(hours=1), title="Free lost carrier lines")
def free_lost_carrier_legs() -> None:
    """Frees a carrier's lines that are taken for longer than any call can last."""
    now = clock.now()
    lost = CarrierLeg.objects.filter(ended_at=None, began_at__lt=now - _LONGEST)
    lost.update(ended_at=now)


@periodic(every=timedelta(hours=1), forgets=True, title="Forget old carrier figures")
def prune_carrier_legs() -> None:
    """Deletes what was measured a week ago, 5,000 legs at a time."""
    old = CarrierLeg.objects.filter(began_at__lt=clock.now() - _KEPT).order_by("began_at")
    some = list(old.values_list("pk", flat=True)[:5000])
    CarrierLeg.objects.filter(pk__in=some).delete()
