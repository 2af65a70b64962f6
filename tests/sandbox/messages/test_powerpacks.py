"""Powerpacks: which number texts whom, and the API's face of it."""

from __future__ import annotations

import pytest

from console.accounts.models import Account
from console.core import clock
from console.core.errors import DomainError
from console.core.numbers import canonical_number
from console.numbers.models import RentedNumber
from sandbox.messages import powerpacks
from sandbox.messages.models import Message, Powerpack
from tests.console.numbers.conftest import put_in_stock
from tests.sandbox.messages.conftest import DID, FRIEND, on_phone, send
from tests.support.api import differences, fixture
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
SEATTLE, BOSTON, LONDON, FREE = "+12065550150", "+16175550150", "+442079460150", "+18005550150"
SHORT = ("powerpackListShortcodeResponse", "shortcodeListResponse")


def rent(account, number: str, **stock) -> RentedNumber:
    facts = {"national": number[3:]} | stock
    return RentedNumber.objects.create(
        account=account,
        stock=put_in_stock(number, **facts),
        number=number,
        renewal_date=clock.now().date(),
    )


@pytest.fixture
def pack(account, frozen) -> Powerpack:
    """Four numbers in two countries, one of them toll-free."""
    made = powerpacks.create_powerpack(account=account, actor="system", name="Everywhere")
    for number, facts in {
        SEATTLE: {}, BOSTON: {}, LONDON: {"country": "GB"}, FREE: {"type": "tollfree"},
    }.items():  # fmt: skip
        rent(account, number, **facts)
        powerpacks.add_number(pack=made, number=number, actor="system")
    return made


def chosen(pack: Powerpack, to: str) -> str:
    return powerpacks.choose_sources(pack, [canonical_number(to)])[to]


@pytest.mark.parametrize(
    ("to", "by"),
    [("+12065550199", SEATTLE), ("+16175550199", BOSTON), ("+442079460199", LONDON)],
)
def test_local_connect_takes_the_nearest_number(pack, to, by):
    assert chosen(pack, to) == by


def test_a_receiver_hears_from_the_number_it_knows(pack):
    powerpacks.remember(pack, {"+12065550199": BOSTON})
    assert chosen(pack, "+12065550199") == BOSTON
    powerpacks.remember(pack, {"+12065550199": LONDON})
    assert chosen(pack, "+12065550199") == LONDON
    pack.sticky_sender = False
    assert chosen(pack, "+12065550199") == SEATTLE


def test_a_known_number_that_left_the_pool_is_forgotten(pack):
    powerpacks.remember(pack, {"+12065550199": BOSTON})
    powerpacks.remove_number(pack=pack, number=BOSTON, actor="system")
    assert chosen(pack, "+12065550199") == SEATTLE


def test_number_priority_prefers_a_class(pack):
    rule = {"service_type": "SMS", "country_iso": "US"}
    rule["priority"] = {"priority1": "shortcode", "priority2": "tollfree", "priority3": "longcode"}
    powerpacks.update_powerpack(pack=pack, actor="system", number_priority=[rule])
    assert chosen(pack, "+12065550199") == FREE
    assert chosen(pack, "+442079460199") == LONDON


def test_without_local_connect_receivers_are_spread_over_the_pool(pack):
    pack.local_connect = False
    numbers = [canonical_number(f"+120655501{place:02d}") for place in range(60)]
    found = powerpacks.choose_sources(pack, numbers)
    assert len(set(found.values())) >= 3


def test_a_released_number_sends_no_more(pack, frozen):
    RentedNumber.objects.exclude(number=LONDON).update(released_at=clock.now())
    assert chosen(pack, "+12065550199") == LONDON
    RentedNumber.objects.update(released_at=clock.now())
    with pytest.raises(DomainError) as refused:
        chosen(pack, "+12065550199")
    assert refused.value.code == "empty_powerpack"


BAD_RULES = [
    7,
    {},
    {"service_type": "SMS"},
    {"service_type": "SMS", "country_iso": "USA", "priority": {}},
    {"service_type": "SMS", "country_iso": "US", "priority": {"priority1": "satellite"}},
]


