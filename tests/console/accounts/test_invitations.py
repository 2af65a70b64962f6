"""Inviting someone to an account by mail."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from console.accounts.models import AuditEvent, Invitation, Membership, Role
from tests.conftest import make_member

from .conftest import deliver

GUEST = "guest@example.com"


@pytest.fixture
def as_owner(client: Client, owner) -> Client:
    client.force_login(owner)
    return client


def _invite(client: Client, email: str = GUEST, role: str = "developer"):
    return client.post("/settings/team/invite/", {"email": email, "role": role})


def _link() -> str:
    return re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", deliver()[-1].body)[1]


def _as(email: str) -> Client:
    client = Client()
    client.force_login(make_member(email, None))
    return client


def test_an_invited_address_joins_with_its_role(as_owner, account):
    assert _invite(as_owner, role="analyst").status_code == 302
    guest = _as(GUEST)
    link = _link()
    assert "as analyst" in guest.get(link).content.decode()
    assert guest.post(link).headers["Location"] == "/"
    assert Membership.objects.get(account=account, user__email=GUEST).role == Role.ANALYST
    assert guest.session["account"] == account.auth_id


def test_looking_at_an_invitation_accepts_nothing(as_owner, account):
    _invite(as_owner)
    _as(GUEST).get(_link())
    assert not Membership.objects.filter(user__email=GUEST).exists()


def test_a_visitor_signs_in_first_and_comes_back(as_owner):
    _invite(as_owner)
    link = _link()
    assert Client().get(link).headers["Location"].startswith("/accounts/login/?next=%2Finvitations")


def test_someone_else_cannot_use_the_link(as_owner, stranger):
    _invite(as_owner)
    other = Client()
    other.force_login(stranger)
    link = _link()
    assert "is for guest@example.com" in other.get(link).content.decode()
    assert other.post(link).status_code == 403
    assert Invitation.objects.unscoped("test").count() == 1


def test_an_invitation_works_once(as_owner):
    _invite(as_owner)
    guest, link = _as(GUEST), _link()
    guest.post(link)
    assert guest.post(link).status_code == 404


def test_an_invitation_is_dead_after_a_week(frozen, client, owner):
    client.force_login(owner)
    _invite(client)
    link = _link()
    frozen.advance(days=7)
    assert _as(GUEST).get(link).status_code == 404


def test_a_wrong_secret_is_as_if_there_were_no_invitation(as_owner):
    _invite(as_owner)
    link = _link()
    guest = _as(GUEST)
    assert guest.get(link[:-3] + "xx/").status_code == 404


def test_a_second_invitation_replaces_the_first(as_owner):
    _invite(as_owner)
    first = _link()
    _invite(as_owner)
    guest = _as(GUEST)
    assert guest.get(first).status_code == 404
    assert guest.get(_link()).status_code == 200


def test_a_withdrawn_invitation_is_dead(as_owner):
    _invite(as_owner)
    link = _link()
    offer = Invitation.objects.unscoped("test").get()
    as_owner.post(f"/settings/team/invitations/{offer.pk}/withdraw/")
    assert _as(GUEST).get(link).status_code == 404


def test_ten_02_a_strangers_invitation_cannot_be_withdrawn(as_owner, stranger):
    _invite(as_owner)
    other = Client()
    other.force_login(stranger)
    offer = Invitation.objects.unscoped("test").get()
    other.post(f"/settings/team/invitations/{offer.pk}/withdraw/")
    assert Invitation.objects.unscoped("test").exists()


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.ANALYST])
def test_only_owners_and_admins_invite(client, account, role):
    client.force_login(make_member("m@example.com", account, role))
    assert _invite(client).status_code == 403


def test_an_admin_invites_no_owner(client, account):
    client.force_login(make_member("m@example.com", account, Role.ADMIN))
    assert _invite(client, role="owner").status_code == 400
    assert not Invitation.objects.unscoped("test").exists()


@pytest.mark.parametrize("email", ["", "x", "owner@example.com", "x" * 250 + "@example.com"])
def test_what_cannot_be_invited_is_refused_beside_the_field(as_owner, email):
    answer = _invite(as_owner, email)
    assert answer.status_code == 400
    assert "id_email_error" in answer.content.decode()


def test_an_account_sends_ten_invitations_a_day(as_owner):
    for number in range(10):
        assert _invite(as_owner, f"guest{number}@example.com").status_code == 302
    assert _invite(as_owner).status_code == 400
    assert Invitation.objects.unscoped("test").count() == 10


def test_the_letter_holds_nothing_that_the_account_chose(as_owner, account):
    account.name = "You won a prize at evil.example.com"
    account.save(update_fields=["name"])
    _invite(as_owner)
    assert "prize" not in deliver()[-1].body


def test_inviting_and_joining_are_in_the_log(as_owner, account):
    _invite(as_owner)
    _as(GUEST).post(_link())
    actions = AuditEvent.objects.for_account(account).values_list("action", flat=True)
    assert {"team.invited", "team.joined"} <= set(actions)
