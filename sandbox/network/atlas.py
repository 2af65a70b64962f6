"""The network as its page shows it: POPs on the map, who serves which country, how carriers are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from console.core.countries import country_name
from sandbox.network.geography import COUNTRIES, distance_km, round_trip_ms
from sandbox.network.models import Pop
from sandbox.network.usage import Measured, measured
from sandbox.network.worldmap import HEIGHT, WIDTH, land, project

# Which side of its point a label stands on, where the right one is taken.
_LEFT: Final = frozenset({"sjc", "bom"})
_NARROW: Final = 0.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A POP on the map, in the map's units; `served` are the countries it is nearest to."""

    pop: Pop
    x: float
    y: float
    label_x: float
    anchor: str
    served: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing of the world of `width` by `height` units; `scale` shrinks the land."""

    marks: tuple[Mark, ...]
    width: float
    height: float
    scale: float
    land: str

    @property
    def summary(self) -> str:
        """One sentence with what the picture says, for those who do not see it."""
        names = [mark.pop.name for mark in self.marks if mark.pop.open]
        continents = {mark.pop.continent for mark in self.marks if mark.pop.open}
        if not names:
            return "No POP is open."
        return f"{len(names)} open POPs on {len(continents)} continents: {', '.join(names)}."


@dataclass(frozen=True, slots=True)
class Way:
    """A POP as seen from a country: round trip in milliseconds, estimated from the distance."""

    pop: Pop
    ms: int


@dataclass(frozen=True, slots=True)
class Served:
    """A country, the POP that serves it, and the next one should that close (None: no other)."""

    region: str
    country: str
    nearest: Way
    next: Way | None


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything on the page."""

    wide: Map
    narrow: Map
    pops: list[Mark]
    countries: list[Served]
    carriers: list[Measured]


def atlas() -> Atlas:
    """The network as it is now (four queries)."""
    pops = list(Pop.objects.all())
    countries = sorted(_served(pops), key=lambda one: one.country)
    wide = world_map(pops, countries)
    return Atlas(
        wide=wide,
        narrow=world_map(pops, countries, scale=_NARROW),
        pops=list(wide.marks),
        countries=countries,
        carriers=measured(),
    )


def world_map(pops: Sequence[Pop], countries: Sequence[Served], *, scale: float = 1) -> Map:
    """The map at a scale; no query."""
    marks = tuple(_mark(pop, countries, scale) for pop in pops)
    return Map(marks, WIDTH * scale, HEIGHT * scale, scale, land())


def _mark(pop: Pop, countries: Sequence[Served], scale: float) -> Mark:
    x, y = project(float(pop.latitude), float(pop.longitude))
    x, y = round(x * scale, 1), round(y * scale, 1)
    left = pop.code in _LEFT
    served = tuple(one.country for one in countries if one.nearest.pop.pk == pop.pk)
    return Mark(pop, x, y, round(x + (-9 if left else 9), 1), "end" if left else "start", served)


def _served(pops: Sequence[Pop]) -> Iterator[Served]:
    for region in COUNTRIES:
        ways = ways_from(pops, region)
        if ways:
            after = ways[1] if len(ways) > 1 else None
            yield Served(region, country_name(region), ways[0], after)


def ways_from(pops: Sequence[Pop], region: str) -> list[Way]:
    """The open POPs from the nearest to the farthest, seen from a country; no query."""
    there = COUNTRIES[region]
    far = [
        (distance_km((float(pop.latitude), float(pop.longitude)), there), pop)
        for pop in pops
        if pop.open
    ]
    return [Way(pop, round_trip_ms(km)) for km, pop in sorted(far, key=lambda one: one[0])]
