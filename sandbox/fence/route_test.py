""" "How would +44… go?": the fence's dry run beside the route, the POP and the price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from console.accounts.models import Account, Subaccount
from console.core import money
from console.core.errors import DomainError
from console.core.numbers import Number, canonical_number
from sandbox.fence import services
from sandbox.fence.kinds import Kind
from sandbox.fence.verdict import Verdict
from sandbox.network.models import Pop
from sandbox.network.routing import RouteChoice, routes_for
from sandbox.network.world import Price, pop_and_price

EXAMPLE_SECONDS = 61


@dataclass(frozen=True, slots=True)
class RouteTest:
    """What would become of a call. Without `number` (a SIP address, or none) nothing is routed."""

    verdict: Verdict
    number: Number | None
    choice: RouteChoice | None = None
    pop: Pop | None = None
    price: Price | None = None

    @property
    def example(self) -> tuple[int, int, Decimal] | None:
        """Seconds of a call, seconds billed and US dollars: what the increment means."""
        if self.price is None:
            return None
        billed = money.billed_seconds(EXAMPLE_SECONDS, increment=self.price.increment)
        amount = money.amount_for(rate_per_minute=self.price.per_minute, billed_seconds=billed)
        return EXAMPLE_SECONDS, billed, amount


def route_test(
    *, account: Account, subaccount: Subaccount | None = None, to: str, from_: str = ""
) -> RouteTest:
    """Asks fence and network about a call; nothing is written, sent or counted.

    The route is a plan: carriers of one priority stand in order of their weight. Two queries
    beside those of the dry run.
    """
    verdict = services.dry_run(
        account=account, subaccount=subaccount, kind=Kind.CALL, from_=from_, to=to
    )
    try:
        number = canonical_number(to, bare_digits=True, field="to")
    except DomainError:
        return RouteTest(verdict, None)
    region = number.region if len(number.region) == 2 else account.region
    pop, price = pop_and_price(region, number.e164)
    return RouteTest(
        verdict,
        number,
        choice=routes_for(number.e164, plan=True),
        pop=pop,
        price=price,
    )
