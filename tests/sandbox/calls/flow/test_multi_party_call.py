"""MultiPartyCall: roles, hold, and how a participant's call goes on (compat/xml.md section 4)."""

import pytest

from sandbox.calls.flow import FlowXmlError, parse, rooms
from sandbox.calls.flow.causes import API_REQUEST, PLIVO
from sandbox.calls.flow.commands import Fetch, HangUp, Notify, Speak

from .talking import asked_for, left, mpc, see


@pytest.mark.parametrize("role", ["agent", "Supervisor", "CUSTOMER", "ai-agent"])
def test_a_role_may_be_written_in_any_case(role):
    assert dict(asked_for(mpc(f'role="{role}"')).wishes)["role"] == role.lower()


@pytest.mark.parametrize("role", ["", 'role="boss"'])
def test_without_a_role_the_document_is_refused_with_its_place(role):
    with pytest.raises(FlowXmlError) as error:
        parse(f"<Response>\n<MultiPartyCall {role}>Support</MultiPartyCall></Response>".encode())
    assert (error.value.code, error.value.line) == ("missing_attribute", 2)


def test_only_a_supervisor_coaches():
    assert dict(asked_for(mpc('role="supervisor"')).wishes)["coach"] is True
    assert dict(asked_for(mpc('role="supervisor" coachMode="false"')).wishes)["coach"] is False
    assert dict(asked_for(mpc('role="agent" coachMode="true"')).wishes)["coach"] is False


def test_event_groups_that_nobody_knows_are_left_out():
    line = mpc('statusCallbackEvents="mpc-state-changes, participant-digit-input-events,x"')
    events = dict(asked_for(line).wishes)["status_events"]
    assert events == "mpc-state-changes,participant-digit-input-events"
    assert line.notes("attribute_unusable")


@pytest.mark.parametrize(
    ("role", "asked"), [("agent", "/agents"), ("customer", "/customers"), ("supervisor", "")]
)
def test_on_hold_each_role_hears_its_own_music(role, asked):
    music = 'agentHoldMusicUrl="/agents" customerHoldMusicUrl="/customers"'
    line = see(mpc(f'role="{role}" {music}'), rooms.HELD)
    found = [(one.purpose, one.method, one.url) for one in line.of(Fetch)]
    expected = [("hold_music", "GET", f"https://app.example.com{asked}")] if asked else []
    assert found == expected


def test_waiting_music_stops_when_the_call_begins_and_the_wait_is_limited():
    line = see(mpc('waitMusicUrl="/wait" waitTime="30" startMpcOnEnter="false"'), rooms.WAITING)
    assert line.one(Fetch).method == "GET"
    assert [one.purpose for one in line.state.timers if one.purpose == "room_wait"]
    see(line, version=2)
    assert not [one for one in line.state.timers if one.purpose == "room_wait"]


def test_who_has_waited_long_enough_goes_on():
    line = see(mpc('waitTime="30"'), rooms.WAITING).fire("room_wait")
    assert left(line) == ["wait_over"]
    assert line.one(Speak).text == "after"


def test_who_has_waited_long_enough_and_has_nothing_left_is_at_the_end_of_the_document():
    line = see(mpc('waitTime="30"', after=""), rooms.WAITING).fire("room_wait")
    assert line.ended_with == 4010


def test_after_the_exit_its_document_runs():
    line = see(see(mpc('onExitActionUrl="/exit"')), rooms.LEFT, version=2, why="kicked")
    assert line.one(Fetch).url == "https://app.example.com/exit"


def test_after_the_exit_the_next_element_runs():
    line = see(see(mpc()), rooms.LEFT, version=2, why="kicked")
    assert line.one(Speak).text == "after"


@pytest.mark.parametrize(
    ("why", "source", "cause", "shown"),
    [
        ("kicked", API_REQUEST, 4030, API_REQUEST),
        ("ended", API_REQUEST, 4020, API_REQUEST),
        ("ended", "", 4020, PLIVO),
    ],
)
def test_a_call_that_was_let_go_with_nothing_left_ends_with_the_cause_of_that(
    why, source, cause, shown
):
    line = see(see(mpc(after="")), rooms.LEFT, version=2, why=why, source=source)
    assert line.ended_with == cause
    assert line.one(HangUp).source == shown


def test_hanging_up_leaves_and_tells_nobody_by_itself():
    line = see(mpc('onExitActionUrl="/exit"')).hang_up()
    assert left(line) == ["hangup"]
    assert not line.of(Notify)
    assert not line.of(Fetch)


def test_keys_are_relayed_only_when_asked_for():
    assert see(mpc()).press("1").one(rooms.RoomKeys).relay is False
    assert see(mpc('relayDTMFInputs="true"')).press("1").one(rooms.RoomKeys).relay is True


def test_who_leaves_while_waiting_leaves_no_timer_behind():
    line = see(mpc('waitTime="30"'), rooms.WAITING)
    see(line, rooms.LEFT, version=2, why="kicked")
    assert [one.purpose for one in line.state.timers] == ["time_limit"]
