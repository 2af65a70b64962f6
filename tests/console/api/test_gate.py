"""The way into the API: credentials, paths, envelopes, refusals."""

from __future__ import annotations

import base64
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.accounts.models import Account, Subaccount
from console.api.models import ApiRequest, IdempotentRequest
from console.core import randomness
from tests.support.api import Api, differences, fixture

pytestmark = pytest.mark.django_db


def test_the_account_has_the_keys_and_types_of_the_sdks_fixture(api):
    body = api.get().json()
    assert differences(body, fixture("accountGetResponse")) == []
    assert body["account_type"] == "developer"
    assert body["cash_credits"] == "10.00000"


@pytest.mark.parametrize("path", ["", "/", "//"])
def test_slashes_may_be_doubled_or_missing_and_nothing_redirects(api, path):
    assert api.get(api.base.rstrip("/") + path).status_code == 200


def test_every_answer_has_an_api_id_that_finds_its_row(api, account):
    api_id = api.get("Application/").json()["api_id"]
    row = ApiRequest.objects.for_account(account).get(api_id=api_id)
    assert (row.method, row.path, row.status) == ("GET", f"{api.base}Application/", 200)
    assert row.operation == "application_list"


def test_an_authenticated_request_takes_two_queries(api, django_assert_num_queries):
    api.get()
    with django_assert_num_queries(2):  # who is it; the log
        api.get()


def test_a_list_takes_three_queries(api, django_assert_num_queries):
    api.post("Application/", {"app_name": "ivr"})
    with django_assert_num_queries(3):
        assert len(api.get("Application/").json()["objects"]) == 1


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"a:\0").decode()]
)
def test_acc_11_bad_credentials_are_401_in_plain_text(account, header):
    answer = Client(headers={"Authorization": header}).get(f"/v1/Account/{account.auth_id}/")
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["WWW-Authenticate"].startswith("Basic realm=")


def test_ten_02_another_accounts_path_is_401_whether_or_not_it_exists(api, other_account):
    real = api.get(f"/v1/Account/{other_account.auth_id}/Application/")
    none = api.get("/v1/Account/MAAAAAAAAAAAAAAAAAAA/Application/")
    assert real.status_code == none.status_code == 401
    assert real.content == none.content


def test_main_credentials_may_use_the_path_of_their_own_subaccount(api, subaccount):
    answer = api.get(f"/v1/Account/{subaccount.auth_id}/Application/")
    assert answer.status_code == 200


def test_a_subaccount_may_not_use_its_parents_path(sub_api, account):
    assert sub_api.get(f"/v1/Account/{account.auth_id}/").status_code == 401


def test_ten_03_a_subaccount_sees_only_its_own_applications(api, sub_api):
    api.post("Application/", {"app_name": "parents"})
    sub_api.post("Application/", {"app_name": "own"})
    names = [one["app_name"] for one in sub_api.get("Application/").json()["objects"]]
    assert names == ["own"]
    assert len(api.get("Application/").json()["objects"]) == 2


def test_a_disabled_subaccount_is_401(sub_api, subaccount):
    Subaccount.objects.unscoped("test").filter(pk=subaccount.pk).update(enabled=False)
    assert sub_api.get().status_code == 401


def test_a_suspended_account_is_401(api, account):
    Account.objects.filter(pk=account.pk).update(state="suspended")
    assert api.get().status_code == 401


def test_main_only_operations_refuse_subaccounts_with_403(sub_api):
    assert sub_api.post("", {"name": "x"}).status_code == 403


def test_ten_02_not_yours_and_never_was_answer_the_same_bytes(api, other_api):
    app_id = other_api.post("Application/", {"app_name": "theirs"}).json()["app_id"]
    bodies = []
    for wanted in (app_id, "21000000000000001"):
        answer = api.get(f"Application/{wanted}/")
        assert answer.status_code == 404
        bodies.append({k: v for k, v in answer.json().items() if k != "api_id"})
    assert bodies[0] == bodies[1] == {"error": "not found"}


