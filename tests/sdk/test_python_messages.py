"""Messages, powerpacks, verification and papers: by the official Python SDK."""

from __future__ import annotations

import contextlib
import re
import time

import httpx
import pytest
from plivo import exceptions

from tests.sdk.conftest import Sdk
from tests.sdk.test_python_things import plain
from tests.support.api import differences, fixture

pytestmark = pytest.mark.stack
PHONE = "+12025550142"


@pytest.fixture(scope="module")
def did(sdk) -> str:
    """A rented number that can text."""
    offer = sdk.client.numbers.search(country_iso="US", services=["sms"], limit=1)
    number = offer.objects[0]["number"]
    sdk.client.numbers.buy(number)
    return number


@pytest.fixture(scope="module")
def phone(sdk) -> str:
    """A sandbox number that an operator vouched for."""
    sdk.stack.manage("verify_number", sdk.auth_id, PHONE, "--json")
    return PHONE


def until(probe, wanted, *, seconds: float = 180):
    """The probe's value, when it is wanted or the time is over."""
    end = time.monotonic() + seconds
    while (value := probe()) not in wanted and time.monotonic() < end:
        time.sleep(0.2)
    return value


def texts(sdk: Sdk, number: str) -> list[str]:
    """What a handset shows, by the sandbox API."""
    shown = sdk.client.request("GET", ("Sandbox", "Handset", number), {})
    found = shown if isinstance(shown, dict) else vars(shown)
    return [one["text"] if isinstance(one, dict) else one.text for one in found["messages"]]


def test_a_message_is_sent_delivered_and_found(sdk, did, phone):
    sent = sdk.client.messages.create(src=did, dst=phone.removeprefix("+"), text="Hello from afar")
    assert differences(plain(sent), fixture("messageSendResponse")) == []
    (uuid,) = sent.message_uuid
    state = until(lambda: sdk.client.messages.get(uuid).message_state, {"delivered"})
    assert state == "delivered"
    found = sdk.client.messages.get(uuid)
    assert differences(plain(found), fixture("messageGetResponse")) == []
    assert "Hello from afar" not in str(plain(found))
    assert uuid in [one.message_uuid for one in sdk.client.messages.list().objects]
    assert "Hello from afar" in texts(sdk, phone)


def test_one_refused_destination_refuses_the_request(sdk, did, phone):
    with pytest.raises(exceptions.ValidationError):
        sdk.client.messages.create(src=did, dst=f"{phone}<+881612345678", text="To a satellite")
    assert "To a satellite" not in texts(sdk, phone)


def test_a_closed_country_is_the_sdks_geo_permission_error(sdk, did):
    with pytest.raises(exceptions.GeoPermissionError):
        sdk.client.messages.create(src=did, dst="+33639981234", text="To France")


def test_powerpacks_choose_the_source(sdk, did, phone):
    pack = sdk.client.powerpacks.get(sdk.client.powerpacks.create(name="Pack").uuid)
    assert pack.number_pool.split("/")[5]
    pack.add_number(did)
    sent = sdk.client.messages.create(powerpack_uuid=pack.uuid, dst=phone, text="By the pack")
    assert sent.message_uuid
    assert pack.count_numbers() == 1
    pack.remove_number(did)
    assert sdk.client.powerpacks.get(pack.uuid).name == "Pack"
    pack.delete()


def test_verify_sessions_are_opened_and_validated(sdk, did):
    number = "+12025550143"
    sdk.stack.manage("verify_number", sdk.auth_id, number, "--json")
    opened = sdk.client.verify_session.create(recipient=number)
    assert opened.message == "Session initiated"
    found = until(lambda: bool(_codes(sdk, number)), {True})
    assert found
    with pytest.raises(exceptions.ValidationError):
        sdk.client.verify_session.validate(session_uuid=opened.session_uuid, otp="000000")
    code = _codes(sdk, number)[-1]
    done = sdk.client.verify_session.validate(session_uuid=opened.session_uuid, otp=code)
    assert "validated" in done.message
    session = sdk.client.verify_session.get(session_uuid=opened.session_uuid)
    assert session.status == "verified"
    assert code not in str(plain(session))
    assert sdk.client.verify_session.list().sessions


