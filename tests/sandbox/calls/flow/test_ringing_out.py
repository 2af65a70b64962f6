"""An outbound call before and at its answer: rings, the hangup on ring, answering machines."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import Notify, StartTimer

from .line import Line

RING = "https://app.example.com/ring"
MACHINE = "https://app.example.com/machine"
LONG_GREETING = ((0, 9, 30),)
SHORT_GREETING = ((0, 0.4, 1),)


def called(**leg) -> Line:
    return Line(direction="outbound", **leg).send(events.OutgoingCall())


def purposes(line: Line) -> list[str]:
    return [one.purpose for one in line.state.timers]


def test_the_ring_url_is_told_once():
    line = called(ring_url=RING, ring_method="GET").send(events.LegRinging())
    told = line.one(Notify)
    assert (told.purpose, told.url, told.method) == ("ring", RING, "GET")
    assert (told.event, told.call_status) == ("Ring", "ringing")
    assert line.send(events.LegRinging()).last == ()


def test_the_story_says_that_the_phone_rings():
    assert called().send(events.LegRinging()).notes("phone_rings") == [{}]


def test_a_ring_arms_nothing_unless_that_is_asked_for():
    assert purposes(called().send(events.LegRinging())) == ["ring"]


def test_a_hangup_on_ring_of_zero_ends_the_call_with_its_first_ring():
    line = called(hangup_on_ring_seconds=0).send(events.LegRinging())
    assert line.ended_with == 6000


def test_a_hangup_on_ring_counts_from_the_first_ring():
    line = called(hangup_on_ring_seconds=7).send(events.LegRinging())
    assert line.one(StartTimer).seconds == 7
    assert line.fire("hangup_on_ring").ended_with == 6000


def test_an_answer_forgets_the_hangup_on_ring():
    line = called(hangup_on_ring_seconds=7).send(events.LegRinging()).send(events.LegAnswered())
    assert purposes(line) == ["time_limit"]


def test_a_ring_that_comes_after_the_answer_changes_nothing():
    line = called(ring_url=RING, hangup_on_ring_seconds=0).send(events.LegAnswered())
    assert line.send(events.LegRinging()).last == ()


def test_an_inbound_call_does_not_ring_by_itself():
    line = Line(ring_url=RING, hangup_on_ring_seconds=0).send(events.IncomingCall())
    assert line.send(events.LegRinging()).last == ()


def test_an_inbound_call_is_not_answered_by_a_phone():
    assert Line().send(events.IncomingCall()).send(events.LegAnswered()).last == ()


def answered(greeting=LONG_GREETING, **leg) -> Line:
    return called(machine_url=MACHINE, **leg).send(events.LegAnswered(greeting=greeting))


def test_a_machine_is_told_about_and_the_call_goes_on():
    line = answered(machine="continue", machine_method="GET")
    assert line.one(StartTimer, lambda one: one.purpose == "machine_words").seconds == 1.2
    told = line.fire("machine_words").one(Notify)
    assert (told.purpose, told.url, told.method) == ("machine", MACHINE, "GET")
    assert (told.event, told.call_status) == ("MachineDetection", "in-progress")
    assert told.extra == (("Machine", "true"), ("IfMachine", "continue"))
    assert line.notes("machine_detected") == [{"action": "continue", "because": "words"}]
    assert not line.state.is_over


def test_a_machine_is_hung_up_on_where_that_is_asked_for():
    line = answered(machine="hangup").fire("machine_words")
    assert line.one(Notify).extra == (("Machine", "true"), ("IfMachine", "hangup"))
    assert line.ended_with == 9100


def test_without_a_machine_url_nobody_is_told_of_a_machine():
    line = called(machine="continue").send(events.LegAnswered(greeting=LONG_GREETING))
    assert line.fire("machine_words").ever(Notify) == []


@pytest.mark.parametrize(
    ("machine", "greeting"), [("", LONG_GREETING), ("hangup", SHORT_GREETING), ("hangup", ())]
)
def test_a_person_or_a_machine_nobody_looks_for_is_talked_to(machine, greeting):
    assert purposes(answered(greeting, machine=machine)) == ["time_limit"]
