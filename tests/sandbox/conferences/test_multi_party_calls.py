"""Multiparty calls: states, roles, what the status URL hears, how each call ends."""

from __future__ import annotations

import pytest

from sandbox.conferences import services
from sandbox.conferences.models import ExitCause, Member, RoomState, Termination
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import act
from tests.sandbox.conferences.conftest import FRIEND, OTHER, PHONE, room, there

pytestmark = pytest.mark.django_db
ALL_EVENTS = (
    "mpc-state-changes,participant-state-changes,participant-digit-input-events,"
    "add-participant-api-events"
)


def mpc(role: str = "agent", more: str = "", events: str = ALL_EVENTS) -> str:
    told = f"statusCallbackUrl='/status/' statusCallbackEvents='{events}'"
    return f"<MultiPartyCall role='{role}' {told} {more}>Support</MultiPartyCall>"


def statuses(server) -> list[str]:
    return [got.params["EventName"] for got in server.received if got.path == "/status/"]


def status(server, name: str) -> dict[str, str]:
    found = [got.params for got in server.received if got.path == "/status/"]
    return next(one for one in found if one["EventName"] == name)


@pytest.fixture
def where(account):
    """The keywords that lead a service to the newest room."""
    return lambda: {"account": account, "room_uuid": room().room_uuid}


def test_a_multiparty_call_goes_through_its_states(server, answers, caller):
    answers(phone=mpc("customer", "startMpcOnEnter='false' stayAlone='true'"), friend=mpc("agent"))
    first = caller(PHONE)
    assert (room().state, room().started_at) == (RoomState.INITIALIZED, None)
    second = caller(FRIEND)
    assert room().state == RoomState.ACTIVE
    first.hang_up().live(1)
    second.hang_up().live(1)
    assert (room().state, room().termination) == (RoomState.ENDED, Termination.EMPTY)
    assert statuses(server) == [
        *("MPCInitialized", "ParticipantJoin", "ParticipantJoin", "MPCStart"),
        *("ParticipantExit", "ParticipantExit", "MPCEnd"),
    ]


def test_statuses_are_numbered_in_the_order_in_which_things_happened(server, answers, caller):
    answers(mpc())
    caller(PHONE).hang_up().live(1)
    told = [got.headers for got in server.received if got.path == "/status/"]
    numbers = [int(one["X-Ringfence-Sequence"]) for one in told]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 0


def test_a_status_tells_who_and_where(server, answers, caller):
    answers(mpc("supervisor"))
    line = caller(PHONE)
    told = status(server, "ParticipantJoin")
    expected = {
        "MPCUUID": str(room().room_uuid),
        "MPCName": "Support",
        "MemberID": "1",
        "ParticipantRole": "supervisor",
        "ParticipantCallUUID": str(line.call_uuid),
        "ParticipantCoachMode": "true",
        "EventTimestamp": "2026-03-02 12:00:00.000000+00:00",
    }
    assert {name: told[name] for name in expected} == expected


def test_the_end_tells_how_long_it_was(server, answers, caller):
    answers(mpc())
    caller(PHONE).live(89).hang_up().live(1)
    told = status(server, "MPCEnd")
    assert (told["MPCDuration"], told["MPCBilledDuration"]) == ("90", "120")


def test_only_the_groups_that_were_asked_for_are_told(server, answers, caller):
    answers(mpc(events="participant-digit-input-events"))
    caller(PHONE).press("12").live(1)
    assert statuses(server) == ["ParticipantDigitInput"]
    assert status(server, "ParticipantDigitInput")["Digits"] == "12"


def test_who_would_be_alone_ends_with_cause_4020(answers, caller):
    answers(mpc())
    first, second = caller(PHONE), caller(FRIEND)
    second.hang_up().live(1)
    assert room().termination == Termination.ALONE
    assert (first.cdr.hangup_code, first.cdr.hangup_source) == (4020, "Plivo")
    assert first.cdr.conference_uuid == room().room_uuid
    causes = Member.objects.order_by("member_id").values_list("exit_cause", flat=True)
    assert list(causes) == [ExitCause.ENDED, ExitCause.HANGUP]


def test_who_is_removed_ends_with_cause_4030(answers, caller, where):
    answers(mpc(more="stayAlone='true'"))
    first, _ = caller(PHONE), caller(FRIEND)
    services.kick_members(**where(), members="1")
    first.live(1)
    assert (first.cdr.hangup_code, first.cdr.hangup_source) == (4030, "API Request")


