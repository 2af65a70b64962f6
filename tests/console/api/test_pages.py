"""The log of API requests, the compatibility report and the reference, as pages."""

from __future__ import annotations

import pytest

from console.api.catalog import routes
from console.api.compat import Unheeded, note
from console.api.models import ApiRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, owner):
    """The owner in a browser."""
    client.force_login(owner)
    return client


def test_the_log_lists_requests_newest_first(signed_in, api):
    api.get()
    api.post("Application/", {"app_name": "ivr"})
    page = signed_in.get("/logs/requests/").content.decode()
    assert page.index("Application/") < page.rindex(f'{api.base}">')


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Application", 1),
        ("q=404", 1),
        ("result=failed", 1),
        ("method=POST", 1),
        ("q=nothing", 0),
    ],
)
def test_the_log_is_narrowed(signed_in, api, query, found):
    api.post("Application/", {"app_name": "ivr"})
    api.get("Nonsense/")
    page = signed_in.get(f"/logs/requests/?{query}").content.decode()
    assert page.count('class="row-link"') == found


def test_a_request_is_found_by_its_api_id(signed_in, api):
    api_id = api.post("Application/", {}).json()["api_id"]
    page = signed_in.get(f"/logs/requests/?q={api_id}").content.decode()
    assert page.count('class="row-link"') == 1


def test_a_request_shows_what_was_sent_and_answered_and_its_curl(signed_in, api):
    body = api.post("Application/", {"app_name": "ivr", "password": "copper wires"}).json()
    page = signed_in.get(f"/logs/requests/{body['api_id']}/").content.decode()
    assert body["app_id"] in page
    assert "copper wires" not in page
    assert "$PLIVO_AUTH_TOKEN" in page


def test_what_programs_send_is_shown_as_text(signed_in, api):
    body = api.post("Application/", {"app_name": "<script>alert(1)</script>"}).json()
    page = signed_in.get(f"/logs/requests/{body['api_id']}/").content.decode()
    assert "<script>alert" not in page


def test_the_log_takes_few_queries(signed_in, api, django_assert_max_num_queries):
    for _ in range(3):
        api.get()
    with django_assert_max_num_queries(8):
        signed_in.get("/logs/requests/")


def test_pages_go_by_fifty(signed_in, account):
    ApiRequest.objects.bulk_create(
        ApiRequest(account=account, method="GET", path=f"/{n}/", status=200, milliseconds=1)
        for n in range(60)
    )
    first = signed_in.get("/logs/requests/")
    assert first.content.decode().count('class="row-link"') == 50
    second = signed_in.get(f"/logs/requests/{first.context['older']}")
    assert second.content.decode().count('class="row-link"') == 10


def test_the_compatibility_report_names_what_was_sent_in_vain(signed_in, api, account):
    api.post("Application/", {"app_name": "ivr", "sparkle": 1})
    found = [Unheeded("attribute", "Speak", "glitter")]
    note(account=account, found=found, last="7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")
    page = signed_in.get("/logs/compatibility/").content.decode()
    assert "sparkle" in page
    assert "glitter" in page


def test_the_reference_has_every_operation(client):
    page = client.get("/help/api/").content.decode()
    for route in routes():
        assert f'{route.operation.name.replace("_", "-")}"' in page


def test_the_references_samples_carry_the_readers_own_auth_id(client, signed_in, account):
    page = signed_in.get("/help/api/application/").content.decode()
    assert account.auth_id in page


def test_the_reference_is_readable_without_signing_in(client):
    page = client.get("/help/api/application/").content.decode()
    assert "MAXXXXXXXXXXXXXXXXXX" in page
    assert client.get("/help/api/nonsense/").status_code == 404


def test_the_openapi_document_is_served(client):
    document = client.get("/help/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")


def test_a_list_of_requests_leaves_out_what_all_of_them_share(signed_in, account, api):
    api.get("Application/")
    page = signed_in.get("/logs/requests/").text
    assert '<span class="font-mono">/Application/</span>' in page
    assert f'title="GET /v1/Account/{account.auth_id}/Application/"' in page


@pytest.mark.parametrize("path", ["/v1/Number/+12025550142", "/v1/Account/", "/v1/"])
def test_a_path_outside_of_an_account_stays_as_it_is(path):
    assert ApiRequest(path=path).short_path == path
