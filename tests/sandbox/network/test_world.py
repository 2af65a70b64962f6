"""POPs, rates and routes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.core.errors import Unavailable
from console.core.fiction import FICTION
from sandbox.network.models import Carrier, Pop, Rate, Route
from sandbox.network.seeds import seed_network
from sandbox.network.world import pop_for, rate_for, routes_for


@pytest.fixture
def seeded(db):
    """The network of a fresh install."""
    seed_network()


def test_six_pops_stand_on_four_continents(seeded):
    assert Pop.objects.count() == 6
    assert len(set(Pop.objects.values_list("continent", flat=True))) == 4


def test_seeding_again_changes_nothing_even_what_an_operator_edited(seeded):
    Rate.objects.filter(prefix="+44").update(outbound="0.5")
    before = (Route.objects.count(), Carrier.objects.count(), Rate.objects.count())
    seed_network()
    assert (Route.objects.count(), Carrier.objects.count(), Rate.objects.count()) == before
    assert rate_for("+442079460123").per_minute == Decimal("0.5")


def test_the_longest_prefix_sets_the_rate(seeded):
    assert rate_for("+442079460123").per_minute == Decimal("0.0125")
    assert rate_for("+447700900123").per_minute == Decimal("0.0315")
    assert rate_for("+12025550142", direction="inbound").per_minute == Decimal("0.0055")


def test_a_number_anywhere_else_has_the_rate_of_the_rest_of_the_world(seeded):
    assert rate_for("+88212345678").name == "Rest of the world"


def test_a_sip_address_costs_nothing_to_reach(db):
    assert rate_for("sip:desk@phone.example.com").per_minute == 0


def test_without_a_rate_nothing_is_carried(db):
    with pytest.raises(Unavailable):
        rate_for("+12025550142")


@pytest.mark.parametrize(
    ("region", "number", "code"),
    [
        ("US", "+12125550142", "iad"),
        ("US", "+14155550142", "sjc"),
        ("GB", "+447700900123", "fra"),
        ("BR", "", "gru"),
        ("IN", "", "bom"),
        ("AU", "", "sin"),
        ("ZZ", "", "iad"),
    ],
)
def test_the_nearest_pop_serves(seeded, region, number, code):
    assert pop_for(region, number).code == code


def test_a_closed_pop_serves_nobody(seeded):
    Pop.objects.filter(code="fra").update(open=False)
    assert pop_for("GB").code == "iad"


def test_every_country_of_the_stock_has_a_rate_of_its_own(seeded):
    for row in FICTION:
        number = row.number(0)
        assert rate_for(number).name != "Rest of the world", number


def test_carriers_come_by_priority_and_one_that_is_down_is_skipped(seeded):
    assert [c.code for c in routes_for("+12025550142").carriers] == [
        "meridian",
        "bluewire",
        "lantern",
    ]
    Carrier.objects.filter(code="meridian").update(health="down")
    choice = routes_for("+12025550142")
    assert [carrier.code for carrier in choice.carriers] == ["bluewire", "lantern"]
    assert [step.outcome for step in choice.steps] == ["skipped", "taken", "skipped"]


def test_0127_fails_over_to_the_second_carrier(seeded):
    choice = routes_for("+15005550127")
    assert [step.outcome for step in choice.steps] == ["failed", "taken", "skipped"]
    assert choice.carriers[0].code == "bluewire"


def test_0128_finds_every_carrier_failing(seeded):
    choice = routes_for("+15005550128")
    assert choice.carriers == ()
    assert {step.outcome for step in choice.steps} == {"failed"}
