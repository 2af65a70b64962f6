"""Multiparty calls over the API, with the key sets of the SDKs' fixtures."""

from __future__ import annotations

import pytest

from sandbox.conferences.models import Member
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import act, ringing_at
from tests.sandbox.conferences.conftest import DID, FRIEND, PHONE, room, there
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
MPC = "<MultiPartyCall role='agent' stayAlone='true'>Support</MultiPartyCall>"
NAMED = "MultiPartyCall/name_Support/"


@pytest.fixture
def lines(answers, caller):
    """Two agents in `Support`."""
    answers(MPC)
    return caller(PHONE), caller(FRIEND)


def numbered() -> str:
    return f"MultiPartyCall/uuid_{room().room_uuid}/"


def test_the_list_has_the_fixtures_keys_and_counts(api, lines):
    body = api.get("MultiPartyCall/").json()
    assert differences(body, fixture("multiPartyCallsListMpcResponse")) == []
    assert body["meta"]["count"] == 1
    shown = body["objects"][0]
    assert (shown["status"], shown["friendly_name"]) == ("Active", "Support")
    assert (shown["stay_alone"], shown["end_time"], shown["duration"]) == (True, None, None)
    assert (shown["termination_cause"], shown["termination_cause_code"]) == (None, None)


def test_an_ended_one_is_found_by_its_uuid_alone(api, lines):
    first, second = lines
    first.hang_up(), second.hang_up().live(1)
    assert api.get(NAMED).status_code == 404
    body = api.get(numbered()).json()
    assert (body["status"], body["termination_cause_code"]) == ("Ended", 1000)
    assert body["termination_cause"] == "No Active Participants"
    assert (body["billed_duration"], body["duration"]) == (120, 2)
    assert body["end_time"] == "2026-03-02 12:00:02+00:00"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=active", 1),
        ("status=Ended", 0),
        ("friendly_name=Support", 1),
        ("friendly_name=Other", 0),
        ("termination_cause_code=1000", 0),
        ("creation_time__gt=2026-03-02 11:00", 1),
        ("end_time__lt=2026-03-02 11:00", 0),
    ],
)
def test_the_list_can_be_narrowed(api, lines, query, count):
    assert api.get(f"MultiPartyCall/?{query}").json()["meta"]["count"] == count


def test_a_status_that_nobody_knows_is_refused(api, lines):
    assert api.get("MultiPartyCall/?status=gone").status_code == 400


@pytest.mark.parametrize("status", ["active", ["active"]])
def test_starting_one_that_waits(api, answers, caller, status):
    answers(MPC.replace("stayAlone", "startMpcOnEnter='false' stayAlone"))
    caller(PHONE)
    answer = api.post(NAMED, {"status": status})
    assert answer.status_code == 202
    assert differences(answer.json(), fixture("multiPartyCallsStartMpcResponse")) == []
    assert answer.json()["message"] == "MPC: Support started"
    assert room().state == "active"


def test_a_participant_has_the_fixtures_keys(api, lines):
    lines[1].hang_up().live(1)
    body = api.get(f"{NAMED}Participant/2/").json()
    assert differences(body, fixture("multiPartyCallsGetParticipantResponse")) == [
        "body.billed_amount: string instead of number"  # compat/rest.md has a text
    ]
    assert (body["exit_cause"], body["role"]) == ("Participant Call Hangup", "agent")
    assert (body["duration"], body["billed_duration"]) == (1, 60)
    listed = api.get(f"{NAMED}Participant/").json()
    assert [one["member_id"] for one in listed["objects"]] == ["1", "2"]
    call_uuid = lines[0].call_uuid
    found = api.get(f"{NAMED}Participant/?call_uuid={call_uuid}").json()
    assert [one["member_id"] for one in found["objects"]] == ["1"]


def test_changing_participants(api, lines):
    answer = api.post(f"{NAMED}Participant/all/", {"mute": True, "hold": "true"})
    assert answer.status_code == 202
    assert set(answer.json()["message"]) == {"mute", "hold"}
    assert list(Member.objects.values_list("muted", "hold")) == [(True, True)] * 2
    answer = api.post(f"{NAMED}Participant/1/", {"coach_mode": False, "mute": False})
    wanted = fixture("multiPartyCallsUpdateMpcParticipantResponse")
    assert differences(answer.json(), wanted) == []


@pytest.mark.parametrize(("who", "body"), [("1", {}), ("all", {"coach_mode": True})])
def test_a_change_that_cannot_be_is_refused(api, lines, who, body):
    assert api.post(f"{NAMED}Participant/{who}/", body).status_code == 400


def test_removing_a_participant_ends_its_call_with_4030(api, lines):
    assert api.delete(f"{numbered()}Participant/1/").status_code == 204
    lines[0].live(1)
    assert lines[0].cdr.hangup_code == 4030
    assert there() == [FRIEND]


