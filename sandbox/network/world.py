"""The network's questions: which POP, at what price. The choice of carriers is in `routing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Subquery
from django.db.models.functions import Length

from console.core.errors import Unavailable
from console.core.money import ZERO
from sandbox.network.geography import distance_km, place_of
from sandbox.network.models import Pop, Rate
from sandbox.network.routing import RouteChoice, RouteStep, prefixes_of, routes_for

__all__ = ["Price", "RouteChoice", "RouteStep", "pop_for", "rate_for", "rates_for", "routes_for"]


@dataclass(frozen=True, slots=True)
class Price:
    """What a customer pays: dollars a minute in steps of `increment` seconds, or a message part."""

    per_minute: Decimal
    increment: int
    per_message: Decimal
    prefix: str = ""
    name: str = ""


def rate_for(number: str, *, direction: Literal["inbound", "outbound"] = "outbound") -> Price:
    """The price of a leg to (or, inbound, on) the number; longest prefix wins. One query.

    A SIP address costs nothing to reach. Raises Unavailable when no rate fits, so that nothing is
    ever carried unrated.
    """
    return rates_for([number], direction=direction)[number]


def rates_for(
    numbers: Iterable[str], *, direction: Literal["inbound", "outbound"] = "outbound"
) -> dict[str, Price]:
    """As `rate_for`, the price of each of many; still one query."""
    wanted = list(dict.fromkeys(numbers))
    prefixes = {prefix for number in wanted for prefix in prefixes_of(number)}
    rates = {rate.prefix: rate for rate in Rate.objects.filter(prefix__in=prefixes)}
    return {number: _price(number, rates, direction) for number in wanted}


def _price(number: str, rates: Mapping[str, Rate], direction: str) -> Price:
    if not number.startswith("+"):
        return Price(per_minute=ZERO, increment=60, per_message=ZERO, name="SIP")
    fitting = (rates[prefix] for prefix in reversed(prefixes_of(number)) if prefix in rates)
    best = next(fitting, None)
    if best is None:
        raise Unavailable("There is no rate for this destination.", field="to")
    return _price_of(best, best.inbound if direction == "inbound" else best.outbound)


def pop_for(region: str, number: str = "") -> Pop | None:
    """The nearest open POP to a telephone of the region (ISO 3166); None without any. One query."""
    there = place_of(region, number)
    return nearest(list(Pop.objects.filter(open=True)), there)


def pop_and_price(region: str, number: str) -> tuple[Pop | None, Price | None]:
    """What `pop_for` and `rate_for` (outbound) say of a phone number, in one query as long as a POP
    is open. The price is None where `rate_for` raises.
    """
    rates = Rate.objects.filter(prefix__in=prefixes_of(number)).order_by(Length("prefix").desc())
    facts = {f"rate_{name}": Subquery(rates.values(name)[:1]) for name in _OF_A_PRICE}
    pops: list[Any] = list(Pop.objects.filter(open=True).annotate(**facts))
    if not pops:
        best = rates.first()
        return None, _price_of(best, best.outbound) if best else None
    pop = nearest(pops, place_of(region, number))
    rate = Rate(**{name: getattr(pops[0], f"rate_{name}") for name in _OF_A_PRICE})
    return pop, _price_of(rate, rate.outbound) if rate.prefix else None


_OF_A_PRICE = ("prefix", "name", "outbound", "increment", "message")


def _price_of(rate: Rate, per_minute: Decimal) -> Price:
    return Price(
        per_minute=per_minute,
        increment=rate.increment,
        per_message=rate.message,
        prefix=rate.prefix,
        name=rate.name,
    )


def nearest(pops: Sequence[Pop], there: tuple[float, float]) -> Pop | None:
    """Of the POPs the one with the shortest way; no query."""
    return min(
        pops,
        key=lambda pop: distance_km((float(pop.latitude), float(pop.longitude)), there),
        default=None,
    )
