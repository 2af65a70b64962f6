"""Calls made, watched, steered and read back: by the official Python SDK."""

from __future__ import annotations

import time
import uuid

import pytest
from plivo import exceptions, plivoxml

from tests.sdk.conftest import Sdk
from tests.sdk.test_python_things import plain
from tests.support.api import differences, fixture

pytestmark = pytest.mark.stack
ANSWERS, BUSY = "+15005550100", "+15005550121"
PHONE = "+12025550142"


def document(*elements) -> str:
    """An XML document of the SDK's own builder."""
    response = plivoxml.ResponseElement()
    for element in elements:
        response.add(element)
    return response.to_string()


def until(probe, *, seconds: float = 180):
    """The first true value of the probe, or its last one."""
    end = time.monotonic() + seconds
    while not (value := probe()) and time.monotonic() < end:
        time.sleep(0.2)
    return value


@pytest.fixture(scope="module")
def did(sdk) -> str:
    """A rented number to call from."""
    number = sdk.client.numbers.search(country_iso="US", limit=1).objects[0]["number"]
    sdk.client.numbers.buy(number)
    return number


@pytest.fixture(scope="module")
def phone(sdk) -> str:
    """A sandbox number whose handset answers by itself and stays."""
    sdk.stack.manage("verify_number", sdk.auth_id, PHONE, "--json")
    script = {"on_ring": "answer", "after": 0}
    sdk.client.request("PUT", ("Sandbox", "Handset", PHONE, "Script"), script)
    return PHONE


@pytest.fixture(scope="module")
def urls(answers):
    """What the customer's server says."""
    answers.answers["/hello/"] = lambda _: document(plivoxml.SpeakElement("Hello"))
    answers.answers["/wait/"] = lambda _: document(plivoxml.WaitElement(length=3600))
    answers.answers["/other/"] = lambda _: document(
        plivoxml.SpeakElement("You were moved"), plivoxml.WaitElement(length=3600)
    )
    answers.answers["/told/"] = lambda _: ""
    return answers


def waiting(sdk: Sdk, fire) -> str:
    """The last of so many calls that it still waits after they were asked for."""
    for many in (12, 60, 300):
        last = fire(many).request_uuid[-1]
        if last in sdk.client.queued_calls.list_ids().calls:
            return last
    raise AssertionError("no call waited")


def cdr(sdk: Sdk, call_uuid: str):
    """The call's record, once it is written."""

    def find():
        try:
            return sdk.client.calls.get(call_uuid)
        except exceptions.ResourceNotFoundError:
            return None

    return until(find)


def heard(sdk: Sdk, number: str) -> str:
    """All that a handset heard, as one text."""
    return str(vars(sdk.client.request("GET", ("Sandbox", "Handset", number), {})))


@pytest.fixture
def living(sdk, did, phone, urls):
    """The uuid of a call that waits; hung up afterwards."""
    made = sdk.client.calls.create(from_=did, to_=phone, answer_url=f"{urls.url}/wait/")
    uuid_ = made.request_uuid
    assert until(lambda: uuid_ in sdk.client.live_calls.list_ids().calls)
    assert until(lambda: sdk.client.live_calls.get(uuid_).call_status == "in-progress")
    yield uuid_
    if uuid_ in sdk.client.live_calls.list_ids().calls:
        sdk.client.calls.hangup(uuid_)
    assert cdr(sdk, uuid_)


def test_a_call_is_fired_answered_and_recorded(sdk, did, urls):
    made = sdk.client.calls.create(
        from_=did, to_=ANSWERS, answer_url=f"{urls.url}/hello/", hangup_url=f"{urls.url}/told/"
    )
    assert differences(plain(made), fixture("callCreateResponse")) == []
    record = cdr(sdk, made.request_uuid)
    assert differences(plain(record), fixture("callGetResponse")) == []
    assert (record.hangup_cause_code, record.hangup_source) == (4010, "Plivo")
    assert record.call_state == "ANSWER"
    told = until(
        lambda: [r for r in urls.received if r.params.get("CallUUID") == made.request_uuid]
    )
    assert told[0].params["RequestUUID"] == made.request_uuid
    listed = sdk.client.calls.list(limit=5)
    assert made.request_uuid in [one["call_uuid"] for one in listed.objects]