@pytest.mark.parametrize("rule", BAD_RULES)
def test_a_priority_that_cannot_be_read_is_refused(pack, rule):
    with pytest.raises(DomainError) as refused:
        powerpacks.update_powerpack(pack=pack, actor="system", number_priority=[rule])
    assert refused.value.code == "invalid_priority"


def test_choosing_takes_two_queries(pack, django_assert_num_queries):
    numbers = [canonical_number(f"+120655501{place:02d}") for place in range(20)]
    with django_assert_num_queries(2):
        powerpacks.choose_sources(pack, numbers)


def test_a_message_goes_out_by_the_pool_and_is_remembered(account, did, proved, frozen):
    made = powerpacks.create_powerpack(account=account, actor="system", name="One")
    powerpacks.add_number(pack=made, number=DID, actor="system")
    (message,) = send(account, src="", powerpack=made)
    drain(frozen, seconds=5)
    assert message.from_number == DID
    assert on_phone() == ["Hello"]
    assert Message.objects.get().powerpack == made


def test_gate_04_a_pool_opens_no_way_around_the_fence(account, did, proved, frozen):
    made = powerpacks.create_powerpack(account=account, actor="system", name="One")
    powerpacks.add_number(pack=made, number=DID, actor="system")
    for to, status in {"+12025550144": 400, "+33639980123": 403}.items():
        with pytest.raises(DomainError) as refused:
            send(account, src="", powerpack=made, dst=f"{FRIEND}<{to}")
        assert refused.value.status == status
    assert not Message.objects.exists()


# The API


@pytest.fixture
def made(api):
    """The answer that made one."""
    return api.post("Powerpack/", {"name": "West coast"}).json()


def pool_of(body) -> str:
    """As both SDKs do it."""
    return f"NumberPool/{body['number_pool'].split('/')[5]}/"


def test_creating_answers_with_the_keys_of_the_fixture(api, made):
    assert differences(made, fixture("powerpackCreatePowerpackResponse")) == []
    assert (made["sticky_sender"], made["local_connect"]) == (True, True)
    assert (made["application_type"], made["application_id"]) == ("XML", "")
    assert made["created_on"].endswith("Z")


def test_getting_listing_and_updating_have_the_keys_of_the_fixtures(api, application, made):
    path = f"Powerpack/{made['uuid']}/"
    assert differences(api.get(path).json(), fixture("powerpackResponse")) == []
    changes = {"name": "East", "sticky_sender": "false", "application_id": application.app_id}
    changed = api.post(path, changes)
    assert changed.status_code == 202
    assert differences(changed.json(), fixture("powerpackUpdatePowerpackResponse")) == []
    listed = api.get("Powerpack/").json()
    assert differences(listed, fixture("powerpackListPowerpackResponse")) == []
    assert (listed["meta"]["next"], listed["meta"]["previous"]) == ("", "")
    (one,) = listed["objects"]
    assert (one["name"], one["sticky_sender"]) == ("East", False)
    assert one["application_id"] == application.app_id


def test_numbers_are_added_counted_found_and_removed(api, account, did, made):
    pool = pool_of(made)
    added = api.post(f"{pool}Number/{DID[1:]}/")
    assert added.status_code == 201
    assert differences(added.json(), fixture("powerpackAddNumberResponse")) == []
    listed = api.get(f"{pool}Number/?starts_with=1206&country_iso2=us&type=fixed").json()
    assert differences(listed, fixture("powerpackListNumbersResponse")) == []
    assert listed["meta"]["total_count"] == 1
    assert api.get(f"{pool}Number/?type=mobile").json()["meta"]["total_count"] == 0
    found = api.get(f"{pool}Number/{DID}/").json()
    assert found["account_phone_number_resource"] == f"{api.base}Number/{DID[1:]}/"
    gone = api.delete(f"{pool}Number/{DID[1:]}/", {"unrent": False})
    assert (gone.status_code, gone.json()["response"]) == (200, "success")
    assert api.get(f"{pool}Number/{DID[1:]}/").status_code == 404
    assert RentedNumber.objects.get(number=DID).is_living


