"""Dial: the fence, the other phone, the bridge, one record a leg (compat/xml.md section 4)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from plivo import plivoxml

from console.core.models import OutboxRow
from console.records.models import Cdr
from sandbox.fence.models import FenceDenial
from sandbox.network.models import HandsetCaption, Permit
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import FRIEND, PHONE, act, call_in, credit_of, ringing_at

pytestmark = pytest.mark.django_db
THIRD = "+12025550144"


@pytest.fixture
def dials(server, did):
    """Answers with a Dial of the given numbers."""

    def to(*numbers: str, **attributes):
        def answer(got):
            response = plivoxml.ResponseElement()
            dial = plivoxml.DialElement(
                action=f"{server.url}/dialled/",
                callback_url=f"{server.url}/events/",
                **attributes,
            )
            for number in numbers:
                dial.add_number(number)
            return response.add(dial).to_string()

        server.answers["/answer/"] = answer
        server.answers["/events/"] = lambda got: ""
        server.answers["/dialled/"] = lambda got: (
            "<Response><Speak>After the dial.</Speak></Response>"
        )
        return server

    return to


def b_records() -> list[Cdr]:
    return list(Cdr.objects.filter(leg="B").order_by("to_number"))


def heard_at(call) -> list[str]:
    return [one.shown() for one in HandsetCaption.objects.filter(call=call).order_by("id")]


def test_a_dial_rings_the_other_phone_and_connects_both(frozen, account, proved, dials):
    server = dials(FRIEND)
    line = call_in(account, frozen).live(3)
    other = ringing_at(FRIEND)
    assert (other.state, other.from_number) == ("ringing", PHONE)
    act(other, Deed.ANSWER)
    line.live(1)
    assert f"You are talking with {FRIEND}." in line.heard
    assert heard_at(other) == [f"You are talking with {PHONE}."]
    frozen.advance(seconds=61)
    act(other, Deed.HANG_UP)
    line.live(60)
    (record,) = b_records()
    assert record.parent_call_uuid == line.call_uuid
    assert (record.direction, record.state) == ("outbound", "ANSWER")
    assert (record.duration, record.billed_duration) == (62, 120)
    assert (record.rate, record.amount) == (Decimal("0.02"), Decimal("0.04"))
    assert (record.hangup_code, record.hangup_source) == (4000, "Callee")
    assert (record.carrier, record.pop) == ("Simulated One", "us-east")
    (got,) = server.seen("/dialled/")
    assert got.params["DialStatus"] == "completed"
    assert got.params["DialRingStatus"] == "true"
    assert got.params["DialBLegUUID"] == str(record.call_uuid)
    assert got.params["DialALegUUID"] == str(line.call_uuid)
    assert line.heard[-1] == "After the dial."
    assert credit_of(account) == Decimal(10) - record.amount - line.cdr.amount


def test_rel_06_an_end_that_overtakes_the_phones_answer_waits_for_it(
    frozen, account, proved, dials
):
    dials(FRIEND)
    line = call_in(account, frozen).live(3)
    other = ringing_at(FRIEND)
    act(other, Deed.ANSWER)
    held = OutboxRow.objects.get(kind="call.phone_event", payload__event="answered")
    OutboxRow.objects.filter(pk=held.pk).update(next_at=frozen.now() + timedelta(seconds=5))
    act(other, Deed.HANG_UP)
    line.live(60)
    (record,) = b_records()
    assert (record.state, record.hangup_name) == ("ANSWER", "Normal Hangup")


def test_the_action_of_a_dial_that_nobody_answered_names_no_b_leg(frozen, account, proved, dials):
    server = dials(FRIEND)
    call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.BUSY)
    call_in(account, frozen).live(3)
    (got,) = server.seen("/dialled/")
    assert got.params["DialStatus"] == "busy"
    assert got.params["DialBLegUUID"] == ""


def test_gate_01_every_ring_used_up_one_permit(frozen, account, proved, dials):
    dials(FRIEND)
    call_in(account, frozen).live(3)
    (permit,) = Permit.objects.all()
    assert (permit.to, permit.origin) == (FRIEND, "xml_number")
    assert permit.consumed_at is not None


def test_gate_04_an_unverified_number_ends_its_leg_and_the_story_says_why(
    frozen, account, proved, dials
):
    server = dials(THIRD)
    line = call_in(account, frozen).live(60)
    assert ringing_at(THIRD) is None
    (record,) = b_records()
    assert record.hangup_code == 2040
    assert record.state == "FAILED"
    refused = line.line("refused")
    assert refused["rule"] == "destination"
    assert refused["fix_url"]
    assert FenceDenial.objects.count() == 1
    (got,) = server.seen("/dialled/")
    assert got.params["DialStatus"] == "failed"
    assert got.params["DialRingStatus"] == "false"


def test_gate_06_a_caller_id_that_is_not_the_accounts_ends_the_leg_with_3030(
    frozen, account, proved, dials
):
    dials(FRIEND, caller_id="+12025550199")
    call_in(account, frozen).live(30)
    assert b_records()[0].hangup_code == 3030


def test_the_first_to_answer_wins_and_the_other_lost_the_race(frozen, account, proved, dials):
    server = dials(FRIEND, "+15005550100")
    line = call_in(account, frozen).live(3)
    assert ringing_at(FRIEND).state == "ended"
    lost, won = b_records()[0], next(leg for leg in line.legs if leg.to_number != FRIEND)
    assert (lost.to_number, lost.hangup_code, lost.state) == (FRIEND, 9000, "CANCEL")
    assert lost.amount == 0
    line.hang_up().live(5)
    won.refresh_from_db()
    assert (won.cause, won.source) == (4000, "Caller")
    actions = [
        (one.params["DialAction"], one.params["DialBLegTo"]) for one in server.seen("/events/")
    ]
    assert ("hangup", FRIEND) in actions
    assert ("connected", "+15005550100") in actions


def test_the_dial_callback_at_the_end_carries_the_legs_bill(frozen, account, proved, dials):
    server = dials(FRIEND)
    line = call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(10)
    act(ringing_at(FRIEND), Deed.HANG_UP)
    line.live(5)
    told = [one.params for one in server.seen("/events/")]
    assert [one["DialAction"] for one in told] == ["ring", "answer", "connected", "hangup"]
    last = told[-1]
    assert last["DialBLegDuration"] == "10"
    assert last["DialBLegBillDuration"] == "60"
    assert last["DialBLegTotalCost"] == "0.02000"
    assert last["DialBLegBillRate"] == "0.02000"
    assert last["DialBLegHangupCauseCode"] == "4000"
    assert last["DialBLegHangupSource"] == "Callee"
    assert last["DialBLegFrom"] == PHONE
    assert last["DialBLegTo"] == FRIEND
    assert last["DialBLegPosition"] == "1"


@pytest.mark.parametrize(
    ("number", "cause", "status"),
    [
        ("+15005550121", 3010, "busy"),
        ("+15005550122", 3000, "no-answer"),
        ("+15005550123", 3020, "failed"),
    ],
)
def test_outcome_numbers_end_their_leg_as_the_table_says(
    frozen, account, proved, dials, number, cause, status
):
    server = dials(number)
    call_in(account, frozen).live(120)
    (record,) = b_records()
    assert record.hangup_code == cause
    assert server.seen("/dialled/")[0].params["DialStatus"] == status


def test_a_phone_nobody_takes_ends_at_the_ring_time_with_6010(frozen, account, proved, dials):
    server = dials(FRIEND, timeout=20)
    call_in(account, frozen).live(60)
    (record,) = b_records()
    assert (record.hangup_code, record.state, record.duration) == (6010, "TIMEOUT", 0)
    assert server.seen("/dialled/")[0].params["DialStatus"] == "timeout"
    assert ringing_at(FRIEND).state == "ended"


def test_when_the_caller_hangs_up_the_ringing_phone_falls_silent(frozen, account, proved, dials):
    server = dials(FRIEND)
    line = call_in(account, frozen).live(3).hang_up().live(5)
    assert ringing_at(FRIEND).state == "ended"
    assert b_records()[0].hangup_code == 1000
    assert server.seen("/dialled/")[0].params["DialStatus"] == "cancel"
    assert line.cdr.hangup_source == "Caller"


def test_a_call_to_ones_own_number_is_a_loop(frozen, account, proved, dials):
    dials(PHONE)
    call_in(account, frozen).live(10)
    assert b_records()[0].hangup_code == 2060


def test_a_confirm_key_is_asked_on_the_other_phone(frozen, account, proved, dials):
    server = dials(FRIEND, confirm_sound="/confirm/", confirm_key="5")
    server.answers["/confirm/"] = lambda got: "<Response><Speak>Press 5.</Speak></Response>"
    line = call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(3)
    assert heard_at(ringing_at(FRIEND)) == ["Press 5."]
    act(ringing_at(FRIEND), Deed.DIGITS, digits="5")
    line.live(1)
    assert f"You are talking with {FRIEND}." in line.heard
    act(ringing_at(FRIEND), Deed.HANG_UP)
    line.live(5)


def test_a_wrong_confirm_key_ends_the_leg_with_9110(frozen, account, proved, dials):
    server = dials(FRIEND, confirm_sound="/confirm/", confirm_key="5")
    server.answers["/confirm/"] = lambda got: "<Response><Speak>Press 5.</Speak></Response>"
    line = call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(3)
    act(ringing_at(FRIEND), Deed.DIGITS, digits="6")
    line.live(30)
    assert b_records()[0].hangup_code == 9110
    assert ringing_at(FRIEND).state == "ended"


def test_an_own_endpoint_without_a_phone_is_not_registered(frozen, account, proved, server, did):
    from console.endpoints.models import Endpoint

    endpoint = Endpoint.objects.create(
        account=account, username="desk123456789012", alias="Desk", ha1="0" * 32
    )
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><User>{endpoint.sip_uri}</User></Dial></Response>"
    )
    call_in(account, frozen).live(10)
    assert b_records()[0].hangup_code == 2020