def test_ending_one_ends_the_calls_with_4020(api, lines):
    assert api.delete(NAMED).status_code == 204
    lines[0].live(1)
    assert {line.cdr.hangup_code for line in lines} == {4020}
    assert api.get(numbered()).json()["termination_cause"] == "Hangup API Triggered"


def test_playing_to_a_participant(api, lines):
    answer = api.post(f"{NAMED}Member/1/Play/", {"url": "https://example.com/a.mp3"})
    assert answer.status_code == 202
    assert differences(answer.json(), fixture("multiPartyCallsStartPlayAudioResponse")) == []
    assert answer.json()["mpcMemberId"] == ["1"]
    assert api.delete(f"{NAMED}Member/1/Play/").status_code == 204


def test_a_dialled_participant_joins_when_it_answers(api, lines, proved, server):
    answer = api.post(
        f"{NAMED}Participant/",
        {
            "role": "Customer",
            "from": DID,
            "to": FRIEND,
            "call_status_callback_url": f"{server.url}/told/",
        },
    )
    assert answer.status_code == 201
    assert differences(answer.json(), fixture("multiPartyCallsAddParticipantResponse")) == []
    lines[0].live(2)
    act(ringing_at(FRIEND), Deed.ANSWER)
    lines[0].live(1)
    member = Member.objects.get(room=room(), member_id=3)
    assert member.role == "customer"
    assert str(member.call.call_uuid) == answer.json()["calls"][0]["call_uuid"]
    assert lines[0].heard[-2:] == ["+1 202 555 0143 joined.", "beep"]
    told = [got.params["Event"] for got in server.received if got.path == "/told/"]
    assert "Ring" in told


def test_the_first_participant_that_is_dialled_makes_the_call(api, answers, proved, frozen):
    from tests.support.drain import drain

    answers()
    body = {"role": "agent", "from": DID, "to": FRIEND}
    assert api.post("MultiPartyCall/name_New%20one/Participant/", body).status_code == 201
    drain(frozen, seconds=2)
    act(ringing_at(FRIEND), Deed.ANSWER)
    drain(frozen, seconds=1)
    assert (room().name, there()) == ("New one", [FRIEND])


def test_a_living_call_can_be_moved_into_one(api, answers, caller):
    answers(phone="<Wait length='60'/>", friend=MPC)
    moved, _ = caller(PHONE), caller(FRIEND)
    body = {"role": "customer", "call_uuid": str(moved.call_uuid)}
    answer = api.post(f"{NAMED}Participant/", body)
    assert answer.status_code == 201
    moved.live(1)
    assert sorted(there()) == [PHONE, FRIEND]
    assert Member.objects.get(member_id=2).role == "customer"


@pytest.mark.parametrize(
    "body",
    [
        {"role": "boss", "from": DID, "to": FRIEND},
        {"role": "customer", "from": DID, "to": f"{FRIEND}<{PHONE}"},
        {"role": "agent", "from": DID},
        {"from": DID, "to": FRIEND},
    ],
)
def test_a_participant_that_cannot_be_added_is_refused(api, lines, proved, body):
    assert api.post(f"{NAMED}Participant/", body).status_code == 400


def test_ten_02_a_stranger_finds_nothing(other_api, lines):
    assert other_api.get("MultiPartyCall/").json()["objects"] == []
    for path in (NAMED, numbered(), f"{numbered()}Participant/", f"{numbered()}Participant/1/"):
        assert other_api.get(path).status_code == 404
    assert other_api.delete(numbered()).status_code == 404
    body = {"role": "agent", "call_uuid": str(lines[0].call_uuid)}
    assert other_api.post(f"{NAMED}Participant/", body).status_code == 404


def test_gate_04_an_added_participant_passes_the_fence_or_does_not_ring(
    api, account, answers, proved, frozen
):
    from console.accounts.models import AccountState
    from sandbox.network.models import HandsetCall, Permit
    from tests.support.drain import drain

    answers()
    account.state = AccountState.TRIAL
    account.save()
    statuses = {}
    for to in (FRIEND, "+12025550149", "+81355550123"):
        body = {"role": "agent", "from": DID, "to": to}
        statuses[to] = api.post("MultiPartyCall/name_Gate/Participant/", body).status_code
    drain(frozen, seconds=3)
    assert statuses == {FRIEND: 201, "+12025550149": 400, "+81355550123": 403}
    rung = set(HandsetCall.objects.filter(direction="inbound").values_list("number", flat=True))
    permits = set(Permit.objects.exclude(consumed_at=None).values_list("to", flat=True))
    assert rung == permits == {FRIEND}
