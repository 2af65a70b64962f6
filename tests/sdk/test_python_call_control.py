"""Calls, from asking to the record: by the official Python SDK."""

from __future__ import annotations

import contextlib
import time

import plivo
import pytest
from plivo import exceptions

from tests.sdk.conftest import customer
from tests.sdk.test_python_calls import waiting
from tests.support.api import differences, fixture

pytestmark = pytest.mark.stack
STAYS = "+15005550100"  # answers at once and stays
ON = '<Response><Speak loop="0">On and on.</Speak></Response>'


def until(found, *, seconds: float = 180):
    """What `found` gives as soon as it gives something; a 404 means not yet."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if result := found():
                return result
        except exceptions.ResourceNotFoundError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture(scope="module")
def did(sdk) -> str:
    """A rented number to show."""
    number = sdk.client.numbers.search(country_iso="US", limit=1).objects[0].number
    sdk.client.numbers.buy(number)
    return f"+{number}"


@pytest.fixture
def fire(sdk, did, answers):
    """Fires a call that goes on and on; gives its request UUID."""
    answers.answers["/answer/"] = lambda got: ON
    answers.answers["/hangup/"] = lambda got: ""

    def call(to: str = STAYS, **more):
        url = f"{answers.url}/answer/"
        return sdk.client.calls.create(
            from_=did, to_=to, answer_url=url, hangup_url=f"{answers.url}/hangup/", **more
        )

    return call


def up(sdk, uuid: str):
    """The call, when somebody has answered."""

    def look():
        live = sdk.client.live_calls.get(uuid)
        return live if live.call_status == "in-progress" else None

    return until(look)


def test_a_call_lives_is_spoken_to_moved_and_leaves_its_record(sdk, fire, answers):
    fired = fire(caller_name="Ada")
    assert fired.message == "call fired"
    uuid = fired.request_uuid
    live = up(sdk, uuid)
    assert live.caller_name == "Ada"
    assert uuid in sdk.client.live_calls.list_ids().calls
    assert sdk.client.calls.speak(uuid, text="Hold on.").message == "speak started"
    sdk.client.calls.speak_stop(uuid)
    assert sdk.client.calls.send_digits(uuid, digits="1#").message == "digits sent"
    answers.answers["/other/"] = lambda got: ON
    moved = sdk.client.calls.transfer(uuid, legs="aleg", aleg_url=f"{answers.url}/other/")
    assert moved.message == "call transfered"
    until(lambda: answers.seen("/other/"))
    sdk.client.calls.hangup(uuid)
    record = until(lambda: sdk.client.calls.get(uuid))
    plain = {k: v for k, v in vars(record).items() if k != "client"}
    assert differences(plain, fixture("callGetResponse")) == []
    assert (record.hangup_cause_code, record.hangup_source) == (4000, "API Request")
    ends = until(lambda: [r for r in answers.seen("/hangup/") if r.params["CallUUID"] == uuid])
    assert ends[0].params["RequestUUID"] == uuid
    listed = sdk.client.calls.list(call_direction="outbound", limit=5)
    assert uuid in [one["call_uuid"] for one in listed]
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.live_calls.get(uuid)


def test_several_calls_wait_in_line_and_are_cancelled(sdk, fire):
    def several(many: int):
        fired = fire("<".join(["+15005550120"] * many))
        assert fired.message == "calls fired"
        assert len(fired.request_uuid) == many
        asked.extend(fired.request_uuid)
        return fired

    asked: list[str] = []
    last = waiting(sdk, several)
    assert sdk.client.queued_calls.get(last).call_status == "queued"
    for uuid in reversed(asked):
        with contextlib.suppress(exceptions.ResourceNotFoundError):  # the first may have ended
            sdk.client.calls.cancel(uuid)
    record = until(lambda: sdk.client.calls.get(last))
    assert (record.hangup_cause_code, record.answer_time) == (1000, None)


def test_refusals_raise_what_the_sdk_has_for_them(sdk, fire):
    with pytest.raises(exceptions.GeoPermissionError):
        fire("+81355550123")
    with pytest.raises(exceptions.ValidationError):
        fire("+12")
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.calls.hangup("2f6d0c1e-7a0b-4c3d-9e8f-001122334455")


def test_a_trial_calls_its_verified_numbers_only(sdk_stack, answers):
    trial = customer(sdk_stack, "trial-caller", plan="trial")
    number = trial.client.numbers.search(country_iso="US", limit=1).objects[0].number
    trial.client.numbers.buy(number)
    with pytest.raises(exceptions.ValidationError, match="not a sandbox number"):
        trial.client.calls.create(
            from_=f"+{number}", to_="+12025550142", answer_url=f"{answers.url}/answer/"
        )


def test_a_token_for_a_browser_phone_is_made(sdk):
    made = sdk.client.token.create(iss=sdk.auth_id, outgoing_allow=True)
    assert made.token.count(".") == 2


def test_the_quality_of_a_call_is_told(sdk, fire):
    uuid = fire().request_uuid
    up(sdk, uuid)
    sdk.client.calls.hangup(uuid)
    until(lambda: sdk.client.calls.get(uuid))
    assert sdk.client.call_feedback.create(uuid, rating=4.5, issues=["ECHO"]).status == "success"


def test_a_call_of_a_stranger_is_not_found(sdk_stack, fire):
    uuid = fire().request_uuid
    other = customer(sdk_stack, "stranger-caller")
    assert isinstance(other.client, plivo.RestClient)
    with pytest.raises(exceptions.ResourceNotFoundError):
        other.client.calls.hangup(uuid)
