"""Applications over the API: what an update does that the pages do not."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def default_app(api):
    """The path of the account's default application."""
    made = api.post("Application/", {"app_name": "ivr", "default_number_app": True}).json()
    return f"Application/{made['app_id']}/"


def test_an_update_that_names_a_subaccount_gives_it_the_application(
    api, sub_api, subaccount, default_app
):
    assert sub_api.get(default_app).status_code == 404
    assert api.post(default_app, {"subaccount": subaccount.auth_id}).status_code == 202
    assert api.get(default_app).json()["sub_account"] == f"/v1/Account/{subaccount.auth_id}/"
    assert sub_api.get(default_app).status_code == 200


def test_an_update_that_names_none_leaves_the_application_where_it_is(
    api, sub_api, subaccount, default_app
):
    api.post(default_app, {"subaccount": subaccount.auth_id})
    api.post(default_app, {"app_name": "other", "subaccount": ""})
    assert sub_api.get(default_app).json()["app_name"] == "other"


def test_ten_03_an_application_is_given_to_no_subaccount_of_others(api, other_api, default_app):
    other = other_api.post("Subaccount/", {"name": "Theirs", "enabled": True}).json()["auth_id"]
    answer = api.post(default_app, {"subaccount": other})
    assert (answer.status_code, answer.json()["field"]) == (400, "subaccount")
    assert api.get(default_app).json()["sub_account"] is None


def test_a_default_that_moves_takes_the_place_of_the_subaccounts_default(
    api, sub_api, subaccount, default_app
):
    own = sub_api.post("Application/", {"app_name": "own", "default_number_app": True}).json()
    api.post(default_app, {"subaccount": subaccount.auth_id})
    assert sub_api.get(default_app).json()["default_app"] is True
    assert sub_api.get(f"Application/{own['app_id']}/").json()["default_app"] is False