def test_an_unknown_route_is_404_in_the_envelope(api):
    answer = api.get("Nonsense/")
    assert answer.status_code == 404
    assert set(answer.json()) == {"api_id", "error"}


@pytest.mark.parametrize("path", ["EndUser/", "10dlc/Brand/B1/", "PhoneNumber/Compliance/"])
def test_what_is_not_offered_answers_501_and_does_nothing(api, path):
    for method in ("GET", "POST", "DELETE"):
        answer = api.call(method, path)
        assert answer.status_code == 501
        assert answer.json()["error_code"] == "not_offered"


def test_an_unsupported_method_is_405_with_what_is_allowed(api):
    answer = api.call("PUT", "Application/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST"


def test_errors_of_lists_carry_empty_objects_for_the_python_sdk(api):
    answer = api.get("Application/?limit=21")
    assert answer.status_code == 400
    assert answer.json()["objects"] == []


@pytest.mark.parametrize("limit", ["0", "21", "x", "-1", "1.5", "٣"])
def test_limits_out_of_range_are_400(api, limit):
    assert api.get(f"Application/?limit={limit}").status_code == 400


def test_a_page_links_to_the_next_and_the_previous_with_its_filters(api, account):
    Account.objects.filter(pk=account.pk).update(state="active")
    for n in range(5):
        assert api.post("Application/", {"app_name": f"a{n}"}).status_code == 201
    meta = api.get("Application/?limit=2&offset=2").json()["meta"]
    assert meta["total_count"] == 5
    assert meta["next"] == f"{api.base}Application/?limit=2&offset=4"
    assert meta["previous"] == f"{api.base}Application/?limit=2&offset=0"


def test_an_offset_beyond_the_end_is_an_empty_page(api):
    api.post("Application/", {"app_name": "a"})
    body = api.get("Application/?offset=40").json()
    assert (body["objects"], body["meta"]["next"], body["meta"]["total_count"]) == ([], None, 1)


@pytest.mark.parametrize("body", ["", '""', "{}", "null"])
def test_empty_bodies_mean_no_arguments(api, body):
    answer = api.client.generic("GET", api.base, body.encode(), content_type="application/json")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"[1]", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b'{"a":"\\u0000"}',
     b'{"app_name":1e999}', b'{"app_name":' + b"9" * 5000 + b"}",
     b'{"a":"\\ud800"}', b"[" * 200, b'{"a":' * 30 + b"1" + b"}" * 30],
)  # fmt: skip
def test_web_07_bodies_that_are_no_clean_json_are_400(api, body):
    answer = api.client.generic(
        "POST", f"{api.base}Application/", body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert "error" in answer.json()
    assert "sys." not in answer.json()["error"]


@pytest.mark.parametrize("moment", ["9999-12-31 23:59:59", "9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("asked", ["Message/?message_time__lt", "Recording/?add_time"])
def test_web_07_a_moment_at_the_end_of_time_is_400(api, asked, moment):
    assert api.get(f"{asked}={moment}").status_code == 400


def test_web_07_another_type_of_body_is_415(api):
    answer = api.client.generic("POST", f"{api.base}Application/", b"x", content_type="image/png")
    assert answer.status_code == 415


def test_web_07_a_body_over_a_megabyte_is_413(api):
    answer = api.post("Application/", {"app_name": "x" * 1_100_000})
    assert answer.status_code == 413


def test_web_07_files_over_a_megabyte_are_413_where_no_more_is_said(api):
    file = SimpleUploadedFile("paper.pdf", b"x" * 1_100_000)
    answer = api.client.post(f"{api.base}Application/", {"app_name": "a", "file": file})
    assert answer.status_code == 413


def test_forms_are_taken_as_json_is(api):
    answer = api.client.post(
        f"{api.base}Application/", "app_name=form", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 201


def test_a_missing_argument_is_named(api):
    answer = api.post("Application/", {"answer_url": "https://a.example.com/"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "app_name parameter is missing"


@pytest.mark.parametrize("url", ["ftp://a.example.com/", "nonsense", 7, {}, [], "http://"])
def test_a_wrong_argument_is_named(api, url):
    answer = api.post("Application/", {"app_name": "x", "answer_url": url})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("answer_url parameter is invalid")


def test_acc_11_other_sites_pages_change_nothing(api):
    for headers in ({"Origin": "https://evil.example.net"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = api.post("Application/", {"app_name": "x"}, **headers)
        assert answer.status_code == 403


def test_a_null_is_not_given(api, account):
    assert api.post("", {"name": "New name", "city": None}).status_code == 202
    account.refresh_from_db()
    assert (account.name, account.city) == ("New name", "")


def test_the_log_keeps_no_secrets(api, account):
    api.post("Application/", {"app_name": "x", "password": "copper wires", "otp": "123456"})
    row = ApiRequest.objects.for_account(account).latest("pk")
    assert json.loads(row.sent) == {"app_name": "x", "password": "[hidden]", "otp": "[hidden]"}


def test_rate_limits_answer_429_with_retry_after(api, settings, monkeypatch):
    settings.TRUST = type(settings.TRUST)(api_requests_5_s=3)
    settings.REDIS_URL = ""
    answers = [api.get() for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert int(answers[3]["Retry-After"]) >= 1


def test_the_console_session_does_not_open_the_api(client, owner, account):
    client.force_login(owner)
    assert client.get(f"/v1/Account/{account.auth_id}/").status_code == 401


def test_a_failure_of_ours_is_a_500_in_the_envelope(api, monkeypatch):
    monkeypatch.setattr("console.api.account_resources.shape", lambda *_: 1 / 0)
    answer = api.get()
    assert answer.status_code == 500
    assert set(answer.json()) == {"api_id", "error"}


def test_unheeded_arguments_reach_the_compatibility_report(api, account):
    from console.api.compat import report

    for _ in range(2):
        api.post("Application/", {"app_name": "x", "sparkle": True, "auth_id": api.auth_id})
    lines = report(account=account)
    (line,) = lines
    assert (line.place, line.name, line.count) == ("application_create", "sparkle", 2)


class TestIdempotencyKey:
    """BG-10."""

    def test_bg_10_the_same_key_is_one_deed_and_one_answer(self, api, account):
        first = api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        again = api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        assert first.json() == again.json()
        assert again["Idempotent-Replayed"] == "true"
        assert len(api.get("Application/").json()["objects"]) == 1

    def test_bg_10_another_body_under_the_key_is_422(self, api):
        api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        other = api.post("Application/", {"app_name": "y"}, **{"Idempotency-Key": "k1"})
        assert other.status_code == 422

    def test_bg_10_refusals_are_not_remembered(self, api):
        refused = api.post("Application/", {}, **{"Idempotency-Key": "k1"})
        done = api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        assert (refused.status_code, done.status_code) == (400, 201)

    def test_bg_10_a_twin_of_a_running_request_is_409(self, api):
        api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        IdempotentRequest.objects.update(state="running", owner=randomness.new_uuid())
        twin = api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        assert twin.status_code == 409
        assert len(api.get("Application/").json()["objects"]) == 1

    def test_bg_10_keys_of_two_accounts_do_not_meet(self, api, other_api):
        mine = api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        theirs = other_api.post("Application/", {"app_name": "x"}, **{"Idempotency-Key": "k1"})
        assert mine.json()["app_id"] != theirs.json()["app_id"]


def test_the_helper_finds_what_is_missing_or_of_another_type():
    assert differences({"a": 1}, {"a": "", "b": 0}) == [
        "body.b is missing",
        "body.a: number instead of string",
    ]


def test_two_credentials_of_one_account_are_not_mixed_up(account, subaccount):
    main, sub = Api(account), Api(account, subaccount)
    assert main.get().json()["auth_id"] == account.auth_id
    assert sub.get().json()["auth_id"] == subaccount.auth_id
