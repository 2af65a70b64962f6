"""Subaccounts over the API."""

from __future__ import annotations

import pytest

from console.accounts.models import Subaccount
from console.api.models import ApiRequest, IdempotentRequest
from console.applications.models import Application
from tests.support.api import Api, differences, fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(api):
    """The answer that made one."""
    return api.post("Subaccount/", {"name": "Branch", "enabled": True}).json()


def test_creating_answers_with_the_keys_of_the_fixture_and_a_token_that_works(api, account, made):
    assert differences(made, fixture("subaccountCreateResponse")) == []
    assert (made["message"], made["auth_token"][:4]) == ("created", "rfs_")
    sub = Subaccount.objects.get(auth_id=made["auth_id"])
    program = Api(account, sub)  # a token of its own is issued anew; this one is the path
    assert program.get().json()["name"] == "Branch"


def test_it_is_disabled_unless_asked_otherwise_as_the_compatible_api_says(api):
    made = api.post("Subaccount/", {"name": "Branch"}).json()
    assert api.get(f"Subaccount/{made['auth_id']}/").json()["enabled"] is False


@pytest.mark.parametrize("spelling", ["true", "True", 1, True])
def test_enabled_is_taken_in_every_spelling_of_the_sdks(api, spelling):
    made = api.post("Subaccount/", {"name": "Branch", "enabled": spelling}).json()
    assert api.get(f"Subaccount/{made['auth_id']}/").json()["enabled"] is True


def test_getting_and_listing_have_the_keys_of_the_fixtures(api, made):
    one = api.get(f"Subaccount/{made['auth_id']}/").json()
    assert differences(one, fixture("subaccountGetResponse")) == []
    assert one["modified"] is None
    listed = api.get("Subaccount/").json()
    assert differences(listed, fixture("subaccountListResponse")) == []
    assert listed["meta"]["total_count"] == 1


def test_acc_10_the_token_is_in_no_later_answer(api, made):
    later = [api.get(f"Subaccount/{made['auth_id']}/"), api.get("Subaccount/")]
    assert all(made["auth_token"] not in answer.content.decode() for answer in later)


def test_acc_09_the_token_is_neither_in_the_request_log_nor_among_kept_answers(api, account):
    key = {"Idempotency-Key": "make-it-once"}
    first = api.post("Subaccount/", {"name": "Branch"}, **key)
    again = api.post("Subaccount/", {"name": "Branch"}, **key)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    token = first.json()["auth_token"]
    assert token not in str(IdempotentRequest.objects.values_list("answer", flat=True))
    assert token not in str(ApiRequest.objects.for_account(account).values_list("answered"))
    assert Subaccount.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x" * 81}, {"name": None}])
def test_a_missing_or_too_long_name_is_400(api, body):
    answer = api.post("Subaccount/", body)
    assert (answer.status_code, answer.json()["field"]) == (400, "name")


def test_updating_renames_and_disables(api, made):
    path = f"Subaccount/{made['auth_id']}/"
    answer = api.post(path, {"name": "Shop", "enabled": False})
    assert (answer.status_code, answer.json()["message"]) == (202, "changed")
    one = api.get(path).json()
    assert (one["name"], one["enabled"]) == ("Shop", False)
    assert one["modified"] is not None


def test_a_disabled_subaccount_gets_401_in_plain_text(api, account, made):
    sub = Subaccount.objects.get()
    program = Api(account, sub)
    assert program.get("Application/").status_code == 200
    api.post(f"Subaccount/{sub.auth_id}/", {"name": "Branch", "enabled": False})
    refused = program.get("Application/")
    assert refused.status_code == 401
    assert refused["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("cascade", [True, "true", False, None])
def test_deleting_moves_or_deletes_its_applications(api, account, made, cascade):
    program = Api(account, Subaccount.objects.get())
    program.post("Application/", {"app_name": "ivr"})
    body = None if cascade is None else {"cascade": cascade}
    assert api.delete(f"Subaccount/{made['auth_id']}/", body).status_code == 204
    left = list(Application.objects.values_list("subaccount", flat=True))
    assert left == ([] if cascade in (True, "true") else [None])
    assert api.get(f"Subaccount/{made['auth_id']}/").status_code == 404
    assert program.get("Application/").status_code == 401


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_subaccount_credentials_are_403_here_even_for_themselves(api, sub_api, subaccount, method):
    for path in ("Subaccount/", f"Subaccount/{subaccount.auth_id}/"):
        answer = getattr(sub_api, method)(path, {"name": "Shop"})
        assert answer.status_code in ({405, 403} if method == "delete" else {403})
    subaccount.refresh_from_db()
    assert subaccount.deleted_at is None
    assert Subaccount.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_ten_02_another_accounts_subaccount_looks_like_one_that_never_was(
    api, other_api, made, method
):
    theirs = getattr(other_api, method)(f"Subaccount/{made['auth_id']}/", {"name": "Mine"})
    never = getattr(other_api, method)("Subaccount/SANEVERWAS0000000000/", {"name": "Mine"})
    assert theirs.status_code == never.status_code == 404
    bodies = [answer.json() | {"api_id": ""} for answer in (theirs, never)]
    assert bodies[0] == bodies[1]


def test_a_list_takes_three_queries(api, made, django_assert_num_queries):
    api.get()
    with django_assert_num_queries(3):
        api.get("Subaccount/")
