"""Messages over the API: sending, listing, getting, their media."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.core.randomness import new_uuid
from console.numbers.models import RentedNumber
from sandbox.fence.models import FenceDenial
from sandbox.messages.media import upload_media
from sandbox.messages.models import Media, Message
from tests.sandbox.messages.conftest import DID, FRIEND, on_phone, send
from tests.support.api import differences, fixture
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\nrest"
BODY = {"src": DID[1:], "dst": FRIEND[1:], "text": "Hello", "type": "sms", "method": "POST"}
BODY |= {"log": "true", "trackable": False}


@pytest.fixture
def ready(account, did, proved, frozen, settings, tmp_path):
    """All that sending needs."""
    settings.MEDIA_ROOT = tmp_path
    return account


def test_sending_as_the_sdk_does_queues_a_message(api, ready, frozen):
    answer = api.post("Message/", BODY)
    body = answer.json()
    assert answer.status_code == 202
    assert differences(body, fixture("messageSendResponse")) == []
    assert body["message"] == "message(s) queued"
    assert "invalid_number" not in body
    drain(frozen, seconds=5)
    assert on_phone() == ["Hello"]
    row = Message.objects.get(uuid=body["message_uuid"][0])
    assert (row.origin, row.requester_ip, row.state) == ("api_message", "127.0.0.1", "delivered")


def test_each_destination_has_an_id_and_the_malformed_are_named(api, ready):
    body = api.post("Message/", {**BODY, "dst": f"{FRIEND[1:]}<15005550170<99"}).json()
    assert len(body["message_uuid"]) == 2
    assert body["invalid_number"] == ["99"]
    listed = api.post("Message/", {**BODY, "dst": [FRIEND, "+15005550170"]}).json()
    assert len(listed["message_uuid"]) == 2


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"dst": None}, 400, None),
        ({"src": None}, 400, None),
        ({"text": None}, 400, None),
        ({"text": ""}, 400, None),
        ({"powerpack_uuid": str(new_uuid())}, 400, "powerpack_uuid"),
        ({"src": None, "powerpack_uuid": str(new_uuid())}, 404, None),
        ({"src": None, "powerpack_uuid": "x"}, 404, None),
        ({"text": "a" * 1601}, 400, "text"),
        ({"text": "✓" * 738}, 400, "text"),
        ({"type": "fax"}, 400, "type"),
        ({"log": "never"}, 400, "log"),
        ({"url": "not a url"}, 400, "url"),
        ({"method": "PUT"}, 400, "method"),
        ({"message_expiry": 4}, 400, "message_expiry"),
        ({"message_expiry": "soon"}, 400, "message_expiry"),
        ({"dst": DID[1:]}, 400, "dst"),
        ({"media_ids": [str(new_uuid())], "type": "mms"}, 404, None),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_refused(api, ready, change, status, field):
    answer = api.post("Message/", {**BODY, **change})
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [
        ("12025550144", 400, "trial_destination_not_verified"),
        ("33639980123", 403, "geo_not_permitted"),
    ],
)
def test_gate_10_refusals_of_the_fence_have_status_code_and_help(api, ready, to, status, code):
    answer = api.post("Message/", {**BODY, "dst": f"{FRIEND[1:]}<{to}"})
    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (status, code)
    assert body["help_url"].endswith(f"/help/errors/{code}/")
    assert FenceDenial.objects.count() == 1
    assert not Message.objects.exists()


@pytest.mark.parametrize(("given", "kept"), [(True, "true"), (False, "false"), ("False", "false"),
                                             ("number_only", "number_only")])  # fmt: skip
def test_log_is_a_boolean_or_a_word(api, ready, given, kept):
    api.post("Message/", {**BODY, "log": given})
    assert Message.objects.get().log == kept


def test_bg_10_the_same_key_sends_once(api, ready):
    key = {"Idempotency-Key": "text-it-once"}
    first, again = (api.post("Message/", BODY, **key).json() for _ in range(2))
    assert first == again
    assert Message.objects.count() == 1


def test_getting_one_has_the_keys_of_the_fixture_and_never_the_text(api, ready, frozen):
    ready.time_zone = "Asia/Kolkata"
    ready.save()
    (message,) = send(ready, dst="+15005550182", text="A secret", dlt={"dlt_entity_id": "7"})
    drain(frozen, seconds=5)
    answer = api.get(f"Message/{message.uuid}/")
    body = answer.json()
    assert differences(body, fixture("messageGetResponse")) == []
    assert b"secret" not in answer.content
    assert (body["message_state"], body["error_code"]) == ("undelivered", "30")
    assert (body["error_message"], body["units"]) == ("Spam detected", 1)
    assert (body["from_number"], body["to_number"]) == (DID[1:], "15005550182")
    assert body["message_time"].endswith("+05:30")
    assert (body["total_rate"], body["dlt_entity_id"]) == ("0.00500", "7")
    assert body["resource_uri"] == f"{api.base}Message/{message.uuid}/"


@pytest.mark.parametrize("way", ["{}", "x", "00000000-0000-4000-8000-000000000000"])
def test_ten_02_a_message_of_another_account_is_404(api, other_api, ready, way):
    (message,) = send(ready)
    answer = other_api.get(f"Message/{way.format(message.uuid)}/")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not found"


def test_ten_03_a_subaccount_sees_its_own_messages(api, sub_api, ready, subaccount):
    send(ready)
    RentedNumber.objects.update(subaccount=subaccount)
    (mine,) = send(ready, subaccount=subaccount)
    assert [one["message_uuid"] for one in sub_api.get("Message/").json()["objects"]] == [
        str(mine.uuid)
    ]
    assert api.get("Message/").json()["meta"]["total_count"] == 2
    named = api.get(f"Message/?subaccount={subaccount.auth_id}").json()
    assert named["meta"]["total_count"] == 1


def test_a_list_has_the_keys_of_the_fixture_newest_first(api, ready, frozen):
    for place in range(3):
        send(ready, text=str(place))
        frozen.advance(seconds=1)
    body = api.get("Message/?limit=2").json()
    assert differences(body, fixture("messageListResponse")) == []
    assert body["meta"]["total_count"] == 3
    times = [one["message_time"] for one in body["objects"]]
    assert times == sorted(times, reverse=True)
    rest = api.get(body["meta"]["next"]).json()
    assert len(rest["objects"]) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("message_direction=outbound", 1),
        ("message_direction=inbound", 0),
        ("message_state=queued", 1),
        ("message_state=read", 0),
        ("message_type=sms", 1),
        ("message_type=whatsapp", 0),
        ("error_code=30", 0),
        ("error_code=000", 1),
        ("from_number=12065550150", 1),
        ("to_number=%2B1202", 1),
        ("to_number=1303", 0),
        ("destination_country_iso2=us", 1),
        ("powerpack_id=00000000-0000-4000-8000-000000000000", 0),
        ("message_time=2026-03-02", 1),
        ("message_time=2026-03-02 11:59", 0),
        ("message_time__gte=2026-03-02 12:00:00", 1),
        ("message_time__gt=2026-03-02 12:00:00", 0),
        ("message_time_gte=2026-03-02 12:00:01", 0),
        ("message_time__lt=2026-03-02 12:00:00", 0),
        ("message_time__gte=2026-02-20&message_time__lte=2026-03-03", 1),
    ],
)
def test_a_list_is_narrowed_by(api, ready, query, found):
    send(ready)
    body = api.get(f"Message/?{query.replace(' ', '%20')}").json()
    assert body["meta"]["total_count"] == found


@pytest.mark.parametrize(
    "query",
    ["message_direction=up", "message_state=lost", "message_type=fax", "error_code=x",
     "to_number=abc", "message_time=yesterday", "limit=21", "offset=-1",
     "message_time__gte=2026-01-01&message_time__lt=2026-03-01"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_400_with_an_empty_list(api, ready, query):
    answer = api.get(f"Message/?{query}")
    assert (answer.status_code, answer.json()["objects"]) == (400, [])


def test_without_a_time_the_last_seven_days_are_shown(api, ready, frozen):
    send(ready)
    frozen.advance(days=8)
    assert api.get("Message/").json()["meta"]["total_count"] == 0
    since = (frozen.now() - timedelta(days=9)).strftime("%Y-%m-%d")
    assert api.get(f"Message/?message_time__gte={since}").json()["meta"]["total_count"] == 1


def test_a_list_takes_three_queries(api, ready, django_assert_num_queries):
    for _ in range(3):
        send(ready)
    api.get()
    with django_assert_num_queries(3):
        api.get("Message/")


def upload(api, *files: tuple[str, bytes]):
    parts = [SimpleUploadedFile(name, content) for name, content in files]
    return api.client.post(f"{api.base}Media/", {"file": parts})


def test_an_upload_answers_a_line_a_file(api, ready):
    answer = upload(api, ("cat.png", PNG), ("evil.exe", b"MZ"))
    good, bad = answer.json()["objects"]
    assert answer.status_code == 201
    assert (good["status"], good["content_type"], good["size"]) == ("success", "image/png", 12)
    assert (bad["status"], bad["status_code"]) == ("failed", 400)
    assert Media.objects.count() == 1
    seen = Client().get("/media/" + good["media_url"].partition("/media/")[2])
    assert b"".join(seen.streaming_content) == PNG


@pytest.mark.parametrize(
    "files", [[("evil.exe", b"MZ")], [("a.png", b"no picture")], [("a.png", b"")]]
)
def test_an_upload_without_a_usable_file_is_400(api, ready, files):
    assert upload(api, *files).status_code == 400
    assert not Media.objects.exists()


def test_an_upload_without_files_is_400(api, ready):
    answer = api.client.post(f"{api.base}Media/", {})
    assert (answer.status_code, answer.json()["field"]) == (400, "file")


def test_a_file_of_more_than_five_megabytes_is_refused(api, ready):
    assert upload(api, ("a.png", PNG + b"x" * 5 * 1024 * 1024)).status_code == 400


def test_web_07_an_upload_of_more_than_ten_such_files_is_413(api, ready):
    parts = [(f"{n}.png", PNG + b"x" * 5 * 1024 * 1024) for n in range(11)]
    assert upload(api, *parts).status_code == 413


def test_media_are_listed_got_and_sent(api, ready, frozen):
    media_id = upload(api, ("cat.png", PNG)).json()["objects"][0]["media_id"]
    sent = api.post("Message/", {**BODY, "type": "mms", "media_ids": [media_id]}).json()
    assert "message_uuid" in sent, sent
    message_uuid = sent["message_uuid"][0]
    drain(frozen, seconds=5)
    assert on_phone()[0].startswith("Hello\nhttp")
    of_message = api.get(f"Message/{message_uuid}/Media/", {}).json()
    assert differences(of_message, fixture("messageListMediaResponse")) == []
    listed = api.get("Media/").json()
    assert differences(listed, fixture("mediaListResponse")) == []
    assert listed["objects"][0]["message_uuid"] == message_uuid
    one = api.get(f"Media/{media_id}/").json()
    assert differences(one, fixture("mediaGetMediaResponse")) == []


def test_the_refused_list_of_a_messages_files_is_an_empty_list_too(api):
    answer = api.get(f"Message/{new_uuid()}/Media/")
    assert (answer.status_code, answer.json()["objects"]) == (404, [])


def test_ten_02_media_of_another_account_are_404(api, other_api, ready):
    made = upload_media(account=ready, file_name="cat.png", content=PNG)
    assert api.get(f"Media/{made.uuid}/").status_code == 200
    assert other_api.get(f"Media/{made.uuid}/").status_code == 404
    assert other_api.get("Media/").json()["objects"] == []


def test_with_dry_run_a_message_is_judged_and_never_sent(api, ready):
    body = api.post("Message/", {**BODY, "dry_run": True}).json()
    assert body["allowed"] is True
    assert [one["to"] for one in body["destinations"]] == [BODY["dst"]]
    assert not Message.objects.exists()


@pytest.mark.parametrize("uuid", ["x", "7d3c1f7e-52a7-4b5e-9d4a-3a1f0c2b9e10"])
def test_ten_02_a_dry_run_by_a_powerpack_that_is_not_there_is_404(api, ready, uuid):
    body = {**BODY, "src": None, "powerpack_uuid": uuid, "dry_run": True}
    assert api.post("Message/", body).status_code == 404
