"""The record of a leg, field by field (compat/cdr.md section 1)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.records.models import Cdr
from sandbox.calls.models import Leg
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, act, call_in, credit_of, ringing_at

pytestmark = pytest.mark.django_db
DIAL = f"<Response><Dial><Number>{FRIEND}</Number></Dial></Response>"


def fields(record: Cdr, *names: str) -> dict[str, object]:
    return {name: getattr(record, name) for name in names}


@pytest.fixture
def forwarded(frozen, account, proved, did, server) -> tuple[Cdr, Cdr]:
    """Records of a call that was forwarded, answered after five seconds and ended a minute on."""
    server.answers["/answer/"] = lambda got: DIAL
    line = call_in(account, frozen).live(5)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(61).hang_up().live(1)
    b_leg = Leg.objects.get(child__gt=0)
    return line.cdr, Cdr.objects.get(call_uuid=b_leg.call_uuid)


def test_the_record_of_the_a_leg_says_who_called_and_for_how_long(forwarded, application):
    a_leg, _ = forwarded
    assert fields(a_leg, "leg", "direction", "state", "from_number", "to_number") == {
        "leg": "A",
        "direction": "inbound",
        "state": "ANSWER",
        "from_number": PHONE,
        "to_number": DID,
    }
    assert fields(a_leg, "duration", "billed_duration", "rate", "amount") == {
        "duration": 61,
        "billed_duration": 120,
        "rate": Decimal("0.01"),
        "amount": Decimal("0.02"),
    }
    assert fields(a_leg, "hangup_code", "hangup_name", "hangup_source") == {
        "hangup_code": 4000,
        "hangup_name": "Normal Hangup",
        "hangup_source": "Caller",
    }
    assert (a_leg.parent_call_uuid, a_leg.app_id) == (None, application.app_id)


def test_the_record_of_the_b_leg_belongs_to_the_a_leg_and_names_its_way(forwarded):
    a_leg, b_leg = forwarded
    assert fields(b_leg, "leg", "direction", "state", "parent_call_uuid", "to_number") == {
        "leg": "B",
        "direction": "outbound",
        "state": "ANSWER",
        "parent_call_uuid": a_leg.call_uuid,
        "to_number": FRIEND,
    }
    assert fields(b_leg, "rate", "amount", "carrier", "pop", "region") == {
        "rate": Decimal("0.02"),
        "amount": Decimal("0.04"),
        "carrier": "Simulated One",
        "pop": "us-east",
        "region": "US",
    }


def test_the_times_of_a_record_are_those_of_its_leg(forwarded):
    a_leg, b_leg = forwarded
    assert a_leg.answered_at == b_leg.answered_at
    assert (a_leg.answered_at - a_leg.initiated_at).total_seconds() == 5
    assert a_leg.ended_at == b_leg.ended_at
    assert (a_leg.ended_at - a_leg.answered_at).total_seconds() == 61


def test_both_legs_are_taken_from_the_credit(forwarded, account):
    assert credit_of(account) == Decimal("9.94")
