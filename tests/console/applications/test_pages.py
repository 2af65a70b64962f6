"""The pages of applications, as a browser sends to them."""

from __future__ import annotations

import re
import uuid

import pytest

from console.accounts.models import AuditEvent
from console.applications import services
from console.applications.models import Application
from console.core import clock
from console.endpoints.services import create_endpoint
from console.records.services import write_cdr

URL = "https://app.example.com/answer/"


@pytest.fixture
def owner_client(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def application(account) -> Application:
    return services.create_application(
        account=account, actor="system", name="Support line", answer_url=URL
    )


def test_an_empty_list_says_what_to_do(owner_client):
    page = owner_client.get("/applications/").content.decode()
    assert "You have no application yet" in page
    assert page.count("Create application") == 1


def test_who_has_no_server_yet_is_shown_a_small_one(owner_client):
    page = owner_client.get("/applications/new/").content.decode()
    assert 'href="/help/guides/answer-server/"' in page


def test_creating_leads_to_its_page(owner_client, account):
    response = owner_client.post("/applications/new/", {"name": "ivr", "answer_url": URL})
    made = Application.objects.for_account(account).get()
    assert response["Location"] == f"/applications/{made.app_id}/"
    assert (made.name, made.answer_url, made.answer_method) == ("ivr", URL, "POST")


def test_all_four_urls_and_methods_are_kept(owner_client, account):
    given = {"name": "ivr"}
    for url, method in (
        ("answer_url", "answer_method"),
        ("fallback_answer_url", "fallback_method"),
        ("hangup_url", "hangup_method"),
        ("message_url", "message_method"),
    ):
        given |= {url: f"https://app.example.com/{url}", method: "GET"}
    owner_client.post("/applications/new/", given)
    made = Application.objects.for_account(account).get()
    assert {name: getattr(made, name) for name in given} == given


def test_the_same_form_sent_twice_makes_one(owner_client, account):
    given = {"name": "ivr", "answer_url": URL, "form_key": str(uuid.uuid4())}
    responses = [owner_client.post("/applications/new/", given) for _ in range(2)]
    assert responses[0]["Location"] == responses[1]["Location"]
    assert Application.objects.for_account(account).count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "x" * 200_000}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"answer_url": "ftp://example.com"}, "answer_url"),
        ({"answer_url": "https://u:p@example.com/"}, "answer_url"),
        ({"answer_url": ""}, "answer_url"),
        ({"hangup_url": "https://example.com/" + "x" * 3000}, "hangup_url"),
        ({"message_url": "https://exa\u202emple.com/"}, "message_url"),
        ({"fallback_answer_url": "//example.com"}, "fallback_answer_url"),
        ({"answer_url": "https://example.com:８０/"}, "answer_url"),
        ({"answer_method": "PUT"}, "answer_method"),
        ({"form_key": "not-a-key"}, "form_key"),
    ],
)
def test_wrong_values_are_named_beside_their_field(owner_client, given, field):
    response = owner_client.post("/applications/new/", {"name": "ok", "answer_url": URL} | given)
    assert response.status_code == 400
    assert response.context["form"].errors[field]
    assert not Application.objects.exists()


def test_what_was_typed_stays(owner_client):
    given = {"name": "ivr", "answer_url": "ftp://example.com"}
    page = owner_client.post("/applications/new/", given).content.decode()
    assert 'value="ftp://example.com"' in page
    assert 'aria-invalid="true"' in page


def test_gate_09_the_eleventh_is_refused_with_the_fix(owner_client, account):
    for index in range(10):
        services.create_application(account=account, actor="system", name=f"App {index}")
    response = owner_client.post("/applications/new/", {"name": "ivr", "answer_url": URL})
    assert response.status_code == 429
    assert "A trial account can have 10 applications" in response.content.decode()


def test_saving_changes_and_keeps_what_the_form_does_not_hold(owner_client, application):
    Application.objects.filter(pk=application.pk).update(enabled=False)
    path = f"/applications/{application.app_id}/"
    response = owner_client.post(path, {"name": "Sales", "answer_url": URL})
    assert response["Location"] == path
    application.refresh_from_db()
    assert (application.name, application.enabled) == ("Sales", False)


def test_a_new_application_is_private_and_keeps_texts_unless_told_otherwise(owner_client, account):
    owner_client.post("/applications/new/", {"name": "ivr", "answer_url": URL})
    made = Application.objects.for_account(account).get()
    assert (made.public_uri, made.log_incoming_messages) == (False, True)


def test_the_form_opens_the_sip_uri_and_hides_incoming_messages(owner_client, application):
    given = {"name": "ivr", "answer_url": URL, "public_uri": "on", "hide_incoming_messages": "on"}
    owner_client.post(f"/applications/{application.app_id}/", given)
    application.refresh_from_db()
    assert (application.public_uri, application.log_incoming_messages) == (True, False)


def test_the_form_shows_what_the_api_has_set(owner_client, account, application):
    Application.objects.for_account(account).update(public_uri=True, log_incoming_messages=False)
    page = owner_client.get(f"/applications/{application.app_id}/")
    form = page.context["form"]
    assert (form["public_uri"].value(), form["hide_incoming_messages"].value()) == (True, True)


