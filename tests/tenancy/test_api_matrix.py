"""Every operation of the API with every kind of caller (TEN-02, TEN-03, TEN-05)."""

from __future__ import annotations

import pytest
from django.test import Client

from console.accounts.models import Subaccount
from console.api.catalog import Route, routes
from tests.support.api import Api
from tests.tenancy.api_routes import API_ROUTES
from tests.tenancy.api_things import MAKERS, NEVER_WAS

pytestmark = pytest.mark.django_db
ROUTES = {route.operation.name: route for route in routes()}
NAMES = sorted(ROUTES)
OWNED = [name for name in NAMES if API_ROUTES.get(name) and API_ROUTES[name].thing in MAKERS]
SHARED = [name for name in OWNED if not API_ROUTES[name].main]


def _path(route: Route, auth_id: str, words: dict[str, str]) -> str:
    path = route.path.replace("{auth_id}", auth_id)
    for name, word in words.items():
        path = path.replace(f"{{{name}}}", word)
    assert "{" not in path, path
    return path


def _ask(api: Api, route: Route, words: dict[str, str], *, auth_id: str = ""):
    return api.call(route.method, _path(route, auth_id or api.auth_id, words))


def _body(answer) -> dict[str, object]:
    return {name: one for name, one in answer.json().items() if name != "api_id"}


@pytest.fixture
def sibling(account) -> Api:
    """Another subaccount of the owner's account."""
    return Api(account, Subaccount.objects.create(account=account, name="Sibling"))


def test_ten_05_every_operation_is_in_the_table_and_every_row_has_an_operation():
    assert set(ROUTES) == set(API_ROUTES)


def test_ten_05_every_thing_of_a_path_has_an_example():
    assert {row.thing for row in API_ROUTES.values()} <= set(NEVER_WAS)


@pytest.mark.parametrize("name", NAMES)
def test_ten_05_nobody_gets_anything_without_credentials(name, account):
    route = ROUTES[name]
    path = _path(route, account.auth_id, NEVER_WAS[API_ROUTES[name].thing])
    answer = Client().generic(route.method, path)
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("name", NAMES)
def test_ten_05_a_disabled_subaccount_gets_nothing(name, sub_api, subaccount):
    Subaccount.objects.for_account(subaccount.account).update(enabled=False)
    row = API_ROUTES[name]
    assert _ask(sub_api, ROUTES[name], NEVER_WAS[row.thing]).status_code == 401


@pytest.mark.parametrize("name", [n for n in NAMES if "{auth_id}" in ROUTES[n].path])
def test_ten_02_a_strangers_credentials_on_the_owners_path_are_401(name, account, other_api):
    words = NEVER_WAS[API_ROUTES[name].thing]
    answer = _ask(other_api, ROUTES[name], words, auth_id=account.auth_id)
    assert answer.status_code == 401


@pytest.mark.parametrize("name", OWNED)
def test_ten_02_a_strangers_object_answers_as_one_that_never_was(name, account, other_api):
    row, route = API_ROUTES[name], ROUTES[name]
    theirs = _ask(other_api, route, MAKERS[row.thing](account, None))
    never = _ask(other_api, route, NEVER_WAS[row.thing])
    assert theirs.status_code == never.status_code
    assert theirs.status_code in {400, 404}
    assert _body(theirs) == _body(never)


@pytest.mark.parametrize("name", SHARED)
def test_ten_03_a_siblings_object_answers_as_one_that_never_was(name, account, subaccount, sibling):
    row, route = API_ROUTES[name], ROUTES[name]
    theirs = _ask(sibling, route, MAKERS[row.thing](account, subaccount))
    never = _ask(sibling, route, NEVER_WAS[row.thing])
    assert theirs.status_code == never.status_code
    assert theirs.status_code in {400, 404}
    assert _body(theirs) == _body(never)


@pytest.mark.parametrize("name", SHARED)
def test_ten_03_a_subaccount_does_not_see_its_parents_object(name, account, sub_api):
    row, route = API_ROUTES[name], ROUTES[name]
    theirs = _ask(sub_api, route, MAKERS[row.thing](account, None))
    assert theirs.status_code in {400, 404}
    assert _body(theirs) == _body(_ask(sub_api, route, NEVER_WAS[row.thing]))


@pytest.mark.parametrize("name", SHARED)
def test_ten_03_the_parent_finds_its_subaccounts_object(name, account, subaccount, api):
    row, route = API_ROUTES[name], ROUTES[name]
    answer = _ask(api, route, MAKERS[row.thing](account, subaccount))
    assert answer.status_code not in {401, 403, 404}, answer.content


@pytest.mark.parametrize("name", OWNED)
def test_ten_05_the_owner_finds_their_own_object(name, account, api):
    """Else the tests above would pass for a route that finds nothing at all."""
    row, route = API_ROUTES[name], ROUTES[name]
    answer = _ask(api, route, MAKERS[row.thing](account, None))
    assert answer.status_code not in {401, 403, 404}, answer.content


@pytest.mark.parametrize("name", [name for name in NAMES if API_ROUTES.get(name)])
def test_ten_05_main_only_operations_refuse_subaccounts(name, account, sub_api):
    row = API_ROUTES[name]
    answer = _ask(sub_api, ROUTES[name], NEVER_WAS[row.thing])
    assert (answer.status_code == 403) == row.main


@pytest.mark.parametrize("name", NAMES)
def test_web_07_junk_is_never_a_500(name, api):
    route = ROUTES[name]
    path = _path(route, api.auth_id, NEVER_WAS[API_ROUTES[name].thing])
    wanted = route.operation.args._declared_fields
    for junk in ("\u202e", "x" * 5000, -1, 10**30, True, [], {}, [{}], "0x"):
        answer = api.call(route.method, path, dict.fromkeys(wanted, junk))
        assert answer.status_code < 500, (junk, answer.content)
