"""Prices and look-ups over the API."""

from __future__ import annotations

import pytest
from django.test import Client

from console.core.countries import COUNTRIES
from console.core.countries_iso3 import ISO3, iso3
from console.numbers.models import StockNumber
from sandbox.network.models import Rate
from sandbox.network.seeds import RATES, seed_network
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seeded():
    seed_network()


def test_prices_have_the_keys_of_the_sdks_fixture(api):
    body = api.get("Pricing/?country_iso=US").json()
    assert differences(body, fixture("pricingGetResponse")) == []


def test_prices_are_those_that_legs_are_billed_with(api):
    body = api.get("Pricing/?country_iso=GB").json()
    assert (body["country"], body["country_code"]) == ("United Kingdom", 44)
    voice = body["voice"]
    assert voice["outbound"]["local"] == {"rate": "0.01250"}
    assert voice["inbound"]["local"] == {"rate": "0.00750"}
    assert voice["outbound"]["ip"] == {"rate": "0.00000"}
    assert voice["outbound"]["rates"] == [
        {"prefix": ["44"], "rate": "0.01250"},
        {"prefix": ["447"], "rate": "0.03150"},
    ]
    assert body["message"]["outbound"] == {"rate": "0.04200"}


def test_an_mms_has_the_price_of_one_part_of_a_text(api):
    body = api.get("Pricing/?country_iso=GB").json()
    assert body["mms"] == body["message"]


def test_prefixes_of_one_rate_stand_together(api):
    rates = api.get("Pricing/?country_iso=FR").json()["voice"]["outbound"]["rates"]
    assert {"prefix": ["336", "337"], "rate": "0.03300"} in rates


def test_toll_free_numbers_have_their_own_rate(api):
    voice = api.get("Pricing/?country_iso=US").json()["voice"]
    assert voice["outbound"]["tollfree"] == {"rate": "0.00300"}
    assert voice["inbound"]["tollfree"] == {"rate": "0.02100"}


def test_the_cheapest_number_in_stock_is_the_price_of_a_number(api):
    for last, price in ((10, "0.9"), (11, "0.8")):
        StockNumber.objects.create(
            number=f"+141555501{last}", national=f"41555501{last}", country="US", type="local",
            monthly_rate=price,
        )  # fmt: skip
    body = api.get("Pricing/?country_iso=US").json()
    assert body["phone_numbers"] == {"local": {"rate": "0.80000"}, "tollfree": {"rate": "0.00000"}}


def test_a_country_without_a_rate_of_its_own_has_that_of_the_rest_of_the_world(api):
    body = api.get("Pricing/?country_iso=IS").json()
    assert body["voice"]["outbound"]["local"] == {"rate": "0.24000"}
    assert body["voice"]["outbound"]["rates"] == [{"prefix": ["354"], "rate": "0.24000"}]


@pytest.mark.parametrize("country", sorted({row[2] for row in RATES if row[2]}))
def test_every_country_of_the_stock_has_prices(api, country):
    body = api.get(f"Pricing/?country_iso={country}").json()
    assert differences(body, fixture("pricingGetResponse")) == []


@pytest.mark.parametrize("country", ["", "U", "us", "USA", "ZZ", "AQ", "Ü1"])
def test_an_unknown_country_is_400(api, country):
    assert api.get(f"Pricing/?country_iso={country}").status_code == 400


def test_without_any_rate_nothing_is_priced(api):
    Rate.objects.all().delete()
    assert api.get("Pricing/?country_iso=US").status_code == 503


def test_a_look_up_has_the_keys_of_the_sdks_fixture(api):
    body = api.get("/v1/Number/+12025550142?type=carrier").json()
    assert differences(body, fixture("lookupGetResponse")) == []
    assert body["phone_number"] == "+12025550142"
    assert body["country"] == {"name": "United States", "iso2": "US", "iso3": "USA"}
    assert body["format"] == {
        "e164": "+12025550142",
        "national": "(202) 555-0142",
        "international": "+1 202-555-0142",
        "rfc3966": "tel:+1-202-555-0142",
    }
    assert body["resource_uri"] == "/v1/Number/+12025550142?type=carrier"


@pytest.mark.parametrize(
    ("number", "kind", "mcc", "carrier"),
    [
        ("+447700900123", "mobile", "234", "Harbour Link"),
        ("442079460123", "fixed", "", "Harbour Link"),
        ("+15005550128", "mobile", "310", "Meridian Voice"),
        ("+33639980142", "mobile", "208", "Lantern Networks"),
    ],
)
def test_a_look_up_names_the_type_and_the_first_carrier(api, number, kind, mcc, carrier):
    found = api.get(f"/v1/Number/{number}?type=carrier").json()["carrier"]
    assert (found["type"], found["mobile_country_code"], found["name"]) == (kind, mcc, carrier)
    assert found["ported"] == "no"
    assert bool(found["mobile_network_code"]) == (kind == "mobile")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("+1202555?type=carrier", 400),
        ("nonsense?type=carrier", 400),
        ("+12025550142?type=name", 400),
        ("+12025550142", 400),
        ("+88216123456?type=carrier", 404),
    ],
)
def test_what_cannot_be_looked_up_says_why(api, path, status):
    assert api.get(f"/v1/Number/{path}").status_code == status


def test_a_look_up_needs_a_sign_in_and_subaccounts_may(sub_api, db):
    assert Client().get("/v1/Number/+12025550142?type=carrier").status_code == 401
    assert sub_api.get("/v1/Number/+12025550142?type=carrier").status_code == 200


def test_every_country_has_its_three_letters():
    assert set(ISO3) == set(COUNTRIES)
    assert len(set(ISO3.values())) == len(ISO3)
    assert iso3("ZZ") == ""
