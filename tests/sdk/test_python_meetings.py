"""Conferences and multiparty calls, steered by the official Python SDK."""

from __future__ import annotations

import pytest
from plivo import exceptions, plivoxml

from tests.sdk.test_python_calls import did, document, heard, until  # noqa: F401 - a fixture
from tests.sdk.test_python_things import plain
from tests.support.api import differences, fixture

pytestmark = pytest.mark.stack
PHONES = ("+12025550146", "+12025550147")


@pytest.fixture(scope="module")
def phones(sdk) -> tuple[str, ...]:
    """Two sandbox numbers whose handsets answer by themselves and stay."""
    for phone in PHONES:
        sdk.stack.manage("verify_number", sdk.auth_id, phone, "--json")
        script = {"on_ring": "answer", "after": 0, "then": [{"after": 600, "hangup": True}]}
        sdk.client.request("PUT", ("Sandbox", "Handset", phone, "Script"), script)
    return PHONES


def deep(value: object) -> object:
    """An answer of the SDK as JSON would have it, objects inside lists too."""
    if isinstance(value, list):
        return [deep(one) for one in value]
    if isinstance(value, str | int | float | None):
        return value
    return {name: deep(one) for name, one in plain(value).items()}


def in_room(sdk, name: str, count: int):
    """The conference when so many are in it."""

    def look():
        try:
            room = sdk.client.conferences.get(name)
        except exceptions.ResourceNotFoundError:
            return None
        return room if room.conference_member_count == str(count) else None

    return until(look)


def test_a_conference_from_its_first_member_to_its_end(sdk, did, phones, answers):  # noqa: F811
    room = plivoxml.ConferenceElement("Stand up", enter_sound="beep:1")
    answers.answers["/meet/"] = lambda _: document(room)
    for phone in phones:
        sdk.client.calls.create(from_=did, to_=phone, answer_url=f"{answers.url}/meet/")
    conferences = sdk.client.conferences
    found = in_room(sdk, "Stand up", 2)
    assert differences(deep(found), fixture("conferenceGetResponse")) == []
    assert conferences.list().conferences == ["Stand up"]
    muted = conferences.member_mute("Stand up", "1,2")
    assert (muted.message, muted.member_id) == ("muted", "1,2")
    conferences.member_mute_stop("Stand up", "all")
    conferences.member_deaf("Stand up", "2")
    conferences.member_speak("Stand up", "1", "Two minutes left.")
    assert until(lambda: any("Two minutes left." in heard(sdk, one) for one in phones))
    conferences.member_play("Stand up", "1", "https://example.com/a.mp3")
    conferences.member_play_stop("Stand up", "1")
    recorded = conferences.record("Stand up", file_format="wav")
    assert differences(deep(recorded), fixture("conferenceRecordCreateResponse")) == []
    conferences.record_stop("Stand up")
    assert conferences.member_kick("Stand up", "1").message == "kicked"
    assert in_room(sdk, "Stand up", 1)
    conferences.hangup("Stand up")
    assert until(lambda: sdk.client.live_calls.list_ids().calls == [])
    with pytest.raises(exceptions.ResourceNotFoundError):
        conferences.get("Stand up")


def test_a_multiparty_call_from_its_first_participant_to_its_end(sdk, did, phones):  # noqa: F811
    mpcs = sdk.client.multi_party_calls
    added = mpcs.add_participant(
        "agent", friendly_name="Desk", from_=did, to_=phones[0], stay_alone=True
    )
    assert differences(deep(added), fixture("multiPartyCallsAddParticipantResponse")) == []
    assert until(lambda: [one.friendly_name for one in mpcs.list(status="Active")] == ["Desk"])
    mpcs.add_participant("customer", friendly_name="Desk", from_=did, to_=phones[1])

    def both():
        listed = mpcs.list_participants(friendly_name="Desk")
        return [one.role for one in listed] == ["agent", "customer"]

    assert until(both)
    changed = mpcs.update_participant("2", friendly_name="Desk", mute=True)
    assert set(deep(changed)["message"]) == {"mute"}
    assert mpcs.get_participant("2", friendly_name="Desk").mute is True
    mpcs.start_recording(friendly_name="Desk")
    mpcs.pause_recording(friendly_name="Desk")
    mpcs.resume_recording(friendly_name="Desk")
    mpcs.stop_recording(friendly_name="Desk")
    mpcs.kick_participant("2", friendly_name="Desk")
    mpc = mpcs.get(friendly_name="Desk")
    mpcs.stop(friendly_name="Desk")
    over = mpcs.get(uuid=mpc.mpc_uuid)
    assert (over.status, over.termination_cause_code) == ("Ended", 3000)
    assert until(lambda: sdk.client.live_calls.list_ids().calls == [])
    causes = [one["hangup_cause_code"] for one in sdk.client.calls.list(limit=2).objects]
    assert sorted(causes) == [4020, 4030]