def test_a_busy_number_ends_busy(sdk, did, urls):
    made = sdk.client.calls.create(from_=did, to_=BUSY, answer_url=f"{urls.url}/hello/")
    record = cdr(sdk, made.request_uuid)
    assert (record.hangup_cause_code, record.call_state) == (3010, "BUSY")


def test_a_living_call_is_shown(sdk, living):
    found = sdk.client.live_calls.get(living)
    assert differences(plain(found), fixture("liveCallGetResponse")) == []
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.calls.get(living)


def test_a_living_call_is_spoken_to_played_to_and_given_digits(sdk, living, phone, urls):
    assert sdk.client.calls.speak(living, "A word in between").message == "speak started"
    assert until(lambda: "A word in between" in heard(sdk, phone))
    sdk.client.calls.speak_stop(living)
    played = sdk.client.calls.play(living, [f"{urls.url}/hello/"])
    assert played.message == "play started"
    sdk.client.calls.play_stop(living)
    assert sdk.client.calls.send_digits(living, "12#").message == "digits sent"


def test_a_living_call_is_moved_to_another_document(sdk, living, phone, urls):
    done = sdk.client.calls.transfer(living, legs="aleg", aleg_url=f"{urls.url}/other/")
    assert done.message == "call transfered"
    assert until(lambda: "You were moved" in heard(sdk, phone))


def test_a_living_call_is_hung_up(sdk, living):
    sdk.client.calls.hangup(living)
    record = cdr(sdk, living)
    assert (record.hangup_cause_code, record.hangup_source) == (4000, "API Request")


def test_several_destinations_give_several_requests(sdk, did, urls):
    made = sdk.client.calls.create(
        from_=did, to_=f"{ANSWERS}<{BUSY}", answer_url=f"{urls.url}/hello/"
    )
    assert made.message == "calls fired"
    assert len(made.request_uuid) == 2
    codes = {cdr(sdk, one).hangup_cause_code for one in made.request_uuid}
    assert codes == {4010, 3010}


def test_a_request_that_waits_is_cancelled(sdk, did, phone, urls):
    """More calls than start in a second: the last ones wait, and can be taken back."""
    last = waiting(
        sdk,
        lambda many: sdk.client.calls.create(
            from_=did, to_="<".join([ANSWERS] * many), answer_url=f"{urls.url}/hello/"
        ),
    )
    assert sdk.client.queued_calls.get(last).call_status == "queued"
    sdk.client.calls.cancel(last)
    assert cdr(sdk, last).hangup_cause_code == 1000


def test_a_call_of_nobody_is_not_found(sdk):
    for deed in (sdk.client.calls.get, sdk.client.live_calls.get, sdk.client.calls.hangup):
        with pytest.raises(exceptions.ResourceNotFoundError):
            deed(str(uuid.uuid4()))


def test_a_missing_answer_url_is_named(sdk, did):
    with pytest.raises(exceptions.ValidationError, match="answer_url parameter is missing"):
        sdk.client.request("POST", ("Call",), {"from": did, "to": ANSWERS}, is_voice_request=True)


def test_a_closed_country_is_the_sdks_geo_permission_error(sdk, did, urls):
    with pytest.raises(exceptions.GeoPermissionError):
        sdk.client.calls.create(from_=did, to_="+33639981234", answer_url=f"{urls.url}/hello/")


def test_feedback_is_taken(sdk, did, urls):
    made = sdk.client.calls.create(from_=did, to_=BUSY, answer_url=f"{urls.url}/hello/")
    assert cdr(sdk, made.request_uuid)
    done = sdk.client.call_feedback.create(made.request_uuid, rating=4, issues=["ECHO"])
    assert done.status == "success"


def test_a_token_for_a_browser_is_minted(sdk):
    endpoint = sdk.client.endpoints.create(username="web", password="tin-can-string", alias="Web")
    made = sdk.client.token.create(
        iss=sdk.auth_id, sub=endpoint.username, incoming_allow=True, outgoing_allow=True
    )
    assert made.token.count(".") == 2
