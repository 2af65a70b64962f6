"""What customers' URLs are told, parameter by parameter (compat/callbacks.md 3.1 and 3.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from console.accounts.models import Account
from sandbox.calls import params
from sandbox.calls.flow.commands import Fetch, HangUp, Notify
from sandbox.calls.models import Call, Direction, Leg
from sandbox.fence.kinds import Origin

A_LEG, B_LEG, PARENT = (str(UUID(int=number)) for number in (1, 2, 3))
BEGAN = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("frozen")  # rows are made, and none is stored


def a_call(direction: str = Direction.INBOUND, **more) -> Call:
    facts = {"from_number": "+12025550142", "to_number": "12065550150", "started_at": BEGAN}
    account = Account(auth_id="MAQWERTYUIOPASDFGHJK", time_zone="Asia/Kolkata")
    return Call(account=account, call_uuid=UUID(A_LEG), direction=direction, **facts | more)


def a_leg(**more) -> Leg:
    facts = {"call_uuid": UUID(A_LEG), "rate": Decimal("0.0085"), "initiated_at": BEGAN}
    return Leg(**facts | more)


def a_b_leg(**more) -> Leg:
    numbers = {"from_number": "12065550150", "to_number": "12025550143"}
    return a_leg(call_uuid=UUID(B_LEG), child=2, **numbers, **more)


def over(seconds: int) -> dict[str, datetime]:
    answered = BEGAN + timedelta(seconds=7)
    return {"answered_at": answered, "ended_at": answered + timedelta(seconds=seconds)}


STANDARD = {
    "CallUUID": A_LEG,
    "From": "+12025550142",
    "To": "12065550150",
    "Direction": "inbound",
    "CallStatus": "ringing",
    "Event": "StartApp",
    "SessionStart": "2026-03-02 12:00:00.250000",
    "STIRVerification": "Not Applicable",
    "ParentAuthID": "MAQWERTYUIOPASDFGHJK",
    "BillRate": "0.00850",
}


def told(call: Call, leg: Leg) -> dict[str, str]:
    return params.standard(call, leg, event="StartApp", status="ringing")


def test_an_inbound_call_tells_the_standard_set_and_leaves_out_what_does_not_apply():
    assert told(a_call(), a_leg()) == STANDARD


def test_a_caller_who_is_known_and_signed_for_is_told():
    assert told(a_call(), a_leg(caller_name="Ann", attestation="B")) == STANDARD | {
        "CallerName": "Ann",
        "STIRVerification": "Verified",
        "STIRAttestation": "B",
    }


def test_sip_headers_are_told_by_their_names():
    assert told(a_call(sip_headers={"Ref": "42", "Empty": ""}), a_leg()) == STANDARD | {
        "X-PH-Ref": "42"
    }


@pytest.mark.parametrize(
    ("more", "aleg"),
    [
        ({"origin": Origin.API_CALL}, A_LEG),
        ({"origin": Origin.TRANSFER, "parent_call_uuid": UUID(PARENT)}, PARENT),
    ],
)
def test_an_outbound_call_tells_its_request_and_its_a_leg(more, aleg):
    assert told(a_call(Direction.OUTBOUND, **more), a_leg()) == STANDARD | {
        "Direction": "outbound",
        "ALegUUID": aleg,
        "ALegRequestUUID": aleg,
        "RequestUUID": A_LEG,
    }


HANGUP = HangUp(4000, "Normal Hangup", "Caller", "NORMAL_CLEARING", "completed", True, False)


def test_the_hangup_url_is_told_cause_bill_and_times_of_the_account():
    leg = a_leg(**over(61), amount=Decimal("0.017"))
    assert params.hangup(a_call(), leg, HANGUP) == STANDARD | {
        "CallStatus": "completed",
        "Event": "Hangup",
        "HangupCause": "NORMAL_CLEARING",
        "HangupCauseName": "Normal Hangup",
        "HangupCauseCode": "4000",
        "HangupSource": "Caller",
        "Duration": "61",
        "BillDuration": "120",
        "TotalCost": "0.01700",
        "StartTime": "2026-03-02 17:30:00",
        "AnswerTime": "2026-03-02 17:30:07",
        "EndTime": "2026-03-02 17:31:08",
    }


def test_a_call_that_was_never_answered_has_no_time_of_an_answer():
    said = params.hangup(a_call(), a_leg(ended_at=BEGAN), HANGUP)
    assert "AnswerTime" not in said
    assert (said["Duration"], said["BillDuration"], said["TotalCost"]) == ("0", "0", "0.00000")


def test_a_carrier_that_failed_before_is_told_only_when_it_happened():
    leg = a_leg(ended_at=BEGAN, failed_over=True)
    assert params.hangup(a_call(), leg, HANGUP)["CarrierFailoverTriggered"] == "true"
    leg.failed_over = False
    assert "CarrierFailoverTriggered" not in params.hangup(a_call(), leg, HANGUP)


def about(call: Call, legs: dict[int, Leg], command: Fetch | Notify) -> dict[str, str]:
    """What is told besides the standard set."""
    usual = params.standard(call, legs[0], event=command.event, status=command.call_status)
    found = params.for_command(call, legs, command, elements={})
    assert usual.items() <= found.items()
    return {name: value for name, value in found.items() if name not in usual}


def test_an_element_tells_its_own_parameters_with_its_event_and_status():
    command = Fetch(1, "action", "http://a.example", "POST", "", "Redirect", "in-progress")
    found = params.for_command(a_call(), {0: a_leg()}, command, elements={})
    assert (found["Event"], found["CallStatus"]) == ("Redirect", "in-progress")
    command = Fetch(1, "action", "http://a.example", "POST", extra=(("Digits", "1"),))
    assert about(a_call(), {0: a_leg()}, command) == {"Digits": "1"}


@pytest.mark.parametrize(("child", "uuid"), [(2, B_LEG), (0, ""), (9, "")])
def test_the_action_of_a_dial_is_told_its_legs(child, uuid):
    command = Fetch(1, "action", "http://a.example", "POST", element="Dial", child=child)
    legs = {0: a_leg(), 2: a_b_leg()}
    assert about(a_call(), legs, command) == {"DialALegUUID": A_LEG, "DialBLegUUID": uuid}


def test_a_dial_without_redirect_is_told_no_more():
    command = Notify(1, "action", "http://a.example", "POST", element="Dial", child=2)
    legs = {0: a_leg(), 2: a_b_leg()}
    assert set(about(a_call(), legs, command)) == {"DialALegUUID", "DialBLegUUID"}


def live(action: str) -> Notify:
    extra = (("DialAction", action),)
    return Notify(
        1, "dial_callback", "http://a.example", "POST", extra=extra, child=2, element="Dial"
    )


PARTIES = {
    "DialALegUUID": A_LEG,
    "DialBLegUUID": B_LEG,
    "DialBLegFrom": "12065550150",
    "DialBLegTo": "12025550143",
}


@pytest.mark.parametrize("action", ["ring", "answer", "connected", "digits"])
def test_the_callback_of_a_dial_is_told_the_parties(action):
    found = about(a_call(), {0: a_leg(), 2: a_b_leg()}, live(action))
    assert found == PARTIES | {"DialAction": action}


def test_the_callback_of_a_dial_is_told_the_bill_of_a_leg_that_ended():
    leg = a_b_leg(**over(60), amount=Decimal("0.0085"))
    assert about(a_call(), {0: a_leg(), 2: leg}, live("hangup")) == PARTIES | {
        "DialAction": "hangup",
        "DialBLegDuration": "60",
        "DialBLegBillDuration": "60",
        "DialBLegTotalCost": "0.00850",
        "DialBLegBillRate": "0.00850",
        "StartTime": "2026-03-02 17:30:00",
        "AnswerTime": "2026-03-02 17:30:07",
        "EndTime": "2026-03-02 17:31:07",
    }


def test_what_other_parts_know_of_their_element_goes_along():
    command = Fetch(1, "action", "http://a.example", "POST", element="Conference")
    elements = {"Conference": lambda call, asked: {"ConferenceName": "Lobby"}}
    found = params.for_command(a_call(), {0: a_leg()}, command, elements)
    assert found["ConferenceName"] == "Lobby"
