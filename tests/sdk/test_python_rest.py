"""The rarer operations, by the official Python SDK: pools, papers, streams, media of a message."""

from __future__ import annotations

import contextlib

import pytest
from plivo import exceptions

from tests.sandbox.streams.socket_server import SocketServer
from tests.sdk.test_python_calls import document, until
from tests.sdk.test_python_messages import unclosed
from tests.sdk.test_python_things import plain

pytestmark = pytest.mark.stack
ANSWERS, TEXTED = "+15005550100", "15005550170"


def rent(sdk, **wanted) -> str:
    """A number that the search offers first."""
    offer = sdk.client.numbers.search(country_iso="US", limit=1, **wanted)
    number = offer.objects[0]["number"]
    sdk.client.numbers.buy(number)
    return number


@pytest.fixture(scope="module")
def pack(sdk):
    """A powerpack without numbers."""
    return sdk.client.powerpacks.get(sdk.client.powerpacks.create(name="Rare").uuid)


def test_powerpacks_are_listed_and_changed(sdk, pack):
    assert pack.uuid in [one.uuid for one in sdk.client.powerpacks.list()]
    pack.update(params={"name": "Rarer", "sticky_sender": False})
    assert sdk.client.powerpacks.get(pack.uuid).name == "Rarer"


def test_a_pools_numbers_are_listed_found_and_taken_away(sdk, pack):
    number = rent(sdk, services=["sms"])
    pack.add_number(number)
    assert number in [one.number for one in pack.list_numbers()]
    assert pack.find_number(number).number == number
    pack.remove_number(number)
    with pytest.raises(exceptions.ResourceNotFoundError):
        pack.find_number(number)


def test_a_pools_toll_free_numbers_have_routes_of_their_own(sdk, pack):
    number = "18005550199"
    sdk.client.numbers.create(
        numbers=number, carrier="Example Telecom", region="US", number_type="tollfree"
    )
    pack.add_tollfree(number)
    assert pack.list_tollfree().meta.total_count == 1
    assert pack.find_tollfree(number)
    pack.remove_tollfree(number)
    assert pack.list_tollfree().meta.total_count == 0


def test_a_pool_has_no_short_codes(pack):
    assert pack.list_shortcodes().meta.total_count == 0
    for deed in (pack.find_shortcode, pack.remove_shortcode):
        with pytest.raises(exceptions.ResourceNotFoundError):
            deed("12345")


def test_a_messages_media_are_listed(sdk):
    number = rent(sdk, services=["sms"])
    sent = sdk.client.messages.create(src=number, dst=TEXTED, text="No picture")
    found = sdk.client.request("GET", ("Message", sent.message_uuid[0], "Media"), {})
    assert plain(found)["objects"] == []


@unclosed
def test_papers_are_changed(sdk):
    person = {"country_iso": "FR", "salutation": "Ms", "first_name": "Ada", "last_name": "Example"}
    place = {"address_line1": "1", "address_line2": "Rue", "city": "Paris", "region": "Paris"}
    sdk.client.addresses.create(
        **person, **place, postal_code="75016", address_proof_type="passport"
    )
    address = sdk.client.addresses.list().objects[0]
    done = sdk.client.request(
        "POST", ("Verification", "Address", address.id), {"city": "Lyon"}, files={"file": ""}
    )
    assert done.status == "success"
    assert sdk.client.addresses.get(address.id).city == "Lyon"
    birth = {"birth_place": "London", "birth_date": "1990-12-10", "nationality": "GB"}
    proof = {"id_nationality": "GB", "id_issue_date": "2020-01-01", "id_type": "passport"}
    sdk.client.identities.create(
        **person, **place, **birth, **proof, postal_code="75016", id_number="33522"
    )
    identity = sdk.client.identities.list().objects[0]
    sdk.client.request(
        "POST", ("Verification", "Identity", identity.id), {"id_number": "99"}, files={"file": ""}
    )
    assert sdk.client.identities.get(identity.id).id_number == "99"


def test_streams_are_started_listed_found_and_stopped(sdk, answers):
    from plivo import plivoxml

    answers.answers["/rare-wait/"] = lambda _: document(plivoxml.WaitElement(length=600))
    number = rent(sdk)
    with SocketServer() as bot:
        call = sdk.client.calls.create(
            from_=number, to_=ANSWERS, answer_url=f"{answers.url}/rare-wait/"
        ).request_uuid
        assert until(lambda: call in sdk.client.live_calls.list_ids().calls)
        begun = until(lambda: _start(sdk, call, bot.url))
        assert begun.message == "audio streaming started"
        assert until(lambda: bot.of("start"))
        listed = sdk.client.calls.get_all_streams(call)
        assert begun.stream_id in str(plain(listed))
        found = sdk.client.calls.get_details_of_specific_stream(call, begun.stream_id)
        assert found.service_url == bot.url
        sdk.client.calls.delete_specific_stream(call, begun.stream_id)
        sdk.client.calls.delete_all_streams(call)
        sdk.client.calls.hangup(call)
        assert until(bot.closed.is_set)


def _start(sdk, call: str, url: str):
    with contextlib.suppress(exceptions.ResourceNotFoundError):
        return sdk.client.calls.start_stream(call, url)
    return None


def test_all_conferences_are_hung_up_at_once(sdk):
    sdk.client.conferences.hangup_all()
    assert sdk.client.conferences.list().conferences == []
