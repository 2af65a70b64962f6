"""Which carriers bring a leg to a number: longest prefix, priority, weight, health, room.

Every carrier that was looked at leaves a step, so that the call's story can say why it went over
this one and not over that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Literal

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from console.core import randomness
from console.core.outcomes import CallFate, find_outcome
from sandbox.network.models import Carrier, CarrierHealth, CarrierLeg, Route

Outcome = Literal["taken", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class RouteStep:
    """A carrier that was looked at, whether it was `taken`, `skipped` or `failed`, and why."""

    carrier: str
    outcome: Outcome
    reason: str
    priority: int = 1
    weight: int = 1
    health: str = CarrierHealth.UP.value

    def as_json(self) -> dict[str, Any]:
        """As the story keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """Carriers in the order in which they are tried, and the trace of the choice."""

    prefix: str
    carriers: tuple[Carrier, ...]
    """Those that can connect, the one to take first. Empty: nobody can, see `failed`, `full`."""
    steps: tuple[RouteStep, ...] = field(default=())
    failed: tuple[Carrier, ...] = ()
    """Those that were tried and failed before one connected."""
    full: bool = False
    """Whether a carrier would have done, had it had room."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A route with the number of calls that its carrier has now."""

    route: Route
    living: int

    @property
    def is_down(self) -> bool:
        return self.route.carrier.health == CarrierHealth.DOWN

    @property
    def is_full(self) -> bool:
        return self.living >= self.route.carrier.capacity

    @property
    def rank(self) -> tuple[int, bool]:
        """What comes before chance: the priority, and of one priority the degraded last."""
        return self.route.priority, self.route.carrier.health == CarrierHealth.DEGRADED


def prefixes_of(number: str) -> list[str]:
    """`+`, `+1`, `+14` … up to the number itself: what a longest-prefix search asks for."""
    return [number[:end] for end in range(1, len(number) + 1)]


def routes_for(number: str, *, plan: bool = False) -> RouteChoice:
    """Carriers of the longest prefix that has routes, in order, with the trace. One query.

    Those that are down or full are skipped; carriers of one priority are drawn by weight. With
    `plan` nothing is left to chance: the heaviest first, and nobody fails on purpose but for an
    outcome number. Capacity is looked at, not reserved: workers that dial at the same instant may
    overrun it by one call each.
    """
    candidates = _candidates(number)
    able = [one for one in candidates if not one.is_down and not one.is_full]
    order = _in_order(able, plan=plan)
    failing = _failing(number, order, plan=plan)
    steps = (*_tried(order, failing), *_skipped(candidates))
    return RouteChoice(
        prefix=candidates[0].route.prefix if candidates else "",
        carriers=tuple(one.route.carrier for one in order[failing:]),
        steps=tuple(sorted(steps, key=lambda step: step.priority)),
        failed=tuple(one.route.carrier for one in order[:failing]),
        full=any(one.is_full and not one.is_down for one in candidates),
    )


def _candidates(number: str) -> list[_Candidate]:
    legs = CarrierLeg.objects.filter(carrier=OuterRef("carrier"), ended_at=None).order_by()
    living = legs.values("carrier").annotate(legs=Count("pk")).values("legs")
    counted = Coalesce(Subquery(living, output_field=IntegerField()), 0)
    routes = Route.objects.filter(prefix__in=prefixes_of(number)).select_related("carrier")
    ordered = routes.order_by("priority", "-weight", "cost", "carrier__code")
    found = [_Candidate(route, route.living) for route in ordered.annotate(living=counted)]
    longest = max((one.route.prefix for one in found), key=len, default="")
    return [one for one in found if one.route.prefix == longest]


def living_at(carriers: Sequence[int]) -> dict[int, int]:
    """How many calls each of the carriers (by key) has now; those without any are left out."""
    legs = CarrierLeg.objects.filter(carrier__in=carriers, ended_at=None)
    return dict(legs.order_by().values_list("carrier").annotate(Count("pk")))


def _in_order(able: Sequence[_Candidate], *, plan: bool) -> list[_Candidate]:
    order: list[_Candidate] = []
    for _, group in groupby(sorted(able, key=lambda one: one.rank), key=lambda one: one.rank):
        peers = list(group)
        order += peers if plan else _drawn(peers)
    return order


def _drawn(peers: list[_Candidate]) -> Iterator[_Candidate]:
    """One after the other, each by its share of the weight that is left."""
    while len(peers) > 1:
        lot = randomness.below(sum(one.route.weight for one in peers))
        for one in peers:
            lot -= one.route.weight
            if lot < 0:
                break
        peers.remove(one)
        yield one
    yield from peers


def _failing(number: str, order: Sequence[_Candidate], *, plan: bool) -> int:
    """How many carriers fail before one connects: by the number's fate, or by their own faults."""
    outcome = find_outcome(number)
    fate = outcome.call.fate if outcome else None
    if fate is CallFate.ALL_CARRIERS_FAIL:
        return len(order)
    failing = min(len(order), 1) if fate is CallFate.FIRST_CARRIER_FAILS else 0
    while not plan and failing < len(order) and _faulty(order[failing].route.carrier):
        failing += 1
    return failing


def _faulty(carrier: Carrier) -> bool:
    """Only a simulated carrier fails on purpose."""
    chance = carrier.fault_percent if settings.SIMULATED_NETWORK else 0
    return chance > 0 and randomness.below(100) < chance


def _tried(order: Sequence[_Candidate], failing: int) -> Iterator[RouteStep]:
    for place, one in enumerate(order):
        at = f"priority {one.route.priority}"
        if place < failing:
            yield _step(one, "failed", f"Failed at {at}: carrier error.")
        elif place == failing:
            worn = ", though degraded" if one.rank[1] else ""
            yield _step(one, "taken", f"Taken at {at}{_share(one, order)}{worn}.")
        else:
            yield _step(one, "skipped", f"Kept in reserve at {at}{_share(one, order)}.")


def _share(one: _Candidate, order: Sequence[_Candidate]) -> str:
    peers = [peer.route.weight for peer in order if peer.rank == one.rank]
    return f", weight {one.route.weight} of {sum(peers)}" if len(peers) > 1 else ""


def _skipped(candidates: Sequence[_Candidate]) -> Iterator[RouteStep]:
    for one in candidates:
        if one.is_down:
            yield _step(one, "skipped", "The carrier is down.")
        elif one.is_full:
            capacity = one.route.carrier.capacity
            yield _step(one, "skipped", f"The carrier is full: {one.living} of {capacity} calls.")


def _step(one: _Candidate, outcome: Outcome, reason: str) -> RouteStep:
    route = one.route
    return RouteStep(
        route.carrier.name, outcome, reason, route.priority, route.weight, route.carrier.health
    )
