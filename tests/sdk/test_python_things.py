"""Account, subaccounts, applications, endpoints, numbers: by the official Python SDK."""

from __future__ import annotations

import re
import uuid

import plivo
import pytest
from plivo import exceptions

from tests.sdk.conftest import customer
from tests.support.api import differences, fixture

pytestmark = pytest.mark.stack


def plain(thing):
    """What an SDK object holds, at any depth, without the SDK's own."""
    if isinstance(thing, list):
        return [plain(one) for one in thing]
    if not hasattr(thing, "__dict__"):
        return thing
    held = {k: v for k, v in vars(thing).items() if not k.startswith("_") and k != "client"}
    return {name: plain(one) for name, one in held.items()}


def test_the_account_is_read_and_changed(sdk):
    account = sdk.client.account.get()
    assert differences(plain(account), fixture("accountGetResponse")) == []
    assert re.fullmatch(r"[0-9]{2,3}\.[0-9]{5}", account.cash_credits)
    done = sdk.client.account.update(name="Ada Example", city="Leeds", address="12 Test Lane")
    assert done.message == "changed"
    assert sdk.client.account.get().city == "Leeds"


def test_applications_are_made_listed_changed_and_deleted(sdk):
    made = sdk.client.applications.create(
        app_name="ivr", answer_url="https://app.example.com/answer/", answer_method="GET"
    )
    assert made.message == "created"
    found = sdk.client.applications.get(made.app_id)
    assert differences(plain(found), fixture("applicationGetResponse")) == []
    assert found.answer_method == "GET"
    changed = sdk.client.applications.update(
        made.app_id, answer_url="https://app.example.com/other/"
    )
    assert changed.message == "changed"
    assert sdk.client.applications.get(made.app_id).answer_url.endswith("/other/")
    assert sdk.client.applications.list(limit=1).meta.limit == 1
    sdk.client.applications.delete(made.app_id)
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.applications.get(made.app_id)


def test_paging_walks_through_forty_five_objects(sdk):
    for n in range(45):
        sdk.client.applications.create(app_name=f"page-{n}")
    names = [one.app_name for one in sdk.client.applications if one.app_name.startswith("page-")]
    assert len(names) == len(set(names)) == 45


def test_endpoints_are_made_listed_changed_and_deleted(sdk):
    made = sdk.client.endpoints.create(username="alice", password="tin-can-string", alias="Alice")
    assert made.username.startswith("alice")
    found = sdk.client.endpoints.get(made.endpoint_id)
    assert found.sip_registered == "false"
    sdk.client.endpoints.update(made.endpoint_id, alias="Desk")
    assert sdk.client.endpoints.get(made.endpoint_id).alias == "Desk"
    assert sdk.client.endpoints.list().meta.total_count >= 1
    sdk.client.endpoints.delete(made.endpoint_id)
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.endpoints.get(made.endpoint_id)


def test_numbers_are_searched_bought_pointed_and_released(sdk):
    offer = sdk.client.numbers.search(country_iso="US", type="local", limit=2)
    number = offer.objects[0]["number"]
    bought = sdk.client.numbers.buy(number)
    assert bought.status == "fulfilled"
    app = sdk.client.applications.create(app_name="for-a-number")
    done = sdk.client.numbers.update(number, app_id=app.app_id, alias="desk")
    assert done.message == "changed"
    found = sdk.client.numbers.get(number)
    assert differences(plain(found), fixture("numberGetResponse")) == []
    assert found.alias == "desk"
    assert [one.number for one in sdk.client.numbers.list(alias="desk")] == [number]
    sdk.client.numbers.delete(number)
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.numbers.get(number)


def test_own_numbers_are_brought_along(sdk):
    done = sdk.client.numbers.create(
        numbers="13075550123", carrier="Example Telecom", region="California"
    )
    assert done.message == "changed"
    assert sdk.client.numbers.get("13075550123").carrier == "Example Telecom"


def test_subaccounts_have_credentials_of_their_own(sdk):
    made = sdk.client.subaccounts.create(name="Branch", enabled=True)
    branch = plivo.RestClient(made.auth_id, made.auth_token, timeout=120)
    branch.applications.create(app_name="in-the-branch")
    assert [one.app_name for one in branch.applications.list()] == ["in-the-branch"]
    found = sdk.client.subaccounts.get(made.auth_id)
    assert differences(plain(found), fixture("subaccountGetResponse")) == []
    sdk.client.subaccounts.update(made.auth_id, "Closed branch", enabled=False)
    with pytest.raises(exceptions.AuthenticationError):
        branch.account.get()
    sdk.client.subaccounts.delete(made.auth_id, cascade=True)
    with pytest.raises(exceptions.ResourceNotFoundError):
        sdk.client.subaccounts.get(made.auth_id)


class TestRefusals:
    """The SDK's exception classes for each status (compat/README.md 4.2)."""

    def test_a_400_is_a_validation_error_with_our_text(self, sdk):
        with pytest.raises(exceptions.ValidationError, match="app_id parameter is invalid"):
            sdk.client.endpoints.create(
                username="bob", password="tin-can-string", alias="Bob", app_id="21000000000000009"
            )

    def test_a_401_is_an_authentication_error_also_in_a_list(self, sdk):
        stranger = plivo.RestClient(sdk.auth_id, "x" * 40, timeout=120)
        with pytest.raises(exceptions.AuthenticationError):
            stranger.applications.list()

    def test_a_403_is_a_forbidden_error(self, sdk):
        made = sdk.client.subaccounts.create(name="Narrow", enabled=True)
        branch = plivo.RestClient(made.auth_id, made.auth_token, timeout=120)
        with pytest.raises(exceptions.ForbiddenError):
            branch.account.update(name="Wide")

    def test_a_404_is_a_resource_not_found_error(self, sdk):
        with pytest.raises(exceptions.ResourceNotFoundError):
            sdk.client.applications.get("21000000000000009")

    def test_a_405_is_an_invalid_request_error(self, sdk):
        with pytest.raises(exceptions.InvalidRequestError):
            sdk.client.request("PATCH", ("Application",), {})

    def test_a_429_is_the_sdks_base_error(self, sdk_stack):
        trial = customer(sdk_stack, f"trial-{uuid.uuid4().hex[:6]}", plan="trial")
        offer = trial.client.numbers.search(country_iso="US", type="local", offset=40, limit=4)
        numbers = [one["number"] for one in offer.objects]
        for number in numbers[:2]:
            trial.client.numbers.buy(number)
        with pytest.raises(exceptions.PlivoRestError):
            trial.client.numbers.buy(numbers[2])
