"""Conferences, multiparty calls, recordings, streams, prices, look-ups: by the Python SDK."""

from __future__ import annotations

import pytest
from plivo import exceptions, plivoxml

from tests.sdk.test_python_calls import document, until
from tests.sdk.test_python_things import plain
from tests.support.api import differences, fixture

pytestmark = pytest.mark.stack
ANSWERS = "+15005550100"
ROOM, PARTY = "My Conf Room", "The Party"


@pytest.fixture(scope="module")
def did(sdk) -> str:
    """A rented number to call from."""
    number = sdk.client.numbers.search(country_iso="US", limit=1).objects[0]["number"]
    sdk.client.numbers.buy(number)
    return number


@pytest.fixture(scope="module")
def urls(answers):
    """What the customer's server says."""
    answers.answers["/room/"] = lambda _: document(plivoxml.ConferenceElement(ROOM))
    answers.answers["/party/"] = lambda _: document(
        plivoxml.MultiPartyCallElement(PARTY, role="agent")
    )
    answers.answers["/hello/"] = lambda _: document(plivoxml.SpeakElement("Hello"))
    answers.answers["/long/"] = lambda _: document(plivoxml.WaitElement(length=3600))
    return answers


def fire(sdk, did, urls, path: str) -> str:
    """The uuid of a call that runs the document at `path`."""
    url = f"{urls.url}{path}"
    return sdk.client.calls.create(from_=did, to_=ANSWERS, answer_url=url).request_uuid


def members(sdk) -> list:
    """Who is in the room; empty when there is none."""
    try:
        return sdk.client.conferences.get(ROOM).members
    except exceptions.ResourceNotFoundError:
        return []


def test_a_conference_is_listed_steered_and_hung_up(sdk, did, urls):
    fire(sdk, did, urls, "/room/")
    fire(sdk, did, urls, "/room/")
    assert until(lambda: len(members(sdk)) == 2)
    assert ROOM in sdk.client.conferences.list().conferences
    found = sdk.client.conferences.get(ROOM)
    assert differences(plain(found), fixture("conferenceGetResponse")) == []
    first = members(sdk)[0]
    one = first["member_id"] if isinstance(first, dict) else first.member_id
    assert sdk.client.conferences.member_mute(ROOM, one).message == "muted"
    sdk.client.conferences.member_mute_stop(ROOM, one)
    assert sdk.client.conferences.member_deaf(ROOM, one).message == "deaf"
    sdk.client.conferences.member_deaf_stop(ROOM, one)
    sdk.client.conferences.member_speak(ROOM, one, "Hello")
    sdk.client.conferences.member_speak_stop(ROOM, one)
    sdk.client.conferences.member_play(ROOM, one, f"{urls.url}/sound.wav")
    sdk.client.conferences.member_play_stop(ROOM, one)
    assert sdk.client.conferences.member_kick(ROOM, one).message == "kicked"
    assert until(lambda: len(members(sdk)) == 1)
    sdk.client.conferences.hangup(ROOM)
    assert until(lambda: not members(sdk))


def test_a_conference_of_nobody_is_not_found(sdk):
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.conferences.get("Nobody")


def test_a_multiparty_call_is_listed_steered_and_ended(sdk, did, urls):
    fire(sdk, did, urls, "/party/")
    found = until(lambda: sdk.client.multi_party_calls.list(friendly_name=PARTY).objects)
    assert found
    mpc = sdk.client.multi_party_calls.get(friendly_name=PARTY)
    assert mpc.status == "Active"
    inside = sdk.client.multi_party_calls.list_participants(friendly_name=PARTY).objects
    assert len(inside) == 1
    added = sdk.client.multi_party_calls.add_participant(
        friendly_name=PARTY, role="agent", from_=did, to_=ANSWERS
    )
    assert added.message == "add participant action initiated"
    names = {"friendly_name": PARTY}
    assert until(lambda: len(sdk.client.multi_party_calls.list_participants(**names).objects) == 2)
    sdk.client.multi_party_calls.stop(friendly_name=PARTY)
    uuid = mpc.mpc_uuid
    ended = until(lambda: sdk.client.multi_party_calls.get(uuid=uuid).status == "Ended")
    assert ended


def test_a_living_call_is_recorded_and_the_recording_found(sdk, did, urls):
    call = fire(sdk, did, urls, "/long/")
    assert until(lambda: call in sdk.client.live_calls.list_ids().calls)
    made = until(lambda: _record(sdk, call))
    assert made.message == "call recording started"
    sdk.client.calls.record_stop(call)
    sdk.client.calls.hangup(call)
    listed = until(lambda: sdk.client.recordings.list(call_uuid=call).objects)
    recording = listed[0]
    found = sdk.client.recordings.get(recording.recording_id)
    assert differences(plain(found), fixture("recordingGetResponse")) == []
    sdk.client.recordings.delete(recording.recording_id)
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.recordings.get(recording.recording_id)


def _record(sdk, call):
    try:
        return sdk.client.calls.record(call)
    except exceptions.ResourceNotFoundError:
        return None


def test_prices_are_told(sdk):
    found = sdk.client.pricing.get("US")
    assert differences(plain(found), fixture("pricingGetResponse")) == []


def test_a_number_is_looked_up(sdk):
    found = sdk.client.lookup.get("+14155550100")
    assert found.phone_number == "+14155550100"
    assert found.country.iso2 == "US"
