"""The pages of numbers, as a browser sends to them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console.accounts.models import Account, AccountState
from console.applications.models import Application
from console.numbers import services
from console.numbers.models import RentedNumber
from tests.console.numbers.conftest import put_in_stock

NUMBER = "+12065550150"
RENT = f"/numbers/{NUMBER}/rent/"


@pytest.fixture
def owner_client(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def rented(account, stock) -> RentedNumber:
    return services.rent_number(account=account, number=NUMBER, actor="system")


def living(account):
    return RentedNumber.objects.for_account(account).living()


@pytest.mark.parametrize("name", ["list", "search"])
def test_pages_are_for_members(client, db, name):
    response = client.get(reverse(f"numbers:{name}"))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_an_empty_list_leads_to_the_search(owner_client):
    page = owner_client.get("/numbers/").content.decode()
    assert "You have no number yet" in page
    assert 'href="/numbers/search/"' in page


def test_search_shows_numbers_of_the_account_s_country_with_prices(owner_client, stock):
    page = owner_client.get("/numbers/search/").content.decode()
    assert "+1 206 555 0150" in page
    assert "$1.00" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        ("country=US&type=local", 5),
        ("country=US&type=mobile", 0),
        ("country=GB", 1),
        ("country=US&digits=206", 5),
        ("country=US&digits=555", 0),
        ("country=US&digits=555&match=contains", 5),
        ("country=US&digits=0153&match=ends", 1),
        ("country=US&digits=(206)+555-0152", 1),
        ("country=US&capability=both", 5),
        ("country=GB&capability=sms", 0),
        ("country=GB&capability=voice", 1),
        ("country=FR", 0),
    ],
)
def test_search_finds_by_country_type_digits_and_capability(owner_client, stock, query, count):
    put_in_stock("+442079460500", country="GB", national="2079460500", sms_enabled=False)
    response = owner_client.get(f"/numbers/search/?{query}")
    assert (response.status_code, len(response.context["numbers"])) == (200, count)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("country=ZZ", "country"),
        ("country=%E2%80%AEUS", "country"),
        ("digits=%EF%BC%97", "digits"),  # full-width
        ("digits=%D9%A1", "digits"),
        ("digits=abc", "digits"),
        ("digits=" + "1" * 15, "digits"),
        ("digits=" + "x" * 5000, "digits"),
        ("type=satellite", "type"),
        ("match=regex", "match"),
        ("capability=fax", "capability"),
    ],
)
def test_a_search_that_cannot_be_read_says_so_beside_the_field(owner_client, stock, query, field):
    response = owner_client.get(f"/numbers/search/?{query}")
    assert response.status_code == 400
    assert response.context["form"].errors[field]
    assert f"id_{field}_error" in response.content.decode()


@pytest.mark.parametrize("after", ["x", "%00", "９", "1" * 40])
def test_a_page_that_does_not_exist_is_refused(owner_client, stock, after):
    assert owner_client.get(f"/numbers/search/?after={after}").status_code == 400


def test_search_pages_by_key(owner_client, stock):
    for index in range(155, 180):
        put_in_stock(f"+12065550{index}")
    seen, url = [], "/numbers/search/?country=US"
    while url:
        response = owner_client.get(url)
        seen += [one.number for one in response.context["numbers"]]
        url = response.context["next"]
    assert seen == sorted(set(seen))
    assert len(seen) == 30


def test_htmx_gets_the_results_alone(owner_client, stock):
    response = owner_client.get("/numbers/search/", headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "<html" not in page
    assert 'id="stock"' in page
    assert "HX-Request" in response["Vary"]


def test_the_rent_button_asks_with_what_it_costs(owner_client, stock, account):
    page = owner_client.get(RENT).content.decode()
    assert "$1.50" in page
    assert "$8.50" in page
    assert not living(account).exists()


def test_the_only_application_is_chosen_beforehand(owner_client, stock, application):
    form = owner_client.get(RENT).context["form"]
    assert form["application"].value() == application.app_id


def test_renting_leads_to_the_number_s_page(owner_client, stock, account, application):
    given = {"alias": "Desk", "application": application.app_id}
    response = owner_client.post(RENT, given, follow=True)
    assert response.redirect_chain == [(f"/numbers/{NUMBER}/", 302)]
    rented = living(account).get()
    assert (rented.alias, rented.application) == ("Desk", application)


def test_no_application_means_none_even_where_there_is_a_default(
    owner_client, stock, account, application
):
    Application.objects.filter(pk=application.pk).update(default_number_app=True)
    owner_client.post(RENT, {"application": ""})
    assert living(account).get().application is None


def test_a_number_that_nothing_answers_says_so_and_leads_to_an_application(owner_client, rented):
    page = owner_client.get(f"/numbers/{rented.number}/").content.decode()
    assert "No application answers this number" in page
    assert 'href="/applications/new/"' in page


def test_a_number_with_an_application_leads_to_the_handsets(owner_client, rented, application):
    RentedNumber.objects.filter(pk=rented.pk).update(application=application)
    page = owner_client.get(f"/numbers/{rented.number}/").content.decode()
    assert "No application answers" not in page
    assert "Call it from a handset" in page


def test_renting_twice_leads_to_the_same_page_and_costs_once(owner_client, stock, account):
    responses = [owner_client.post(RENT, {}) for _ in range(3)]
    assert {one["Location"] for one in responses} == {f"/numbers/{NUMBER}/"}
    account.refresh_from_db()
    assert account.credit == 8.5


def test_a_number_that_someone_else_took_says_so(owner_client, stock, other_account, account):
    services.rent_number(account=other_account, number=NUMBER, actor="system")
    response = owner_client.post(RENT, {})
    assert response.status_code == 400
    assert "Someone has just rented this number" in response.content.decode()
    assert not living(account).exists()


def test_gate_09_the_third_number_is_refused_with_the_fix(owner_client, stock):
    for number in stock[:2]:
        owner_client.post(f"/numbers/{number.number}/rent/", {})
    response = owner_client.post(f"/numbers/{stock[2].number}/rent/", {})
    page = response.content.decode()
    assert response.status_code == 429
    assert "A trial account can have 2 rented numbers. Release one" in page
    assert 'href="/numbers/"' in page
    assert "/help/errors/trial_limit_reached/" in page


@pytest.mark.parametrize(
    "given",
    [
        {"alias": "x" * 81},
        {"alias": "a\u202eb"},
        {"application": "1" * 17},
        {"application": "nonsense"},
        {"alias": "x" * 100_000},
    ],
)
def test_wrong_values_change_nothing(owner_client, stock, account, given):
    response = owner_client.post(RENT, given)
    assert response.status_code == 400
    assert response.context["form"].errors
    assert not living(account).exists()


def test_a_nul_is_refused(owner_client, stock, account):
    assert owner_client.post(RENT, {"alias": "a\0b"}).status_code == 400
    assert not living(account).exists()


@pytest.mark.parametrize("number", ["+12065559999", "+1", "abc", "+0000000000", "+1２065550150"])
def test_a_number_that_is_not_in_stock_is_404(owner_client, stock, number):
    assert owner_client.get(f"/numbers/{number}/rent/").status_code == 404
    assert owner_client.get(f"/numbers/{number}/").status_code == 404


def test_the_plus_in_the_path_may_be_left_out(owner_client, rented):
    assert owner_client.get(f"/numbers/{NUMBER[1:]}/").status_code == 200


def test_ten_02_someone_elses_number_looks_like_none(client, stranger, rented):
    client.force_login(stranger)
    theirs, random = client.get(f"/numbers/{NUMBER}/"), client.get("/numbers/+12065559999/")
    assert theirs.status_code == random.status_code == 404
    assert client.post(f"/numbers/{NUMBER}/release/").status_code == 404
    assert client.post(f"/numbers/{NUMBER}/", {"alias": "mine"}).status_code == 404
    assert rented.__class__.objects.get().is_living


def test_assigning_many_at_once(owner_client, rented, account, stock, application):
    services.rent_number(account=account, number=stock[1].number, actor="system")
    given = {"numbers": [NUMBER, stock[1].number], "application": application.app_id}
    response = owner_client.post("/numbers/assign/", given)
    assert response.status_code == 302
    assert set(living(account).values_list("application", flat=True)) == {application.pk}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"numbers": []},
        {"numbers": ["+12065559999"]},
        {"numbers": [NUMBER, "nonsense"]},
        {"numbers": ["＋１２０６５５５０１５０"]},
        {"numbers": [NUMBER], "application": "1" * 17},
        {"numbers": [NUMBER] + [f"+1206555{index:04d}" for index in range(300)]},
    ],
)
def test_a_wrong_assignment_changes_nothing(owner_client, rented, account, application, given):
    living(account).update(application=application)
    response = owner_client.post("/numbers/assign/", given)
    assert response.status_code in {400, 404}
    assert "Not assigned" in response.content.decode()
    assert living(account).get().application == application


def test_saving_alias_and_application(owner_client, rented, account, application):
    given = {"alias": "Front desk", "application": application.app_id}
    owner_client.post(f"/numbers/{NUMBER}/", given)
    saved = living(account).get()
    assert (saved.alias, saved.application) == ("Front desk", application)


def test_a_wrong_alias_is_kept_in_the_form_with_its_error(owner_client, rented, account):
    response = owner_client.post(f"/numbers/{NUMBER}/", {"alias": "a\u200bb"})
    assert response.status_code == 400
    assert "invisible" in response.context["form"].errors["alias"][0]
    assert living(account).get().alias == ""


def test_releasing_asks_and_then_releases(owner_client, rented, account):
    page = owner_client.get(f"/numbers/{NUMBER}/").content.decode()
    assert "Release +1 206 555 0150?" in page
    response = owner_client.post(f"/numbers/{NUMBER}/release/")
    assert response["Location"] == "/numbers/"
    assert not living(account).exists()
    assert owner_client.post(f"/numbers/{NUMBER}/release/").status_code == 404


def test_get_releases_and_assigns_nothing(owner_client, rented):
    assert owner_client.get(f"/numbers/{NUMBER}/release/").status_code == 405
    assert owner_client.get("/numbers/assign/").status_code == 405


def test_an_analyst_reads_and_changes_nothing(client, analyst, rented, account, stock):
    client.force_login(analyst)
    page = client.get("/numbers/").content.decode()
    assert "+1 206 555 0150" in page
    assert "Assign" not in page
    for path in ("", "release/"):
        assert client.post(f"/numbers/{NUMBER}/{path}", {"alias": "x"}).status_code == 403
    assert client.post("/numbers/assign/", {"numbers": [NUMBER]}).status_code == 403
    assert client.post(f"/numbers/{stock[1].number}/rent/").status_code == 403
    assert living(account).get().alias == ""


def test_a_suspended_account_is_told_so_and_changes_nothing(owner_client, rented, account, stock):
    Account.objects.update(state=AccountState.SUSPENDED)
    for path in (f"/numbers/{NUMBER}/release/", f"/numbers/{stock[1].number}/rent/"):
        response = owner_client.post(path, {})
        assert response.status_code == 403
        assert "suspended" in response.content.decode()
    assert living(account).get().number == NUMBER


def test_the_list_filters_by_digits_alias_and_application(
    owner_client, rented, account, application
):
    living(account).update(alias="Front desk", application=application)
    for query, count in (
        ("q=0150", 1),
        ("q=front", 1),
        ("q=9999", 0),
        ("q=%E0%A4%A1", 0),
        (f"application={application.app_id}", 1),
        ("application=1", 0),
        ("after=12065550149", 1),
        ("after=12065550150", 0),
        ("after=x", 1),
    ):
        response = owner_client.get(f"/numbers/?{query}")
        assert len(response.context["numbers"]) == count, query


@pytest.mark.parametrize("path", ["/numbers/", "/numbers/search/", f"/numbers/{NUMBER}/"])
def test_pages_take_at_most_eight_queries(
    owner_client, rented, application, path, django_assert_max_num_queries
):
    owner_client.get(path)
    with django_assert_max_num_queries(8):
        assert owner_client.get(path).status_code == 200


def test_no_component_is_left_unrendered(owner_client, rented, stock):
    for path in ("/numbers/", "/numbers/search/", f"/numbers/{NUMBER}/", RENT):
        assert "<c-" not in owner_client.get(path, follow=True).content.decode()
