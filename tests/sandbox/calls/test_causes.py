"""Every hangup cause of compat/cdr.md section 2, each brought about in the simulated network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from console.accounts.models import Account
from console.core.clock import FrozenClock
from console.core.outcomes import OUTCOMES, find_outcome
from console.endpoints.models import Endpoint
from console.records.models import Cdr
from sandbox.calls import engine, sweep
from sandbox.calls.flow import events
from sandbox.calls.flow.causes import CAUSES
from sandbox.calls.models import Call
from sandbox.fence.models import HighRiskPrefix
from sandbox.network.models import Carrier, CarrierLeg, Route
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import FRIEND, PHONE, Line, act, call_in, ringing_at
from tests.support.answer_server import AnswerServer

pytestmark = pytest.mark.django_db

BY_NUMBER = {
    one.call.cause: one.number
    for one in OUTCOMES
    if one.call.cause is not None and not one.made_for_messages
}
"""A Dial of this outcome number ends its leg with the cause."""

ELSEWHERE = {
    0: "no event of the network leaves the cause unknown; records from outside may hold it",
    4020: "MultiPartyCall: tests/sandbox/conferences/test_multi_party_calls.py",
    4030: "MultiPartyCall: tests/sandbox/conferences/test_multi_party_calls.py",
    4240: "SIP credentials of an outside trunk: no SIP edge in the simulated network",
    4250: "SIP credentials of an outside trunk: no SIP edge in the simulated network",
    9100: "machine detection of the call API: tests/sandbox/calls/test_outbound.py",
}


@dataclass
class World:
    """What the ways below have at hand."""

    still: FrozenClock
    account: Account
    server: AnswerServer

    def answers(self, xml: str) -> None:
        """The document of the answer URL."""
        self.server.answers["/answer/"] = lambda got: f"<Response>{xml}</Response>"

    def call(self, xml: str = "", seconds: float = 0, **more: Any) -> Line:
        """A call comes in and the platform works for a while."""
        if xml:
            self.answers(xml)
        return call_in(self.account, self.still, **more).live(seconds)


@pytest.fixture
def world(frozen, account, server, did, proved) -> World:
    server.answers["/broken/"] = lambda got: (500, "")
    server.answers["/bad/"] = lambda got: "<Response><Nonsense/></Response>"
    return World(frozen, account, server)


WAYS: dict[int, Callable[[World], Any]] = {}


def way(code: int) -> Callable[[Callable[[World], Any]], Callable[[World], Any]]:
    def keep(do: Callable[[World], Any]) -> Callable[[World], Any]:
        WAYS[code] = do
        return do

    return keep


def number(e164: str, attributes: str = "") -> str:
    return f"<Dial {attributes}><Number>{e164}</Number></Dial>"


@way(1000)
def _hangs_up_before_the_answer(world: World) -> None:
    world.call(number(FRIEND), 3).hang_up().live(5)


@way(1010)
def _no_credit(world: World) -> None:
    Account.objects.filter(pk=world.account.pk).update(credit=0)
    world.call("<Speak>Hello</Speak>", 5)


@way(1020)
def _too_many_dials_of_one_phone(world: World) -> None:
    world.call("<Dial>" + f"<Number>{FRIEND}</Number>" * 11 + "</Dial>", 5)


@way(2000)
def _no_number(world: World) -> None:
    world.call(number("12"), 10)


@way(2020)
def _endpoint_without_a_phone(world: World) -> None:
    desk = Endpoint.objects.create(
        account=world.account, username="desk123456789012", alias="Desk", ha1="0" * 32
    )
    world.call(f"<Dial><User>{desk.sip_uri}</User></Dial>", 10)


@way(2030)
def _country_that_is_closed(world: World) -> None:
    world.call(number("+33639980142"), 10)


@way(2040)
def _number_that_is_not_verified(world: World) -> None:
    world.call(number("+12025550144"), 10)


@way(2050)
def _range_that_is_closed(world: World) -> None:
    HighRiskPrefix.objects.create(prefix=FRIEND[:9], reason="used for fraud")
    world.call(number(FRIEND), 10)


@way(2060)
def _calls_itself(world: World) -> None:
    world.call(number(PHONE), 10)


@way(3030)
def _foreign_caller_id(world: World) -> None:
    world.call(number(FRIEND, 'callerId="+12025550199"'), 10)


@way(4010)
def _end_of_the_document(world: World) -> None:
    world.call("<Speak>Hello</Speak>", 30)


@way(5010)
def _state_that_nobody_understands(world: World) -> None:
    line = world.call('<Wait length="60"/>', 2)
    Call.objects.filter(call_uuid=line.call_uuid).update(
        flow={"state": {"t": "Gone"}}, wake_by=world.still.now() - timedelta(minutes=1)
    )
    sweep.take_up_lost_calls()


@way(5020)
def _no_route(world: World) -> None:
    Route.objects.all().delete()
    world.call(number(FRIEND), 10)


@way(5030)
def _too_many_calls_at_a_time(world: World) -> None:
    for _ in range(3):
        world.call('<Wait length="60"/>', 2)


@way(6000)
def _time_limit(world: World) -> None:
    world.call('<Hangup schedule="5"/><Wait length="60"/>', 30)


@way(6010)
def _nobody_answers_in_time(world: World) -> None:
    world.call(number(FRIEND, 'timeout="20"'), 60)


@way(7011)
def _answer_url_fails(world: World) -> None:
    world.server.answers["/answer/"] = lambda got: (500, "")
    world.call(seconds=120)


@way(7012)
def _action_url_fails(world: World) -> None:
    world.call('<GetDigits action="/broken/" numDigits="1"/>', 2).press("1").live(120)


def _transfer(world: World, url: str, method: str = "POST") -> None:
    line = world.call('<Wait length="120"/>', 2)
    engine.apply(line.call_uuid, events.TransferAsked(url, method), key="transfer")
    line.live(120)


@way(7013)
def _transfer_url_fails(world: World) -> None:
    _transfer(world, f"{world.server.url}/broken/")


@way(7014)
def _redirect_url_fails(world: World) -> None:
    world.call("<Wait/><Redirect>/broken/</Redirect>", 120)


@way(7022)
def _action_url_is_none(world: World) -> None:
    world.call('<GetDigits action="ftp://files.example.com/" numDigits="1"/>', 2).press("1").live(9)


@way(7023)
def _transfer_url_is_none(world: World) -> None:
    _transfer(world, "ftp://files.example.com/")


@way(7024)
def _redirect_url_is_none(world: World) -> None:
    world.call("<Wait/><Redirect>ftp://files.example.com/</Redirect>", 30)


@way(7032)
def _action_method_is_none(world: World) -> None:
    document = '<GetDigits action="/next/" method="PUT" numDigits="1"/>'
    world.call(document, 2).press("1").live(9)


@way(7033)
def _transfer_method_is_none(world: World) -> None:
    _transfer(world, f"{world.server.url}/next/", "PUT")


@way(7034)
def _redirect_method_is_none(world: World) -> None:
    world.call('<Wait/><Redirect method="PUT">/next/</Redirect>', 30)


@way(8011)
def _answer_is_no_document(world: World) -> None:
    world.call("<Nonsense/>", 30)


@way(8012)
def _action_answers_no_document(world: World) -> None:
    world.call('<GetDigits action="/bad/" numDigits="1"/>', 2).press("1").live(30)


@way(8013)
def _transfer_answers_no_document(world: World) -> None:
    _transfer(world, f"{world.server.url}/bad/")


@way(8014)
def _redirect_answers_no_document(world: World) -> None:
    world.call("<Wait/><Redirect>/bad/</Redirect>", 30)


@way(9000)
def _another_phone_was_quicker(world: World) -> None:
    both = f"<Number>{FRIEND}</Number><Number>+15005550100</Number>"
    world.call(f"<Dial>{both}</Dial>", 3)


@way(9110)
def _wrong_confirm_key(world: World) -> None:
    world.server.answers["/confirm/"] = lambda got: "<Response><Speak>Press 5.</Speak></Response>"
    line = world.call(number(FRIEND, 'confirmSound="/confirm/" confirmKey="5"'), 3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(3)
    act(ringing_at(FRIEND), Deed.DIGITS, digits="6")
    line.live(30)


def test_every_cause_has_its_way_or_says_where_it_is_tested():
    assert set(BY_NUMBER) | set(WAYS) | set(ELSEWHERE) == set(CAUSES)
    assert not set(ELSEWHERE) & (set(BY_NUMBER) | set(WAYS))


@pytest.mark.parametrize("code", sorted(BY_NUMBER))
def test_an_outcome_number_ends_its_leg_with_the_cause(world, code):
    world.call(number(BY_NUMBER[code]), 130)
    record = Cdr.objects.get(leg="B")
    assert (record.hangup_code, record.hangup_name) == (code, CAUSES[code].name)


@pytest.mark.parametrize("code", sorted(WAYS))
def test_a_setting_or_a_document_brings_the_cause_about(world, code):
    WAYS[code](world)
    assert code in set(Cdr.objects.values_list("hangup_code", flat=True))


def test_every_carrier_at_its_capacity_is_congestion(world):
    Carrier.objects.update(capacity=0)
    world.call(number(FRIEND), 10)
    assert Cdr.objects.get(leg="B").hangup_code == 3090


def test_a_carrier_that_fails_on_purpose_hands_over_to_the_next(world):
    Carrier.objects.update(fault_percent=100)
    second = Carrier.objects.create(code="two", name="Simulated Two")
    Route.objects.create(prefix="+", carrier=second, priority=2, cost="0.01")
    line = world.call(number(FRIEND), 3)
    steps = line.line("routed")["steps"]
    assert [(one["carrier"], one["outcome"]) for one in steps] == [
        ("Simulated One", "failed"),
        ("Simulated Two", "taken"),
    ]
    assert line.legs[1].failed_over


def test_a_leg_fills_its_carrier_until_it_ends(world):
    line = world.call(number(FRIEND), 3)
    (carried,) = CarrierLeg.objects.all()
    assert carried.ended_at is None
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(5).hang_up().live(5)
    carried.refresh_from_db()
    assert (carried.cause, carried.answered) == (4000, True)
    assert carried.ended_at is not None


def test_a_failed_attempt_is_measured_though_its_leg_never_rang(world):
    world.call(number("+15005550128"), 10)
    (carried,) = CarrierLeg.objects.all()
    assert (carried.cause, carried.answered) == (3080, False)
    assert carried.ended_at is not None


def test_the_machine_answers_and_hangs_up_after_its_minute(world):
    line = world.call(number("+15005550130"), 130)
    record = Cdr.objects.get(leg="B")
    assert (record.state, record.duration, record.hangup_source) == ("ANSWER", 60, "Callee")
    assert "legs_connected" in line.kinds


def test_a_number_that_hangs_up_in_mid_call_is_the_recipients_doing(world):
    world.call(number("+15005550165"), 30)
    record = Cdr.objects.get(leg="B")
    assert (record.hangup_code, record.hangup_source, record.duration) == (4000, "Callee", 5)


def test_every_number_that_never_connects_does_so_within_its_ring_and_costs_nothing(world):
    outcome = find_outcome("+15005550134")
    assert outcome is not None and outcome.call.ring_seconds == 0
    world.call(number(outcome.number), 10)
    record = Cdr.objects.get(leg="B")
    assert (record.duration, record.amount) == (0, 0)
