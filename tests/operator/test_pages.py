"""What holds for every page of staff."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.accounts.services import upgrades
from sandbox.fence.ranges import seed_ranges
from sandbox.network.seeds import seed_network
from tests.support.axe import violations

pytestmark = pytest.mark.django_db
PAGES = (
    "/operator/", "/operator/accounts/", "/operator/policy/", "/operator/prefixes/",
    "/operator/switches/", "/operator/carriers/", "/operator/carriers/meridian/",
    "/operator/routes/", "/operator/rates/", "/operator/pops/", "/operator/stock/",
    "/operator/restores/",
)  # fmt: skip


@pytest.fixture
def furnished(owner, account):
    seed_network()
    seed_ranges()
    upgrades.ask_upgrade(account=account, actor=owner, wish="A call center.")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_staff_opens_small_and_with_few_queries(at_desk, furnished, path):
    assert at_desk.get(path).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        answer = at_desk.get(path)
    html = answer.content.decode()
    assert "<c-" not in html
    assert html.count("<h1") == 1
    assert len(html.encode()) < 60 * 1024
    # One more than elsewhere: the second factor is looked up.
    assert len(asked) <= 12, [one["sql"] for one in asked]


@pytest.mark.parametrize("path", PAGES)
def test_acc_04_members_see_no_such_page_and_staff_need_a_second_factor(
    client, owner, staff, furnished, path
):
    client.force_login(owner)
    assert client.get(path).status_code == 404
    client.force_login(staff)
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/2fa/" in answer.headers["Location"]


def test_the_tabs_lead_to_every_page_and_name_the_current_one(at_desk, furnished):
    html = at_desk.get("/operator/routes/").content.decode()
    for path in PAGES:
        assert path == "/operator/carriers/meridian/" or f'href="{path}"' in html
    assert '<a href="/operator/routes/" aria-current="page"' in html


def test_the_side_bar_shows_operator_to_staff_only(at_desk, client, owner, furnished):
    assert ">Operator" in at_desk.get("/operator/").content.decode().replace("> ", ">")
    client.force_login(owner)
    assert "/operator/" not in client.get("/network/").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_of_staff_is_clean(browse, at_desk, staff, furnished, account, width, scheme):
    seen = browse(staff, width=width, scheme=scheme)
    wrong = []
    for path in (*PAGES, f"/operator/accounts/{account.auth_id}/"):
        page = seen.open(path)
        wrong += [(path, v["id"]) for v in violations(page)]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append((path, "too wide"))
    assert wrong == []
    assert seen.complaints == []
