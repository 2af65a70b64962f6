"""Endpoints over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.core import clock
from console.endpoints.models import Endpoint
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
ALICE = {"username": "alice", "password": "tin-can-and-string", "alias": "Alice at home"}


def test_a_new_endpoint_gets_its_name_with_twelve_digits(api):
    answer = api.post("Endpoint/", ALICE)
    assert answer.status_code == 201
    assert differences(answer.json(), fixture("endpointCreateResponse")) == []
    assert answer.json()["username"].startswith("alice")
    assert len(answer.json()["username"]) == len("alice") + 12


def test_an_endpoint_has_the_keys_of_the_sdks_fixture(api, account):
    made = api.post("Endpoint/", ALICE).json()
    assert api.get(f"Endpoint/{made['endpoint_id']}/").json()["sip_registered"] == "false"
    later = clock.now() + timedelta(hours=1)
    Endpoint.objects.for_account(account).update(registered_until=later)
    body = api.get(f"Endpoint/{made['endpoint_id']}/").json()
    assert differences(body, fixture("endpointGetResponse")) == []
    assert body["sip_registered"] == "true"
    assert "password" not in body


def test_the_password_is_told_nowhere(api, account):
    made = api.post("Endpoint/", ALICE).json()
    seen = str(api.get("Endpoint/").json()) + str(
        api.get(f"Endpoint/{made['endpoint_id']}/").json()
    )
    assert ALICE["password"] not in seen
    assert Endpoint.objects.for_account(account).get().ha1 not in seen


def test_an_update_changes_what_is_given(api):
    endpoint_id = api.post("Endpoint/", ALICE).json()["endpoint_id"]
    assert api.post(f"Endpoint/{endpoint_id}/", {"alias": "Desk"}).status_code == 202
    assert api.get(f"Endpoint/{endpoint_id}/").json()["alias"] == "Desk"


def test_an_endpoint_points_at_an_application_of_the_account_only(api, other_api):
    theirs = other_api.post("Application/", {"app_name": "theirs"}).json()["app_id"]
    answer = api.post("Endpoint/", ALICE | {"app_id": theirs})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("app_id parameter is invalid")


def test_a_deleted_endpoint_is_gone(api):
    endpoint_id = api.post("Endpoint/", ALICE).json()["endpoint_id"]
    answer = api.delete(f"Endpoint/{endpoint_id}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"Endpoint/{endpoint_id}/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "1alice"), ("username", "al ice"), ("password", "abc"), ("alias", "\u202e")],
)
def test_wrong_fields_are_400(api, field, value):
    assert api.post("Endpoint/", ALICE | {field: value}).status_code == 400


def test_a_strangers_endpoint_cannot_be_changed(api, other_api):
    endpoint_id = other_api.post("Endpoint/", ALICE).json()["endpoint_id"]
    for method in ("GET", "POST", "DELETE"):
        assert api.call(method, f"Endpoint/{endpoint_id}/").status_code == 404
    assert other_api.get(f"Endpoint/{endpoint_id}/").status_code == 200
