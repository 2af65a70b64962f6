"""What a stranger with an account of their own might try."""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from console.accounts.models import Membership, Role, User
from console.accounts.services import issue_token
from console.records.bulk import insert_believable
from console.records.models import Cdr
from tests.conftest import PASSWORD, make_member
from tests.tenancy.page_forms import forms_of
from tests.tenancy.routes import ALLAUTH_PERSONAL, ALLAUTH_PUBLIC, ROUTES
from tests.tenancy.world import furnish, paths

ELSEWHERE = (
    "https://evil.example.com/",
    "//evil.example.com/",
    "/\\evil.example.com/",
    "/\t/evil.example.com/",
    "\\\\evil.example.com",
    "javascript:alert(1)",
    "http:evil.example.com",
    "///evil.example.com",
    "\x01//evil.example.com",
)


@pytest.fixture(autouse=True)
def _fresh_cache(db):
    cache.clear()


@pytest.fixture
def confirmed(owner: User) -> User:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner


@pytest.fixture
def own(client, confirmed) -> Client:
    client.force_login(confirmed)
    return client


def _bare(answer) -> str:
    text = answer.content.decode()
    text = re.sub(r'nonce="[^"]+"', "", text)
    return re.sub(
        r'(name="csrfmiddlewaretoken"|name="opened") value="[^"]+"|X-CSRFToken[^}]*', "", text
    )


