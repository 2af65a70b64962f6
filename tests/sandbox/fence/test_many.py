"""Many attempts of one request get the verdicts that each gets by itself (GATE-01, GATE-02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from console.accounts.models import Account, AccountState
from console.accounts.querysets import tenant_guard
from console.endpoints.models import Endpoint
from sandbox.fence import services
from sandbox.fence.models import FenceDenial, HighRiskPrefix, NumberState
from sandbox.fence.policy import seed_policy
from tests.sandbox.fence.conftest import ABROAD, DID, UNVERIFIED, VERIFIED, sandbox_number

pytestmark = pytest.mark.django_db
SIP = f"sip:desk100000000001@{settings.SIP_DOMAIN}"
PENDING, EXPIRED, CLOSED, SPARED = "+12025550143", "+12025550144", "+14155550101", "+14155550199"
PLACES = (
    *(VERIFIED, UNVERIFIED, ABROAD, PENDING, EXPIRED, CLOSED, SPARED, DID, "+15005550130"),
    *(SIP, SIP.upper(), "sip:nobody@example.com", f"sip:{VERIFIED}@example.com", "+9791234567"),
    *("12025550142", "+1 202 555", "", "none"),
)
CALLERS = (DID, DID[1:], VERIFIED, UNVERIFIED, PENDING, SIP, "sip:nobody@example.com", "", "x")


@pytest.fixture
def world(account, did, verified, frozen):
    """An account with something of everything that the rules tell apart."""
    seed_policy()
    sandbox_number(account, PENDING, NumberState.PENDING)
    ago = frozen.now() - timedelta(days=100)
    sandbox_number(account, EXPIRED, verified_at=ago, expires_at=ago + timedelta(days=90))
    for number in (CLOSED, SPARED):
        sandbox_number(account, number)
    HighRiskPrefix.objects.create(prefix="+1415555", reason="fraud")
    HighRiskPrefix.objects.create(prefix="+14155550199", reason="an exception", open=True)
    Endpoint.objects.create(account=account, username="desk100000000001", ha1="0" * 32)
    return account


class _Undone(Exception):
    """Takes back what was asked for."""


def asked(ask):
    """What `ask` gives, and the refusals that it leaves, of which nothing stays."""
    try:
        with transaction.atomic(), tenant_guard():
            found = ask()
            left = list(FenceDenial.objects.unscoped("a test").order_by("pk").values("rule", "to"))
            raise _Undone
    except _Undone:
        return found, left


@budget(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    ways=st.lists(st.tuples(st.sampled_from(CALLERS), st.sampled_from(PLACES)), max_size=30),
    kind=st.sampled_from(["call", "message", "fax"]),
    state=st.sampled_from([AccountState.TRIAL, AccountState.ACTIVE, AccountState.SUSPENDED]),
    credit=st.sampled_from(["5", "0"]),
    in_line=st.booleans(),
)
def test_gate_02_many_together_are_judged_as_each_alone(world, ways, kind, state, credit, in_line):
    Account.objects.filter(pk=world.pk).update(state=state, credit=credit)
    origin = "api_message" if kind == "message" else "api_call"
    same = {"account": world, "kind": kind, "origin": origin}
    in_line = in_line or kind == "call"

    def one_by_one():
        return [
            services.check(**same, from_=from_, to=to, ahead=place if in_line else None)
            for place, (from_, to) in enumerate(ways)
        ]

    alone = asked(one_by_one)
    assert asked(lambda: services.check_each(**same, ways=ways, in_line=in_line)) == alone


def test_gate_11_refusals_of_a_shut_fence_are_all_kept(world):
    ways = [(DID, UNVERIFIED)] * 30
    verdicts = services.check_each(account=world, kind="message", ways=ways, origin="api_message")
    rules = [verdict.refused_by.rule for verdict in verdicts]
    assert rules == ["destination"] * 20 + ["denial_rate"] * 10
    kept = FenceDenial.objects.for_account(world).order_by("pk").values_list("rule", flat=True)
    assert list(kept) == rules


def test_gate_11_the_first_refusal_ends_a_request_that_stops_at_it(world):
    ways = [(DID, VERIFIED), (DID, UNVERIFIED), (DID, ABROAD)]
    found = services.check_each(
        account=world, kind="message", ways=ways, origin="api_message", stop=True
    )
    assert [verdict.allowed for verdict in found] == [True, False]
    assert FenceDenial.objects.for_account(world).count() == 1


def test_gate_03_when_the_facts_cannot_be_read_all_are_refused(world, monkeypatch):
    def broken(*args):
        raise RuntimeError("boom")

    monkeypatch.setattr("sandbox.fence.many.current_policy", broken)
    ways = [(DID, VERIFIED), (DID, VERIFIED)]
    found = services.check_each(account=world, kind="message", ways=ways, origin="api_message")
    assert [verdict.refusal.code for verdict in found] == ["unavailable", "unavailable"]


def test_gate_07_what_a_subaccount_does_not_rent_it_does_not_show(world, subaccount):
    found = services.check_each(
        account=world,
        subaccount=subaccount,
        kind="message",
        ways=[(DID, VERIFIED)],
        origin="api_message",
    )
    assert found[0].refusal.code == "caller_id_not_owned"


def test_a_thousand_destinations_take_as_many_queries_as_one(world, django_assert_max_num_queries):
    Account.objects.filter(pk=world.pk).update(state=AccountState.ACTIVE)
    ways = [(DID, f"+1202555{last:04d}") for last in range(100, 200)] * 10
    with django_assert_max_num_queries(14):
        found = services.check_each(
            account=world, kind="call", ways=ways, origin="api_call", in_line=True
        )
    assert len(found) == 1000
    assert all(verdict.allowed for verdict in found)