def _codes(sdk: Sdk, number: str) -> list[str]:
    return [found[0] for text in texts(sdk, number) if (found := re.findall(r"\b\d{6}\b", text))]


def test_caller_ids_are_verified_by_a_code(sdk):
    number = "+12025550144"
    asked = sdk.client.verify_callerids.initiate_verify(phone_number=number, channel="sms")
    assert until(lambda: bool(_codes(sdk, number)), {True})
    code = _codes(sdk, number)[-1]
    done = sdk.client.verify_callerids.verify_caller_id(
        verification_uuid=asked.verification_uuid, otp=code
    )
    assert done.phone_number == number
    found = sdk.client.verify_callerids.get_verified_caller_id(number)
    assert differences(plain(found), fixture("verifyCalleridGetResponse")) == []
    listed = sdk.client.verify_callerids.list_verified_caller_id()
    assert number in [one.phone_number for one in listed.objects]
    changed = sdk.client.verify_callerids.update_verified_caller_id(number, alias="desk")
    assert changed.alias == "desk"
    sdk.client.verify_callerids.delete_verified_caller_id(number)
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.verify_callerids.get_verified_caller_id(number)


# The SDK leaves the files that it uploads open.
unclosed = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@unclosed
def test_addresses_and_identities_are_filed(sdk, tmp_path):
    proof = tmp_path / "proof.pdf"
    proof.write_bytes(b"%PDF-1.4")
    person = {"country_iso": "FR", "salutation": "Ms", "first_name": "Ada", "last_name": "Example"}
    place = {"address_line1": "12", "address_line2": "Rue", "city": "Paris", "region": "Paris"}
    filed = sdk.client.addresses.create(
        **person,
        **place,
        postal_code="75016",
        address_proof_type="passport",
        file_to_upload=str(proof),
    )
    assert filed.message == "Your request has been accepted."
    address = sdk.client.addresses.list().objects[0]
    assert sdk.client.addresses.get(address.id).city == "Paris"
    sdk.client.addresses.delete(address.id)
    sdk.client.identities.create(
        **person,
        **place,
        postal_code="75016",
        birth_place="London",
        birth_date="1990-12-10",
        nationality="GB",
        id_nationality="GB",
        id_issue_date="2020-01-01",
        id_type="passport",
        id_number="33522",
    )
    identity = sdk.client.identities.list().objects[0]
    assert sdk.client.identities.get(identity.id).id_number == "33522"
    sdk.client.identities.delete(identity.id)


@unclosed
def test_media_are_uploaded_listed_and_found(sdk, tmp_path):
    picture = tmp_path / "dot.png"
    picture.write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx"
        b"\x9cc\xf8\xff\xff?\0\5\xfe\2\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
    )
    done = sdk.client.media.upload([str(picture)])
    media_id = done.objects[0]["media_id"]
    assert sdk.client.media.get(media_id).content_type == "image/png"
    assert sdk.client.media.list().objects


def test_web_07_media_may_have_more_than_a_megabyte_when_signed_in(sdk):
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 4_000_000
    before = len(sdk.client.media.list().objects)
    url = f"{sdk.stack.url}/v1/Account/{sdk.auth_id}/Media/"
    files = [("file", (f"{n}.png", png)) for n in range(3)]
    answer = httpx.post(url, files=files, auth=(sdk.auth_id, sdk.token), timeout=120)
    assert answer.status_code == 201, answer.text
    assert [one["size"] for one in answer.json()["objects"]] == [len(png)] * 3
    # The answer may come, and the connection end, while the file is still on its way.
    with contextlib.suppress(httpx.TransportError):
        refused = httpx.post(url, files=files[:1], auth=(sdk.auth_id, "x" * 40), timeout=120)
        assert refused.status_code == 401
    assert len(sdk.client.media.list().objects) == before + 3
