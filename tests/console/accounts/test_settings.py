"""The settings pages: who may see and change what."""

from __future__ import annotations

import re
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.test import Client

from console.accounts import audit
from console.accounts.models import AuditEvent, AuthToken, Membership, Role
from console.accounts.services import authenticate_token, issue_token, signing_tokens
from tests.conftest import make_member

SETTINGS = {"name": "New name", "time_zone": "Europe/Berlin", "region": "DE"}


@pytest.fixture
def as_owner(client: Client, owner) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def as_analyst(client: Client, analyst) -> Client:
    client.force_login(analyst)
    return client


@pytest.fixture
def as_developer(client: Client, team_mate) -> Client:
    client.force_login(team_mate)
    return client


@pytest.mark.parametrize("page", ["", "credentials/", "security/", "team/", "audit-log/"])
def test_a_visitor_is_sent_to_sign_in_and_back(client, db, page):
    answer = client.get(f"/settings/{page}")
    assert answer.headers["Location"] == "/accounts/login/?" + urlencode(
        {"next": f"/settings/{page}"}
    )


@pytest.mark.parametrize("page", ["", "credentials/", "security/", "team/", "audit-log/"])
def test_the_owner_sees_every_page_with_few_queries(as_owner, django_assert_max_num_queries, page):
    with django_assert_max_num_queries(8):
        answer = as_owner.get(f"/settings/{page}")
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    assert b"<c-" not in answer.content


def test_someone_in_no_account_is_told_so(client, staff):
    client.force_login(staff)
    answer = client.get("/settings/")
    assert answer.status_code == 403
    assert "You are in no account" in answer.content.decode()


def test_the_owner_changes_name_zone_and_country(as_owner, account):
    assert as_owner.post("/settings/", SETTINGS).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.time_zone, account.region) == ("New name", "Europe/Berlin", "DE")
    event = AuditEvent.objects.for_account(account).get()
    assert event.action == "account.changed"
    assert event.data["region"] == "DE"


def test_the_present_zone_and_country_are_chosen_in_the_form(as_owner, account):
    account.time_zone, account.region = "Europe/Berlin", "DE"
    account.save(update_fields=["time_zone", "region"])
    page = as_owner.get("/settings/").content.decode()
    assert '<option value="Europe/Berlin" selected>' in page
    assert '<option value="DE" selected>' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", '"><script>'),
        ("region", "XX"),
        ("region", "de"),
        ("region", ""),
    ],
)
def test_wrong_input_is_refused_beside_its_field(as_owner, account, field, value):
    answer = as_owner.post("/settings/", {**SETTINGS, field: value})
    assert answer.status_code == 400
    assert f"id_{field}_error" in answer.content.decode()
    account.refresh_from_db()
    assert account.name == "Owner Ltd"


def test_gate_08_the_form_does_not_write_state_or_credit(as_owner, account):
    as_owner.post("/settings/", {**SETTINGS, "state": "active", "credit": "999"})
    account.refresh_from_db()
    assert (account.state, account.credit) == ("trial", 10)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DEVELOPER])
def test_who_may_not_manage_reads_and_is_refused_to_write(client, account, role):
    client.force_login(make_member("m@example.com", account, role))
    assert client.get("/settings/").status_code == 200
    assert client.post("/settings/", SETTINGS).status_code == 403
    assert client.post("/settings/credentials/rotate/", {"grace_hours": 0}).status_code == 403
    assert client.get("/settings/audit-log/").status_code == 403
    account.refresh_from_db()
    assert account.name == "Owner Ltd"


def test_acc_10_rotating_shows_the_new_token_once(as_owner, account):
    old = issue_token(account)
    page = as_owner.post("/settings/credentials/rotate/", {"grace_hours": 24}, follow=True)
    new = re.search(r"rfm_\w{36}", page.content.decode())[0]
    assert signing_tokens(account).main == [new, old]
    assert new not in as_owner.get("/settings/credentials/token/").content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_acc_09_the_credentials_page_shows_hints_only(as_owner, account):
    token = issue_token(account)
    page = as_owner.get("/settings/credentials/").content.decode()
    assert token not in page
    assert f"{token[:4]}…{token[-4:]}" in page