def test_a_number_is_rented_and_given_back_when_asked(api, account, made):
    put_in_stock(SEATTLE)
    pool = pool_of(made)
    assert api.post(f"{pool}Number/{SEATTLE[1:]}/").status_code == 404
    bought = api.post(f"{pool}Number/{SEATTLE[1:]}/", {"rent": "true"})
    assert bought.status_code == 201
    assert differences(bought.json(), fixture("powerpackBuyAndNumberResponse")) == []
    api.delete(f"{pool}Number/{SEATTLE[1:]}/", {"unrent": True})
    assert not RentedNumber.objects.get(number=SEATTLE).is_living


def test_what_cannot_be_rented_is_not_added(api, account, made):
    put_in_stock(SEATTLE)
    Account.objects.filter(pk=account.pk).update(credit="0.01")
    answer = api.post(f"{pool_of(made)}Number/{SEATTLE[1:]}/", {"rent": True})
    assert answer.json()["error_code"] == "insufficient_credit"
    assert not RentedNumber.objects.exists()


def test_toll_free_numbers_are_listed_apart(api, account, frozen, made):
    rent(account, FREE, type="tollfree")
    pool = pool_of(made)
    added = api.post(f"{pool}Tollfree/{FREE[1:]}/").json()
    assert differences(added, fixture("powerpackAddTollfreeResponse")) == []
    listed = api.get(f"{pool}Tollfree/").json()
    assert differences(listed, fixture("powerpackListTollfreeResponse")) == []
    assert api.get(f"{pool}Tollfree/{FREE[1:]}/").json()["tollfree"] == FREE[1:]
    assert api.get(f"{pool}Number/").json()["meta"]["total_count"] == 0
    assert api.delete(f"{pool}Tollfree/{FREE[1:]}/").json()["response"] == "success"
    assert api.get(f"{pool}Tollfree/{FREE[1:]}/").status_code == 404


@pytest.mark.parametrize("name", SHORT)
def test_there_are_no_short_codes(api, made, name):
    pool = pool_of(made)
    listed = api.get(f"{pool}Shortcode/").json()
    wanted = fixture(name)
    assert differences(listed, wanted) == []
    assert listed["objects"] == []
    assert api.get(f"{pool}Shortcode/444444/").status_code == 404
    assert api.delete(f"{pool}Shortcode/444444/").status_code == 404


@pytest.mark.parametrize("unrent", [True, False])
def test_deleting_keeps_the_numbers_unless_asked(api, account, did, made, unrent):
    api.post(f"{pool_of(made)}Number/{DID[1:]}/")
    gone = api.delete(f"Powerpack/{made['uuid']}/", {"unrent_numbers": unrent})
    assert (gone.status_code, gone.json()["response"]) == (200, "success")
    assert differences(gone.json(), fixture("powerpackDeleteResponse")) == []
    assert RentedNumber.objects.get(number=DID).is_living is not unrent
    assert api.get(f"Powerpack/{made['uuid']}/").status_code == 404


def test_ten_02_powerpacks_and_pools_of_another_account_are_404(api, other_api, did, made):
    pool = pool_of(made)
    api.post(f"{pool}Number/{DID[1:]}/")
    for method, path in [
        ("GET", f"Powerpack/{made['uuid']}/"), ("POST", f"Powerpack/{made['uuid']}/"),
        ("DELETE", f"Powerpack/{made['uuid']}/"), ("GET", f"{pool}Number/"),
        ("GET", f"{pool}Number/{DID[1:]}/"), ("POST", f"{pool}Number/{DID[1:]}/"),
        ("DELETE", f"{pool}Number/{DID[1:]}/"), ("GET", f"{pool}Tollfree/"),
        ("GET", f"{pool}Shortcode/"), ("GET", "Powerpack/x/"), ("GET", "NumberPool/x/Number/"),
    ]:  # fmt: skip
        assert other_api.call(method, path, {}).status_code == 404, path
    assert other_api.get("Powerpack/").json()["objects"] == []


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "number_priority": [7]},
                                  {"name": "x", "application_id": "9"}])  # fmt: skip
def test_a_powerpack_that_cannot_be_made_is_400(api, body):
    assert api.post("Powerpack/", body).status_code == 400
