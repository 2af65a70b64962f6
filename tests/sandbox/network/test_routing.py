"""The choice of carriers: weight, health, room, and what is measured of them."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from console.core import randomness
from sandbox.network import usage
from sandbox.network.models import Carrier, CarrierLeg, Rate, Route
from sandbox.network.routing import routes_for
from sandbox.network.seeds import RATES, ROUTES, seed_network

pytestmark = pytest.mark.django_db
NUMBER = "+442079460123"


@pytest.fixture
def carriers() -> list[Carrier]:
    """Two that share priority 1 by 3 to 1, and one in reserve."""
    made = [Carrier.objects.create(code=code, name=code.title()) for code in ("a", "b", "c")]
    for carrier, priority, weight in zip(made, (1, 1, 2), (3, 1, 1), strict=True):
        Route.objects.create(
            prefix="+44", carrier=carrier, priority=priority, weight=weight, cost="0.01"
        )
    return made


def order(number: str = NUMBER, **more) -> str:
    return "".join(carrier.code for carrier in routes_for(number, **more).carriers)


def test_carriers_of_one_priority_share_the_calls_by_weight(carriers):
    with randomness.use(randomness.SeededRandom(7)):
        first = Counter(order()[0] for _ in range(400))
    assert set(first) == {"a", "b"}
    assert 270 < first["a"] < 330


def test_a_lower_priority_is_never_drawn_before_a_higher_one(carriers):
    with randomness.use(randomness.SeededRandom(7)):
        assert {order()[2] for _ in range(50)} == {"c"}


def test_a_plan_leaves_nothing_to_chance(carriers):
    assert {order(plan=True) for _ in range(20)} == {"abc"}
    reasons = [step.reason for step in routes_for(NUMBER, plan=True).steps]
    assert reasons == [
        "Taken at priority 1, weight 3 of 4.",
        "Kept in reserve at priority 1, weight 1 of 4.",
        "Kept in reserve at priority 2.",
    ]


def test_a_degraded_carrier_comes_after_the_well_ones_of_its_priority(carriers):
    Carrier.objects.filter(code="a").update(health="degraded")
    assert order() == "bac"


def test_a_full_carrier_is_skipped_and_the_step_says_so(carriers):
    Carrier.objects.filter(code="a").update(capacity=2)
    for _ in range(2):
        CarrierLeg.objects.create(carrier=carriers[0], call_uuid=uuid4())
    choice = routes_for(NUMBER, plan=True)
    assert [carrier.code for carrier in choice.carriers] == ["b", "c"]
    assert choice.full
    assert "The carrier is full: 2 of 2 calls." in [step.reason for step in choice.steps]


def test_a_longer_prefix_decides_even_when_its_carriers_are_down(carriers):
    only = Carrier.objects.create(code="d", name="D", health="down")
    Route.objects.create(prefix="+4420", carrier=only, cost="0.01")
    choice = routes_for(NUMBER)
    assert (choice.prefix, choice.carriers) == ("+4420", ())


def test_a_choice_of_carriers_takes_one_query(carriers):
    with CaptureQueriesContext(connection) as asked:
        routes_for(NUMBER)
    assert len(asked) == 1


def test_real_carriers_never_fail_on_purpose(carriers, settings):
    Carrier.objects.update(fault_percent=100)
    assert order() == ""
    settings.SIMULATED_NETWORK = False
    assert len(order()) == 3


def test_success_is_measured_from_legs_that_are_over(carriers, frozen):
    taken = Carrier.objects.get(code="a")
    for cause, answered in ((4000, True), (3010, False), (3080, False), (4000, True)):
        row = CarrierLeg.objects.create(carrier=taken, call_uuid=uuid4())
        usage.ended(call_uuid=row.call_uuid, cause=cause, answered=answered)
    CarrierLeg.objects.create(carrier=taken, call_uuid=uuid4())
    a, b, _ = usage.measured()
    assert (a.attempts, a.living, a.asr, a.ner) == (5, 1, 50.0, 75.0)
    assert (b.asr, b.ner) == (None, None)
    frozen.advance(hours=25)
    assert usage.measured()[0].ner is None


def test_a_leg_that_nobody_ended_frees_its_carrier_after_a_day(carriers, frozen):
    row = CarrierLeg.objects.create(carrier=carriers[0], call_uuid=uuid4())
    frozen.advance(hours=26)
    usage.free_lost_carrier_legs()
    row.refresh_from_db()
    assert row.ended_at == frozen.now()
    frozen.advance(days=8)
    usage.prune_carrier_legs()
    assert not CarrierLeg.objects.exists()


def test_taking_a_route_twice_is_taking_it_once(carriers):
    choice, leg = routes_for(NUMBER), uuid4()
    usage.took(choice, leg)
    usage.took(choice, leg)
    assert CarrierLeg.objects.count() == 1


@pytest.mark.parametrize("broken", [{"weight": 0}, {"cost": "-1"}, {"prefix": "44"}])
def test_the_database_refuses_a_route_that_makes_no_sense(carriers, broken):
    fields = {"prefix": "+49", "cost": "0.01", "carrier": carriers[0]} | broken
    with pytest.raises(IntegrityError), transaction.atomic():
        Route.objects.create(**fields)


def test_the_seeded_network_reaches_twenty_countries_over_their_own_routes():
    seed_network()
    countries = {row[2] for row in RATES if row[2]}
    assert len(countries) == 20
    prefixes = {prefix for prefix, _ in ROUTES}
    for prefix, _, country, *_ in RATES:
        assert not country or any(prefix.startswith(one) for one in prefixes if one != "+")


def test_no_seeded_route_costs_more_than_its_number_is_sold_for():
    seed_network()
    sold = dict(Rate.objects.values_list("prefix", "outbound"))
    for route in Route.objects.all():
        assert route.cost < sold[route.prefix]
