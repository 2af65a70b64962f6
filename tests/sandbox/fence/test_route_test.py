"""How would a call go: verdict, POP, carriers, price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.fence.models import FenceDenial
from sandbox.fence.policy import seed_policy
from sandbox.fence.route_test import route_test
from sandbox.network.models import Carrier, CarrierLeg, Permit, Pop, Rate
from sandbox.network.seeds import seed_network
from tests.sandbox.fence.conftest import DID, UNVERIFIED, VERIFIED, sandbox_number

pytestmark = pytest.mark.django_db
URL = "/network/routes/test/"
OTHER = "+12025550143"


@pytest.fixture(autouse=True)
def seeded():
    seed_network()
    seed_policy()


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def test_a_route_test_answers_all_at_once(account):
    test = route_test(account=account, to="+442079460123")
    assert test.number and test.choice and test.pop and test.price
    assert (test.number.region, test.pop.code, test.choice.prefix) == ("GB", "fra", "+44")
    assert [one.code for one in test.choice.carriers] == ["harbour", "meridian", "lantern"]
    assert test.price.per_minute == Decimal("0.0125")
    assert test.example == (61, 120, Decimal("0.02500"))
    assert test.verdict.refused_by and test.verdict.refused_by.rule == "destination"


def test_billing_in_half_minutes_is_seen_in_the_example(account):
    assert route_test(account=account, to="+912249460123").example == (61, 90, Decimal("0.02850"))


def test_a_test_sends_writes_and_counts_nothing(account):
    Carrier.objects.update(fault_percent=100)
    for to in ("+442079460123", "+15005550128", "nonsense", "sip:desk@example.com"):
        route_test(account=account, to=to)
    for model in (Permit, FenceDenial, CarrierLeg):
        assert not model.objects.exists()


def test_without_a_rate_the_page_says_how_the_call_would_end(signed_in):
    Rate.objects.all().delete()
    page = signed_in.get(URL, {"to": "+442079460123"}).content.decode()
    assert "/help/errors/5020/" in page


def test_an_outcome_number_shows_its_carriers_failing(signed_in):
    page = signed_in.get(URL, {"to": "+15005550127"}).content.decode()
    assert "Failed at priority 1: carrier error." in page
    assert "Yes, this would go through" in page


@pytest.mark.parametrize("to", ["+1 (", "sip:desk@example.com", "x" * 300, "+99999"])
def test_what_is_no_number_gets_a_verdict_and_no_route(signed_in, to):
    answer = signed_in.get(URL, {"to": to})
    assert answer.status_code == 200
    assert "Carriers in order" not in answer.content.decode()


def test_htmx_gets_the_answer_alone(signed_in):
    answer = signed_in.get(URL, {"to": "+442079460123"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "Harbour Link" in answer.content.decode()


def test_an_analyst_may_ask(client, analyst):
    client.force_login(analyst)
    assert client.get(URL, {"to": "+442079460123"}).status_code == 200


@pytest.mark.parametrize("url", [URL, "/fence/"])
@pytest.mark.parametrize("from_", ["", DID, OTHER])
@pytest.mark.parametrize("to", ["", VERIFIED, UNVERIFIED, "+15005550127", "sip:desk@example.com"])
def test_the_page_takes_at_most_eight_queries_whatever_the_answer(
    signed_in, account, did, url, from_, to
):
    for number in (VERIFIED, OTHER):
        sandbox_number(account, number)
    asked_for = {"kind": "call", "from_": from_, "to": to} if to else {}
    signed_in.get(url)
    with CaptureQueriesContext(connection) as asked:
        answer = signed_in.get(url, asked_for)
    assert ("Rule by rule" in answer.text) == bool(to)
    assert len(asked) <= 8, [one["sql"] for one in asked]


def test_without_an_open_pop_the_price_is_told_all_the_same(account):
    Pop.objects.update(open=False)
    test = route_test(account=account, to="+442079460123")
    assert test.pop is None
    assert test.price and test.price.per_minute == Decimal("0.0125")
