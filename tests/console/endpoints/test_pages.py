"""The pages of endpoints, as a browser sends to them."""

from __future__ import annotations

import re
import uuid

import pytest

from console.applications.models import Application
from console.endpoints import services
from console.endpoints.models import Endpoint

GIVEN = {"username": "alice", "alias": "Front desk"}
PASSWORD = re.compile(r'data-copy="([A-Za-z0-9]{24})"')


@pytest.fixture
def owner_client(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def endpoint(account) -> Endpoint:
    return services.create_endpoint(
        account=account, actor="system", name="alice", alias="Front desk"
    ).endpoint


def shown_password(response) -> str:
    found = PASSWORD.search(response.content.decode())
    return found.group(1) if found else ""


def test_an_empty_list_says_what_to_do(owner_client):
    page = owner_client.get("/endpoints/").content.decode()
    assert "You have no endpoint yet" in page
    assert page.count("Create endpoint") == 1


def test_the_password_is_shown_in_the_answer_that_makes_it_and_never_again(owner_client, account):
    response = owner_client.post("/endpoints/new/", GIVEN)
    made = Endpoint.objects.for_account(account).get()
    password = shown_password(response)
    assert made.ha1 == services.digest_hash(username=made.username, password=password)
    assert "no-store" in response["Cache-Control"]
    assert shown_password(owner_client.get(f"/endpoints/{made.endpoint_id}/")) == ""


def test_the_same_form_sent_twice_makes_one_and_shows_the_password_once(owner_client, account):
    given = GIVEN | {"form_key": str(uuid.uuid4())}
    assert shown_password(owner_client.post("/endpoints/new/", given))
    again = owner_client.post("/endpoints/new/", given)
    made = Endpoint.objects.for_account(account).get()
    assert again["Location"] == f"/endpoints/{made.endpoint_id}/"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "1alice"}, "username"),
        ({"username": "al ice"}, "username"),
        ({"username": "ａｌｉｃｅ"}, "username"),
        ({"username": "alice١"}, "username"),
        ({"username": "x" * 41}, "username"),
        ({"username": "x" * 100_000}, "username"),
        ({"alias": ""}, "alias"),
        ({"alias": "a\u202eb"}, "alias"),
        ({"alias": "x" * 81}, "alias"),
        ({"application": "1" * 17}, "application"),
        ({"application": "x" * 10_000}, "application"),
    ],
)
def test_wrong_values_are_named_beside_their_field(owner_client, given, field):
    response = owner_client.post("/endpoints/new/", GIVEN | given)
    assert response.status_code == 400
    assert response.context["form"].errors[field]
    assert not Endpoint.objects.exists()


def test_ten_03_someone_elses_application_is_an_error_of_the_field(owner_client, other_account):
    theirs = Application.objects.create(account=other_account, name="Theirs")
    response = owner_client.post("/endpoints/new/", GIVEN | {"application": theirs.app_id})
    assert response.context["form"].errors["application"]


def test_gate_09_the_sixth_is_refused_with_the_fix(owner_client, account):
    for _ in range(5):
        services.create_endpoint(account=account, actor="system", name="a", alias="A")
    response = owner_client.post("/endpoints/new/", GIVEN)
    assert response.status_code == 429
    assert "A trial account can have 5 endpoints" in response.content.decode()


def test_saving_alias_and_application(owner_client, endpoint, account):
    application = Application.objects.create(account=account, name="A")
    path = f"/endpoints/{endpoint.endpoint_id}/"
    given = {"alias": "Hall", "application": application.app_id}
    assert owner_client.post(path, given)["Location"] == path
    endpoint.refresh_from_db()
    assert (endpoint.alias, endpoint.application) == ("Hall", application)


def test_the_username_cannot_be_changed(owner_client, endpoint):
    before = endpoint.username
    path = f"/endpoints/{endpoint.endpoint_id}/"
    owner_client.post(path, {"alias": "Hall", "username": "mallory"})
    endpoint.refresh_from_db()
    assert endpoint.username == before


def test_a_new_password_takes_the_old_ones_place(owner_client, endpoint):
    response = owner_client.post(f"/endpoints/{endpoint.endpoint_id}/password/")
    endpoint.refresh_from_db()
    assert endpoint.ha1 == services.digest_hash(
        username=endpoint.username, password=shown_password(response)
    )


def test_deleting_asks_naming_it_and_then_deletes(owner_client, endpoint):
    path = f"/endpoints/{endpoint.endpoint_id}/"
    assert "Delete the endpoint “Front desk”?" in owner_client.get(path).content.decode()
    assert owner_client.post(f"{path}delete/")["Location"] == "/endpoints/"
    assert owner_client.post(f"{path}delete/").status_code == 404


@pytest.mark.parametrize("path", ["", "password/", "delete/"])
def test_ten_02_someone_elses_endpoint_looks_like_none(client, stranger, endpoint, path):
    client.force_login(stranger)
    answers = [
        client.post(f"/endpoints/{one}/{path}", {"alias": "mine"})
        for one in (endpoint.endpoint_id, "1" * 14)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    before = endpoint.ha1
    endpoint.refresh_from_db()
    assert (endpoint.alias, endpoint.ha1) == ("Front desk", before)


def test_an_analyst_reads_and_changes_nothing(client, analyst, endpoint):
    client.force_login(analyst)
    path = f"/endpoints/{endpoint.endpoint_id}/"
    assert client.get(path).status_code == 200
    assert client.get("/endpoints/new/").status_code == 403
    for action in ("", "password/", "delete/"):
        assert client.post(f"{path}{action}", {"alias": "x"}).status_code == 403


def test_phone_settings_name_the_server(owner_client, settings):
    settings.SIP_DOMAIN = "phone.ringfence.test"
    page = owner_client.get("/endpoints/phones/").content.decode()
    assert "phone.ringfence.test" in page
    assert "Linphone" in page


def test_pages_take_at_most_eight_queries(owner_client, endpoint, django_assert_max_num_queries):
    for path in ("", "new/", "phones/", f"{endpoint.endpoint_id}/"):
        owner_client.get(f"/endpoints/{path}")
        with django_assert_max_num_queries(8):
            page = owner_client.get(f"/endpoints/{path}")
        assert "<c-" not in page.content.decode()