def test_the_exit_document_runs_and_is_told_of_the_time_in_the_call(server, answers, caller, where):
    answers(mpc("customer", "onExitActionUrl='/done/' stayAlone='true'"))
    line = caller(PHONE)
    services.end_room(**where())
    line.live(1)
    assert not line.call.is_over
    told = next(got.params for got in server.received if got.path == "/done/")
    expected = {
        "MPCUUID": str(room().room_uuid),
        "MPCFriendlyName": "Support",
        "MemberID": "1",
        "ParticipantCallUUID": str(line.call_uuid),
        "ParticipantRole": "customer",
        "ParticipantJoinTime": "2026-03-02 12:00:00+00:00",
        "ParticipantEndTime": "2026-03-02 12:00:01+00:00",
    }
    assert {name: told[name] for name in expected} == expected
    assert room().termination == Termination.API


def test_it_ends_when_it_has_lasted_long_enough(answers, caller):
    answers(mpc(more="maxDuration='300'"))
    line = caller(PHONE, seconds=301)
    assert room().termination == Termination.TOO_LONG
    assert line.cdr.hangup_code == 4020


def test_the_api_starts_a_call_that_waits(server, answers, caller, where):
    answers(mpc(more="startMpcOnEnter='false'"))
    line = caller(PHONE)
    services.start_room(**where())
    services.start_room(**where())
    line.live(1)
    assert line.heard[-1] == "You are in Support, alone."
    assert statuses(server).count("MPCStart") == 1


def test_on_hold_a_participant_hears_music_and_is_not_heard(server, answers, caller, where):
    server.answers["/music/"] = lambda got: "<Response><Speak>La la la.</Speak></Response>"
    answers(mpc(more="relayDTMFInputs='true' agentHoldMusicUrl='/music/'"))
    first, second = caller(PHONE), caller(FRIEND)
    services.update_members(**where(), members="1", hold=True)
    first.live(1)
    held = first.heard[first.heard.index("You are on hold.") :]
    assert set(held[1:]) == {"La la la."}
    first.press("7").live(1)
    assert "7" not in second.heard
    services.update_members(**where(), members="1", hold=False)
    first.live(1).press("8").live(1)
    assert second.heard[-1] == "8"
    asked = [one for one in statuses(server) if "old" in one]
    assert asked == ["ParticipantHold", "ParticipantUnhold"]


def test_a_coaching_supervisor_is_heard_by_agents_alone(answers, caller, where, server):
    relay = "relayDTMFInputs='true'"
    answers(
        phone=mpc("supervisor", relay), friend=mpc("agent", relay), other=mpc("customer", relay)
    )
    coach, agent, customer = caller(PHONE), caller(FRIEND), caller(OTHER)
    coach.press("1").live(1)
    assert agent.heard[-1] == "1"
    assert "1" not in customer.heard
    services.update_members(**where(), members="1", coach=False)
    coach.press("2").live(1)
    assert customer.heard[-1] == "2"
    assert "ParticipantCoachModeStop" in statuses(server)


def test_changing_nothing_tells_nobody(server, answers, caller, where):
    answers(mpc())
    line = caller(PHONE)
    before = statuses(server)
    services.update_members(**where(), muted=False)
    line.live(1)
    assert statuses(server) == before


def test_the_first_participant_says_how_many_may_come(answers, caller):
    answers(phone=mpc(more="maxParticipants='2'"), friend=mpc(), other=mpc())
    caller(PHONE), caller(FRIEND)
    third = caller(OTHER)
    assert there() == [PHONE, FRIEND]
    assert third.cdr.hangup_code == 4010


@pytest.mark.parametrize("state", [{"muted": True}, {"hold": True}])
def test_words_of_one_who_was_silenced_a_moment_ago_reach_nobody(answers, caller, account, state):
    answers(mpc(more="stayAlone='true'"))
    first, second = caller(PHONE), caller(FRIEND)
    services.update_members(account=account, room_uuid=room().room_uuid, members="1", **state)
    act(first.phone, Deed.SAY, text="Good morning.")
    first.live(1, leave=("room.tell",)).live(1)
    assert not any("Good morning." in one for one in second.heard)
