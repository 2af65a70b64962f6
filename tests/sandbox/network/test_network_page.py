"""/network/: the map, the POPs, the delays, the carriers."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.network import usage
from sandbox.network.atlas import atlas
from sandbox.network.geography import COUNTRIES, round_trip_ms
from sandbox.network.models import Carrier, CarrierLeg, Pop
from sandbox.network.seeds import seed_network
from sandbox.network.worldmap import HEIGHT, WIDTH, land, project

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded():
    seed_network()


@pytest.fixture
def page(seeded, client, owner) -> str:
    client.force_login(owner)
    return client.get("/network/").content.decode()


def test_every_pop_stands_on_the_map_and_in_the_table(page):
    for code in Pop.objects.values_list("code", flat=True):
        assert page.count(f">{code}</text>") == 2  # once for each width of the drawing
        assert f"<code>{code}</code>" in page


def test_the_picture_says_in_a_sentence_what_it_shows(page):
    found = re.search(r'<desc id="world-wide-desc">(.*?)</desc>', page)
    assert found is not None
    assert found[1].startswith("6 open POPs on 4 continents:")


def test_the_map_holds_every_place_and_the_land_is_one_short_path():
    for latitude, longitude in COUNTRIES.values():
        x, y = project(latitude, longitude)
        assert 0 <= x <= WIDTH and 0 <= y <= HEIGHT
    assert 500 < len(land()) < 6000


def test_every_country_is_served_by_its_nearest_open_pop(seeded):
    served = {one.region: one.nearest.pop.code for one in atlas().countries}
    assert len(served) == 20
    assert (served["GB"], served["AU"], served["BR"]) == ("fra", "sin", "gru")
    Pop.objects.filter(code="fra").update(open=False)
    after = {one.region: one for one in atlas().countries}
    assert after["GB"].nearest.pop.code == "iad"
    assert after["GB"].nearest.ms > 50


def test_a_round_trip_grows_with_the_way():
    assert round_trip_ms(0) == 8
    assert round_trip_ms(1000) == 23
    assert round_trip_ms(10_000) == 158


def test_the_page_shows_measured_success_but_nobodys_traffic(seeded, client, owner):
    carrier = Carrier.objects.get(code="meridian")
    for cause in (4000, 3080):
        row = CarrierLeg.objects.create(carrier=carrier, call_uuid=uuid4())
        usage.ended(call_uuid=row.call_uuid, cause=cause, answered=cause == 4000)
    client.force_login(owner)
    page = client.get("/network/").content.decode()
    assert page.count("50.0 %") == 2
    assert "4000" not in page  # the capacity


def test_the_banner_says_whether_phones_are_real(seeded, client, owner, settings):
    client.force_login(owner)
    assert "POPs, carriers and the" in client.get("/network/").content.decode()
    settings.SIMULATED_NETWORK = False
    assert "reach real phones over real carriers" in client.get("/network/").content.decode()


def test_an_empty_network_has_its_page_too(client, owner):
    client.force_login(owner)
    page = client.get("/network/").content.decode()
    assert "There is no carrier yet." in page
    assert "No POP is open." in page


def test_the_page_takes_at_most_eight_queries(seeded, client, owner):
    client.force_login(owner)
    client.get("/network/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/network/")
    assert len(asked) <= 8, [one["sql"] for one in asked]
