"""The frame around every page."""

from __future__ import annotations

import pytest

from console.accounts.models import Membership
from console.home import navigation

pytestmark = pytest.mark.django_db


def test_signed_out_the_front_page_invites_to_create_an_account(client):
    page = client.get("/").content.decode()
    assert "Create account" in page
    assert 'aria-label="Main"' not in page


def test_pages_whose_routes_are_missing_are_left_out(rf, owner, monkeypatch):
    ghost = navigation.Item("Ghost", "house", "ghost:nowhere", "z", 0)
    monkeypatch.setattr(navigation, "ITEMS", (*navigation.ITEMS, ghost))
    request = rf.get("/")
    request.user = owner
    assert "Ghost" not in [link.item.label for link in navigation.links(request)]


def test_the_current_page_is_marked(client, owner):
    client.force_login(owner)
    page = client.get("/").content.decode()
    assert page.count('aria-current="page"') == 1


def test_the_operator_item_is_for_staff_only(rf, owner, staff, monkeypatch):
    item = navigation.Item("Operator", "house", "home:index", "o", 4, staff=True)
    monkeypatch.setattr(navigation, "ITEMS", (item,))
    seen = []
    for user in (owner, staff):
        request = rf.get("/")
        request.user = user
        seen.append(len(navigation.links(request)))
    assert seen == [0, 1]


def test_switching_goes_to_another_account_of_the_same_person(client, owner, other_account):
    Membership.objects.create(user=owner, account=other_account, role="developer")
    client.force_login(owner)
    client.post("/switch-account/", {"auth_id": other_account.auth_id})
    assert other_account.name in client.get("/").content.decode()


def test_tenancy_switching_to_a_strangers_account_is_not_found(client, owner, other_account):
    client.force_login(owner)
    answer = client.post("/switch-account/", {"auth_id": other_account.auth_id})
    assert answer.status_code == 404
    assert other_account.name not in client.get("/").content.decode()


def test_switching_is_no_get(client, owner):
    client.force_login(owner)
    assert client.get("/switch-account/").status_code == 405


def test_the_strip_says_that_no_real_phone_is_reached(client, owner):
    client.force_login(owner)
    assert "Simulated network: no real phone is reached" in client.get("/").content.decode()


def test_the_trial_meter_is_for_trials_only(client, owner, account):
    client.force_login(owner)
    assert "Trial credit" in client.get("/").content.decode()
    account.state = "active"
    account.save(update_fields=["state"])
    assert "Trial credit" not in client.get("/").content.decode()


def test_web_01_every_script_has_the_answers_own_nonce(client, owner):
    client.force_login(owner)
    first, second = client.get("/"), client.get("/")
    nonces = {
        answer["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
        for answer in (first, second)
    }
    assert len(nonces) == 2
    page = first.content.decode()
    nonce = first["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
    assert page.count("<script") == page.count(f'nonce="{nonce}"') > 3


def test_web_02_htmx_may_not_evaluate_store_or_leave(client):
    page = client.get("/").content.decode()
    for rule in (
        '"allowEval":false', '"includeIndicatorStyles":false', '"allowScriptTags":false',
        '"selfRequestsOnly":true', '"historyCacheSize":0',
    ):  # fmt: skip
        assert rule in page