def test_a_refused_save_keeps_the_name_in_the_heading(owner_client, application):
    path = f"/applications/{application.app_id}/"
    response = owner_client.post(path, {"name": "Sales", "answer_url": "nonsense"})
    assert response.status_code == 400
    assert "<h1>Support line</h1>" in response.content.decode()


def test_deleting_asks_naming_it_and_then_deletes(owner_client, application):
    path = f"/applications/{application.app_id}/"
    assert "Delete the application “Support line”?" in owner_client.get(path).content.decode()
    response = owner_client.post(f"{path}delete/")
    assert response["Location"] == "/applications/"
    assert not Application.objects.exists()
    assert owner_client.post(f"{path}delete/").status_code == 404


def test_names_are_escaped(owner_client, application):
    Application.objects.update(name="<script>alert(1)</script>")
    for path in ("/applications/", f"/applications/{application.app_id}/"):
        assert "<script>alert" not in owner_client.get(path).content.decode()


@pytest.mark.parametrize("path", ["", "delete/"])
def test_ten_02_someone_elses_application_looks_like_none(client, stranger, application, path):
    client.force_login(stranger)
    answers = [
        client.post(f"/applications/{app_id}/{path}", {"name": "mine"})
        for app_id in (application.app_id, "1" * 17)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    application.refresh_from_db()
    assert application.name == "Support line"


def test_an_analyst_reads_and_changes_nothing(client, analyst, application):
    client.force_login(analyst)
    path = f"/applications/{application.app_id}/"
    assert client.get(path).status_code == 200
    assert client.get("/applications/new/").status_code == 403
    assert client.post(path, {"name": "x"}).status_code == 403
    assert client.post(f"{path}delete/").status_code == 403


def test_the_list_pages_by_key(owner_client, account):
    Application.objects.bulk_create(
        Application(account=account, name=f"App {index}") for index in range(60)
    )
    first = owner_client.get("/applications/").context
    second = owner_client.get(f"/applications/{first['older']}").context
    names = {one.name for one in [*first["applications"], *second["applications"]]}
    assert (len(names), second["older"]) == (60, "")


def test_pages_take_at_most_eight_queries(owner_client, application, django_assert_max_num_queries):
    for path in ("", "new/", f"{application.app_id}/"):
        owner_client.get(f"/applications/{path}")
        with django_assert_max_num_queries(8):
            page = owner_client.get(f"/applications/{path}")
        assert "<c-" not in page.content.decode()


def test_an_application_shows_its_last_calls_and_no_others(owner_client, account, application):
    moment = clock.now()
    facts = {"account": account, "leg": "A", "direction": "inbound", "state": "ANSWER"}
    times = {"initiated_at": moment, "answered_at": moment, "ended_at": moment}
    end = {"hangup_code": 4000, "hangup_name": "Normal Hangup", "hangup_source": "Caller"}
    for number, app_id in (("+14155550101", application.app_id), ("+14155550102", "9" * 17)):
        parties = {"from_number": number, "to_number": "+14155550123", "app_id": app_id}
        assert write_cdr(call_uuid=uuid.uuid4(), **facts, **times, **end, **parties)
    page = owner_client.get(f"/applications/{application.app_id}/").content.decode()
    (url,) = re.findall(r'class="recent-calls" hx-get="([^"]+)"', page)
    answer = owner_client.get(url.replace("&amp;", "&"), headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert "<html" not in shown
    assert "+1 415 555 0101" in shown.replace("\u00a0", " ")
    assert "0102" not in shown


OTHER = "https://other.example.org/answer/"


@pytest.fixture
def endpoint(account, application):
    """What makes the application a living one."""
    return create_endpoint(
        account=account, actor="system", name="desk", alias="Desk", application=application
    )


@pytest.fixture
def proved_long_ago(owner_client):
    """The owner signed in more than 15 minutes ago."""
    session = owner_client.session
    session["proved_at"] = 0
    session.save()
    return owner_client


def save(client, application, **urls):
    given = {"name": "Support line", "answer_url": URL} | urls
    return client.post(f"/applications/{application.app_id}/", given)


@pytest.mark.parametrize("field", ["answer_url", "hangup_url", "message_url"])
def test_acc_06_another_host_of_a_living_application_asks_who_you_are(
    proved_long_ago, application, endpoint, field
):
    answer = save(proved_long_ago, application, **{field: OTHER})
    assert "/accounts/reauthenticate/" in answer["Location"]
    application.refresh_from_db()
    assert getattr(application, field) in ("", URL)


def test_acc_06_who_has_just_signed_in_is_not_asked_and_the_host_is_audited(
    owner_client, application, endpoint
):
    save(owner_client, application, answer_url=OTHER)
    application.refresh_from_db()
    assert application.answer_url == OTHER
    event = AuditEvent.objects.get(action="application.changed")
    assert event.data["new_hosts"] == ["other.example.org"]


def test_acc_06_another_path_on_the_same_host_is_saved_at_once(
    proved_long_ago, application, endpoint
):
    save(proved_long_ago, application, answer_url="https://APP.example.com/other/")
    application.refresh_from_db()
    assert application.answer_url == "https://app.example.com/other/"


def test_acc_06_an_application_that_nothing_uses_is_saved_at_once(proved_long_ago, application):
    save(proved_long_ago, application, answer_url=OTHER)
    application.refresh_from_db()
    assert application.answer_url == OTHER
