"""How a call begins and ends, whatever is going on."""

import pytest

from sandbox.calls.flow import events
from sandbox.calls.flow.causes import CAUSES, call_state, call_status, cause
from sandbox.calls.flow.commands import HangUp, StartTimer

from .line import Line

FOR_EVER = '<Speak loop="0">music</Speak>'


def test_a_caller_who_hangs_up_ends_the_call_normally():
    hangup = Line().run(FOR_EVER).hang_up().one(HangUp)
    assert (hangup.cause, hangup.source, hangup.drop_line) == (4000, "Caller", False)
    assert hangup.hangup_cause == "NORMAL_CLEARING"


def test_a_caller_who_hangs_up_before_the_answer_canceled_the_call():
    hangup = Line().begin().hang_up().one(HangUp)
    assert (hangup.cause, hangup.source, hangup.answered) == (1000, "Caller", False)
    assert hangup.hangup_cause == "ORIGINATOR_CANCEL"


@pytest.mark.parametrize(
    ("code", "status"), [(3010, "busy"), (3020, "failed"), (3000, "no-answer"), (2020, "failed")]
)
def test_an_outbound_call_that_is_not_taken_ends_with_the_cause_of_its_leg(code, status):
    line = Line(direction="outbound").send(events.OutgoingCall())
    hangup = line.send(events.LegEnded(cause=code)).one(HangUp)
    assert (hangup.cause, hangup.call_status) == (code, status)


def test_an_outbound_call_that_rings_too_long_ends_with_the_ring_timeout():
    line = Line(direction="outbound", ring_timeout_seconds=20).send(events.OutgoingCall())
    assert line.one(StartTimer).seconds == 20
    line.fire("ring")
    assert line.ended_with == 6010
    assert line.one(HangUp).call_status == "timeout"


def test_the_time_limit_counts_from_the_answer():
    line = Line(time_limit_seconds=600).begin()
    first = line.one(StartTimer).timer_id
    line.reply(FOR_EVER)
    second = line.one(StartTimer, lambda one: one.purpose == "time_limit")
    assert second.seconds == 600
    line.send(events.TimerFired(first))
    assert not line.state.is_over
    line.send(events.TimerFired(second.timer_id))
    assert line.ended_with == 6000


def test_the_api_hangs_up_before_and_after_the_answer():
    assert Line().begin().send(events.HangupAsked()).ended_with == 1000
    hangup = Line().run(FOR_EVER).send(events.HangupAsked()).one(HangUp)
    assert (hangup.cause, hangup.source) == (4000, "API Request")


def test_the_platform_ends_a_call_with_a_cause_of_its_own():
    hangup = Line().run(FOR_EVER).send(events.HangupAsked(cause=1010)).one(HangUp)
    assert (hangup.cause, hangup.source) == (1010, "Plivo")


def test_after_the_end_nothing_happens():
    line = Line().run(FOR_EVER).hang_up()
    over = line.state
    for event in (events.LegEnded(), events.IncomingCall(), events.HangupAsked()):
        assert line.send(event).last == ()
        assert line.state is over


def test_a_call_begins_once():
    line = Line().begin()
    before = line.state
    assert line.send(events.IncomingCall()).state == before


def test_nothing_is_armed_when_a_call_is_over():
    line = Line().run('<Hangup schedule="60"/><GetDigits timeout="9"/>').hang_up()
    assert line.state.timers == ()
    assert line.state.activity is None


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_every_cause_has_a_name_a_source_and_a_telephony_name(code):
    row = cause(code)
    assert row.code == code
    assert row.name
    assert row.source
    assert row.hangup_cause.isupper()


def test_a_cause_nobody_knows_is_unknown():
    assert cause(123).code == 0


@pytest.mark.parametrize(
    ("code", "answered", "direction", "status", "state"),
    [
        (4000, True, "outbound", "completed", "ANSWER"),
        (7012, True, "outbound", "completed", "ANSWER"),
        (3010, False, "outbound", "busy", "BUSY"),
        (3000, False, "outbound", "no-answer", "NO_ANSWER"),
        (6010, False, "outbound", "timeout", "TIMEOUT"),
        (1000, False, "outbound", "failed", "CANCEL"),
        (2030, False, "outbound", "failed", "FAILED"),
        (3010, False, "inbound", "completed", "BUSY"),
    ],
)
def test_final_status_and_state_follow_the_cause(code, answered, direction, status, state):
    assert call_status(code, answered=answered, direction=direction) == status
    assert call_state(code, answered=answered) == state


def test_a_call_is_new_then_rings_then_lives_then_has_ended():
    line = Line()
    phases = [line.state.phase]
    phases += [line.begin().state.phase, line.reply(FOR_EVER).state.phase]
    assert [*phases, line.hang_up().state.phase] == ["new", "ringing", "live", "ended"]