def test_acc_06_rotating_asks_for_a_proof_after_a_quarter_of_an_hour(as_owner, account, frozen):
    as_owner.force_login(account.memberships.get().user)
    issue_token(account)
    frozen.advance(minutes=16)
    answer = as_owner.post("/settings/credentials/rotate/", {"grace_hours": 0})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    assert AuthToken.objects.for_account(account).count() == 1


def test_acc_10_revoking_ends_the_token(as_owner, account):
    token = issue_token(account)
    public_id = AuthToken.objects.for_account(account).get().public_id
    as_owner.post(f"/settings/credentials/{public_id}/revoke/")
    assert authenticate_token(account.auth_id, token) is None


def test_ten_02_a_strangers_token_is_as_if_it_were_not(as_owner, other_account):
    token = issue_token(other_account)
    public_id = AuthToken.objects.for_account(other_account).get().public_id
    theirs = as_owner.post(f"/settings/credentials/{public_id}/revoke/", follow=True)
    random = as_owner.post(f"/settings/credentials/{uuid4()}/revoke/", follow=True)
    assert "gone already" in theirs.content.decode()
    assert "gone already" in random.content.decode()
    assert authenticate_token(other_account.auth_id, token)


@pytest.mark.parametrize("path", ["rotate/", f"{UUID(int=7)}/revoke/"])
def test_web_03_tokens_do_not_change_by_get(as_owner, path):
    assert as_owner.get(f"/settings/credentials/{path}").status_code == 405


def test_the_owner_gives_roles_and_takes_them(as_owner, account, team_mate):
    url = f"/settings/team/{team_mate.public_id}/"
    as_owner.post(f"{url}role/", {"role": "admin"})
    assert Membership.objects.get(user=team_mate).role == Role.ADMIN
    as_owner.post(f"{url}remove/")
    assert not Membership.objects.filter(user=team_mate).exists()


def test_the_last_owner_stays(as_owner, owner):
    for path, data in (("role/", {"role": "analyst"}), ("remove/", {})):
        page = as_owner.post(f"/settings/team/{owner.public_id}/{path}", data, follow=True)
        assert "at least one owner" in page.content.decode()
    assert Membership.objects.get(user=owner).role == Role.OWNER


def test_an_admin_makes_no_owner_and_removes_none(client, account, owner, team_mate):
    client.force_login(make_member("admin@example.com", account, Role.ADMIN))
    client.post(f"/settings/team/{team_mate.public_id}/role/", {"role": "owner"})
    client.post(f"/settings/team/{owner.public_id}/remove/")
    assert Membership.objects.get(user=team_mate).role == Role.DEVELOPER
    assert Membership.objects.filter(user=owner).exists()


def test_ten_02_members_of_other_accounts_cannot_be_touched(as_owner, stranger):
    answer = as_owner.post(f"/settings/team/{stranger.public_id}/remove/", follow=True)
    assert "no such member" in answer.content.decode()
    assert Membership.objects.filter(user=stranger).exists()


def test_acc_12_the_owner_sees_own_events_in_pages_and_nobody_elses(
    as_owner, account, other_account
):
    for number in range(120):
        audit.record(action=f"test.n{number:03}", actor="system", account=account)
    audit.record(action="test.secret", actor="system", account=other_account)
    page = as_owner.get("/settings/audit-log/").content.decode()
    assert "test.n119" in page
    assert "test.n069" not in page
    assert "test.secret" not in page
    older = re.search(r'href="(\?before=\d+)"', page)[1]
    second = as_owner.get(f"/settings/audit-log/{older}").content.decode()
    assert "test.n069" in second
    newer = re.search(r'href="(\?after=\d+)"', second)[1]
    again = as_owner.get(f"/settings/audit-log/{newer}").content.decode()
    assert re.findall(r"test\.n\d+", again) == re.findall(r"test\.n\d+", page)


@pytest.mark.parametrize("query", ["?before=x", "?after=-1", "?before=9" + "9" * 40, "?after=٣"])
def test_odd_page_marks_do_no_harm(as_owner, query):
    assert as_owner.get(f"/settings/audit-log/{query}").status_code == 200


def test_ones_own_name_is_changed(as_owner, owner):
    as_owner.post("/settings/security/name/", {"name": "Ada"})
    owner.refresh_from_db()
    assert owner.name == "Ada"
