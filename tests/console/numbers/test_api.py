"""Rented numbers and the stock over the API."""

from __future__ import annotations

import pytest

from console.accounts.models import Account
from console.numbers.models import StockNumber
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
ONE = "12065550150"


@pytest.fixture
def full(account):
    """The owner's account is not on trial."""
    Account.objects.filter(pk=account.pk).update(state="active")


def test_a_search_gives_numbers_with_the_keys_of_the_sdks_fixture(api, stock):
    body = api.get("PhoneNumber/?country_iso=US").json()
    assert body["meta"]["total_count"] == 5
    wanted = fixture("phoneNumberListResponse")
    assert differences(body, wanted) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [("type=local", 5), ("type=fixed", 5), ("type=mobile", 0), ("pattern=20655501", 5),
     ("npanxx=206555", 5), ("services=voice,sms", 5), ("services=mms", 5), ("city=seattle", 5),
     ("region=Texas", 0), ("pattern=999", 0)],
)  # fmt: skip
def test_a_search_is_narrowed_by(api, stock, query, found):
    body = api.get(f"PhoneNumber/?country_iso=US&{query}").json()
    assert body["meta"]["total_count"] == found


def test_services_are_taken_with_the_name_repeated_as_one_sdk_sends_a_list(api, stock):
    StockNumber.objects.update(sms_enabled=False)
    StockNumber.objects.filter(pk=StockNumber.objects.first().pk).update(sms_enabled=True)
    query = "PhoneNumber/?country_iso=US&services=sms&services=voice&limit=1"
    assert api.get(query).json()["meta"]["total_count"] == 1
    assert api.get("PhoneNumber/?country_iso=US&services=voice").json()["meta"]["total_count"] == 5


def test_the_next_page_keeps_a_repeated_filter_and_drops_a_cursor(api, stock):
    query = "PhoneNumber/?country_iso=US&services=sms&services=voice&cursor=abc&limit=2"
    link = api.get(query).json()["meta"]["next"]
    assert "services=sms&services=voice" in link
    assert "cursor" not in link
    assert len(api.get(link).json()["objects"]) == 2


@pytest.mark.parametrize("country", ["", "U", "USA", "U1", "ÜS"])
def test_a_search_without_a_sound_country_is_400(api, stock, country):
    assert api.get(f"PhoneNumber/?country_iso={country}").status_code == 400


def test_a_search_in_an_unknown_country_is_empty(api, stock):
    assert api.get("PhoneNumber/?country_iso=ZZ").json()["objects"] == []


def test_renting_answers_as_the_sdks_expect(api, stock):
    answer = api.post(f"PhoneNumber/{ONE}/")
    assert answer.status_code == 201
    assert answer.json()["numbers"] == [{"number": ONE, "status": "Success"}]
    assert answer.json()["status"] == "fulfilled"


def test_a_number_that_takes_texts_takes_those_with_media_at_the_same_price(api, stock):
    offered = api.get("PhoneNumber/?country_iso=US&services=mms").json()["objects"][0]
    assert (offered["mms_enabled"], offered["mms_rate"]) == (True, offered["sms_rate"])
    api.post(f"PhoneNumber/{ONE}/")
    rented = api.get(f"Number/{ONE}/").json()
    assert (rented["mms_enabled"], rented["mms_rate"]) == (True, rented["sms_rate"])


def test_a_rented_number_has_the_keys_of_the_sdks_fixture(api, stock):
    api.post(f"PhoneNumber/{ONE}/")
    body = api.get(f"Number/{ONE}/").json()
    assert differences(body, fixture("numberGetResponse")) == []
    assert differences(api.get("Number/").json(), fixture("numberListResponse")) == []


@pytest.mark.parametrize("written", [ONE, f"+{ONE}", f"%2B{ONE}"])
def test_a_number_is_found_with_and_without_its_plus(api, stock, written):
    api.post(f"PhoneNumber/{ONE}/")
    assert api.get(f"Number/{written}/").status_code == 200


def test_renting_twice_is_400_and_an_unknown_number_404(api, stock):
    api.post(f"PhoneNumber/{ONE}/")
    assert api.post(f"PhoneNumber/{ONE}/").status_code == 400
    assert api.post("PhoneNumber/12065550199/").status_code == 404


def test_gate_09_the_trials_cap_is_429(api, stock):
    answers = [api.post(f"PhoneNumber/1206555015{n}/").status_code for n in range(3)]
    assert answers == [201, 201, 429]


def test_a_number_is_pointed_at_an_application_and_away_again(api, stock):
    api.post(f"PhoneNumber/{ONE}/")
    app_id = api.post("Application/", {"app_name": "ivr"}).json()["app_id"]
    assert api.post(f"Number/{ONE}/", {"app_id": app_id, "alias": "desk"}).status_code == 202
    body = api.get(f"Number/{ONE}/").json()
    assert body["application"].endswith(f"/Application/{app_id}/")
    api.post(f"Number/{ONE}/", {"alias": "desk 2"})
    assert api.get(f"Number/{ONE}/").json()["application"] is not None
    api.post(f"Number/{ONE}/", {"app_id": None})
    assert api.get(f"Number/{ONE}/").json()["application"] is None


def test_filters_of_the_list(api, stock):
    api.post(f"PhoneNumber/{ONE}/")
    api.post(f"Number/{ONE}/", {"alias": "desk"})
    for query, found in (
        ("alias=desk", 1), ("alias=other", 0), ("number_startswith=1206", 1), ("type=mobile", 0),
        ("services=voice,mms", 1), ("renewal_date__gt=2020-01-01", 1), ("renewal_date_lt=2020-01-01", 0),
    ):  # fmt: skip
        assert api.get(f"Number/?{query}").json()["meta"]["total_count"] == found, query
    assert api.get("Number/?renewal_date=tomorrow").status_code == 400


def test_releasing_gives_204_and_the_number_back_to_the_stock(api, stock):
    api.post(f"PhoneNumber/{ONE}/")
    assert api.delete(f"Number/{ONE}/").status_code == 204
    assert api.get(f"Number/{ONE}/").status_code == 404
    assert api.get("PhoneNumber/?country_iso=US").json()["meta"]["total_count"] == 5


def test_own_numbers_are_for_full_accounts(api, stock):
    body = {"numbers": "14155550177,14155550178", "carrier": "Example Telecom", "region": "CA"}
    assert api.post("Number/", body).status_code == 403


def test_own_numbers_are_taken_in_all_or_none(api, stock, full):
    body = {"numbers": "14155550177,14155550178", "carrier": "Example Telecom", "region": "CA"}
    answer = api.post("Number/", body)
    assert answer.status_code == 202
    assert api.get("Number/14155550177/").json()["carrier"] == "Example Telecom"
    again = api.post("Number/", body | {"numbers": "14155550179<14155550178"})
    assert again.status_code == 400
    assert api.get("Number/14155550179/").status_code == 404


def test_a_subaccount_rents_for_itself(api, sub_api, stock, subaccount):
    sub_api.post(f"PhoneNumber/{ONE}/")
    assert sub_api.get(f"Number/{ONE}/").json()["sub_account"] == sub_api.base
    assert api.get(f"Number/?subaccount={subaccount.auth_id}").json()["meta"]["total_count"] == 1


def test_a_list_of_numbers_takes_three_queries(api, stock, django_assert_num_queries):
    api.post(f"PhoneNumber/{ONE}/")
    with django_assert_num_queries(3):
        api.get("Number/")