def test_web_03_no_form_is_taken_without_its_token(confirmed, account, owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(confirmed)
    ways = paths(furnish(account, owner))
    posts = {name: ways[name] for name, route in ROUTES.items() if route.post is not None}
    plain = (ALLAUTH_PUBLIC | ALLAUTH_PERSONAL) - {
        *("account_confirm_email", "account_reset_password_from_key"),
        *("mfa_remove_webauthn", "mfa_edit_webauthn"),
    }
    posts |= {name: reverse(name) for name in plain}
    taken = {name: client.post(path).status_code for name, path in posts.items()}
    refused = {name: status for name, status in taken.items() if status in {403, 405}}
    leads_on = {"mfa_index"}  # it only leads to the security page
    assert set(taken) - set(refused) <= leads_on


def test_web_03_no_form_is_taken_from_another_site(own):
    for path in ("/applications/new/", "/accounts/logout/", "/settings/credentials/rotate/"):
        answer = own.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert own.get("/").wsgi_request.user.is_authenticated


def test_web_07_a_method_in_a_header_is_not_heeded(own, account, owner):
    things = furnish(account, owner)
    path = reverse("applications:delete", kwargs=things["application"])
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert own.get(path, headers={name: "POST"}).status_code == 405


@pytest.mark.parametrize("number", range(len(ELSEWHERE)))
def test_web_07_no_next_leads_away(confirmed, number):
    where = ELSEWHERE[number]
    for answer in (
        Client().post(
            "/accounts/login/", {"login": confirmed.email, "password": PASSWORD, "next": where}
        ),
        Client().post(
            f"/accounts/login/?{_query(where)}", {"login": confirmed.email, "password": PASSWORD}
        ),
    ):
        location = answer.headers.get("Location", "")
        assert "evil" not in location.partition("?")[0], location
        assert "javascript" not in location
        if "?" in location:
            page = Client()
            page.force_login(confirmed)
            assert 'href="/"' in page.get(location).content.decode()
    signed_in = Client()
    signed_in.force_login(confirmed)
    page = signed_in.get("/settings/credentials/token/", {"next": where}).content.decode()
    assert "evil.example.com" not in page


def _query(where: str) -> str:
    return urlencode({"next": where})


def test_acc_02_a_reset_link_with_a_wrong_key_does_not_tell_whether_the_person_exists(confirmed):
    known = Client().get(f"/accounts/password/reset/key/{user_pk_to_url_str(confirmed)}-c1-abc/")
    nobody = Client().get("/accounts/password/reset/key/zzzz-c1-abc/")
    assert known.status_code == nobody.status_code
    assert _bare(known) == _bare(nobody)


def test_acc_02_moving_to_a_known_address_looks_like_moving_to_an_unknown_one(own, stranger):
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    seen = {}
    for email in ("stranger@example.com", "nobodyy@example.com"):
        client = Client()
        client.force_login(User.objects.get(email="owner@example.com"))
        answer = client.post("/accounts/email/", {"action_add": "", "email": email}, follow=True)
        seen[email] = answer.status_code, _bare(answer).replace(email, "EMAIL")
    assert seen["stranger@example.com"] == seen["nobodyy@example.com"]


def test_ten_02_someone_elses_passkey_is_not_there(own, stranger):
    theirs = Authenticator.objects.create(user=stranger, type="webauthn", data={"name": "Key"})
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        one = own.get(reverse(name, kwargs={"pk": theirs.pk}))
        other = own.get(reverse(name, kwargs={"pk": theirs.pk + 999}))
        assert one.status_code == other.status_code == 404
        assert _bare(one) == _bare(other)
        assert (
            own.post(reverse(name, kwargs={"pk": theirs.pk}), {"name": "Mine"}).status_code == 404
        )
    assert Authenticator.objects.get().wrap().name == "Key"


def test_ten_04_a_download_holds_ones_own_calls_only(own, account, other_account, frozen):
    insert_believable(account=account, rows=5, days=1, seed=1)
    insert_believable(account=other_account, rows=5, days=1, seed=2)
    theirs = Cdr.objects.for_account(other_account).first()
    text = b"".join(own.get("/calls/calls.csv").streaming_content).decode()
    assert text.count("\r\n") == 6
    assert str(theirs.call_uuid) not in text
    asked = own.get("/calls/calls.csv", {"account": other_account.auth_id, "account_id": "2"})
    assert str(theirs.call_uuid) not in b"".join(asked.streaming_content).decode()


def test_ten_02_switching_into_a_strangers_account_does_nothing(own, account, other_account):
    answer = own.post("/switch-account/", {"auth_id": other_account.auth_id})
    never = own.post("/switch-account/", {"auth_id": "MA" + "X" * 18})
    assert answer.status_code == never.status_code == 404
    assert _bare(answer) == _bare(never)
    assert own.get("/").wsgi_request.account == account


def test_ten_02_an_account_that_was_left_is_closed_at_once(own, owner, other_account):
    place = Membership.objects.create(user=owner, account=other_account, role=Role.ADMIN)
    assert own.post("/switch-account/", {"auth_id": other_account.auth_id}).status_code == 302
    assert "Stranger Inc" in own.get("/settings/").content.decode()
    place.delete()
    assert "Stranger Inc" not in own.get("/settings/").content.decode()


def test_ten_03_someone_elses_objects_cannot_be_named_in_a_form(own, account, other_account, owner):
    stranger = make_member("other@example.com", other_account)
    theirs = furnish(other_account, stranger)
    mine = reverse("endpoints:new")
    app_id = str(theirs["application"]["app_id"])
    given = {"username": "desk", "alias": "Desk", "application": app_id}
    answer = own.post(mine, given)
    assert answer.status_code == 400
    never = own.post(mine, given | {"application": "7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e"})
    assert never.status_code == 400
    moved = own.post("/numbers/assign/", {"numbers": [theirs["did"]["number"]], "application": ""})
    assert moved.status_code == 404


def test_acc_05_the_session_of_a_visitor_is_not_the_session_of_who_signs_in(confirmed):
    client = Client()
    client.get("/accounts/login/")
    planted = client.session
    planted["seen"] = "yes"
    planted.save()
    before = client.cookies["ringfence_session"].value
    client.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD})
    after = client.cookies["ringfence_session"].value
    assert before != after
    late = Client()
    late.cookies["ringfence_session"] = before
    assert not late.get("/").wsgi_request.user.is_authenticated


def test_acc_11_a_token_opens_no_page_of_the_console(client, account, owner):
    basic = b64encode(f"{account.auth_id}:{issue_token(account)}".encode()).decode()
    answer = client.get("/settings/", headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_gate_08_no_form_writes_the_state_of_an_account(own, account):
    form = next(
        f
        for f in forms_of("/settings/", own.get("/settings/").content.decode())
        if "name" in f.values
    )
    own.post("/settings/", {**form.values, "state": "full", "credit": "999", "plan": "full"})
    account.refresh_from_db()
    assert (account.state, account.credit) == ("trial", 10)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DEVELOPER, Role.ANALYST])
def test_nobody_makes_themselves_an_owner(client, account, owner, role):
    someone = make_member("someone@example.com", account, role)
    client.force_login(someone)
    client.post(f"/settings/team/{someone.public_id}/role/", {"role": "owner"})
    client.post("/settings/team/invite/", {"email": "second@example.com", "role": "owner"})
    client.post(f"/settings/team/{owner.public_id}/remove/")
    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert roles == {"owner@example.com": Role.OWNER, "someone@example.com": role}
