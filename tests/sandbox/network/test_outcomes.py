"""Outcome numbers and scripts play their fates over time."""

from __future__ import annotations

import pytest

from console.core.outcomes import OUTCOMES, CallFate
from sandbox.network import services
from sandbox.network.models import HandsetScript
from tests.sandbox.network.conftest import events, live_on, ring


def _told(call):
    return [(one["event"], one["digits"], one["cause"]) for one in events(call)]


def _script(account, phone, **fields):
    return HandsetScript.objects.create(account=account, number=phone, **fields)


def test_0100_answers_at_once(account, frozen):
    call = ring(account, "+15005550100")
    assert (call.state, _told(call)) == ("up", [("answered", "", None)])


def test_0105_rings_for_five_seconds_and_answers(account, frozen):
    call = ring(account, "+15005550105")
    live_on(frozen, 4.9)
    assert _told(call) == []
    live_on(frozen, 0.2)
    assert _told(call) == [("answered", "", None)]


def test_the_time_scale_shortens_the_ring(account, frozen, settings):
    settings.TIME_SCALE = 20
    call = ring(account, "+15005550120")
    live_on(frozen, 1.0)
    assert _told(call) == [("answered", "", None)]


@pytest.mark.parametrize(
    ("ending", "event", "cause"),
    [
        ("21", "busy", 3010),
        ("22", "no_answer", 3000),
        ("23", "rejected", 3020),
        ("24", "failed", 2010),
        ("25", "failed", 3050),
        ("26", "failed", 3090),
        ("28", "failed", 3080),
    ],
)
def test_a_call_that_does_not_connect_ends_with_its_cause(account, frozen, ending, event, cause):
    call = ring(account, f"+150055501{ending}")
    live_on(frozen, 61)
    assert _told(call) == [(event, "", cause)]
    call.refresh_from_db()
    assert call.state == "ended"


def test_0130_is_a_machine_that_hangs_up_after_a_minute(account, frozen):
    call = ring(account, "+15005550130")
    live_on(frozen, 65)
    assert [one["event"] for one in events(call)] == ["answered", "said", "beeped", "hung_up"]
    assert events(call)[0]["greeting"] == [[0, 3.96, 11]]


def test_0150_presses_its_keys_a_second_apart(account, frozen):
    call = ring(account, "+15005550150")
    live_on(frozen, 5.5)
    assert "".join(digits for _, digits, _ in _told(call)) == "12"
    live_on(frozen, 5)
    call.refresh_from_db()
    assert call.digits_sent == "1234#"


def test_0163_hangs_up_three_seconds_after_its_answer(account, frozen):
    call = ring(account, "+15005550163")
    live_on(frozen, 5.1)
    assert _told(call) == [("answered", "", None), ("hung_up", "", 4000)]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda one: one.number[-4:])
def test_every_outcome_number_does_something_and_may_be_opened(account, frozen, outcome):
    call = ring(account, outcome.number)
    live_on(frozen, 130)
    assert events(call)
    assert services.handset_state(account=account, number=outcome.number)["calls"]
    stays = outcome.call.hangup_after is None and outcome.call.fate in {
        CallFate.ANSWERS,
        CallFate.FIRST_CARRIER_FAILS,
        CallFate.PRESSES_DIGITS,
    }
    call.refresh_from_db()
    assert call.state == ("up" if stays else "ended")


def test_a_phone_that_was_hung_up_presses_no_more_keys(account, driver, frozen):
    call = ring(account, "+15005550150")
    live_on(frozen, 4.5)
    driver.hang_up(call_uuid=call.pk, cause="NORMAL_CLEARING")
    live_on(frozen, 20)
    assert "".join(digits for _, digits, _ in _told(call)) == "1"


def test_a_script_answers_presses_and_hangs_up(account, phone, frozen):
    then = [
        {"after": 1, "digits": "1"},
        {"after": 2, "digits": "42#"},
        {"after": 1, "hangup": True},
    ]
    _script(account, phone, on_ring="answer", after=3, then=then)
    call = ring(account)
    live_on(frozen, 6.1)
    assert _told(call) == [("answered", "", None), ("digits", "1", None), ("digits", "42#", None)]
    live_on(frozen, 1)
    assert _told(call)[-1] == ("hung_up", "", None)


@pytest.mark.parametrize(("word", "event"), [("reject", "rejected"), ("busy", "busy")])
def test_a_script_refuses_the_call(account, phone, frozen, word, event):
    _script(account, phone, on_ring=word, after=0)
    assert [name for name, _, _ in _told(ring(account))] == [event]


def test_a_script_that_ignores_lets_it_ring(account, phone, frozen):
    _script(account, phone, on_ring="ignore")
    call = ring(account)
    live_on(frozen, 100)
    assert (call.state, _told(call)) == ("ringing", [])


def test_a_script_of_another_account_moves_nothing(account, other_account, phone, frozen):
    _script(other_account, phone, on_ring="answer")
    assert ring(account).state == "ringing"


def test_a_finger_that_was_quicker_than_the_script_wins(account, phone, frozen):
    _script(account, phone, on_ring="reject", after=5)
    call = ring(account)
    services.answer(account=account, number=phone)
    live_on(frozen, 10)
    assert [name for name, _, _ in _told(call)] == ["answered"]
