"""The command palette."""

from __future__ import annotations

import pytest

from console.applications.models import Application
from console.core import palette
from console.core.palette import Entry
from console.home import palette as home_palette
from console.home import palette_objects
from console.home.navigation import safe_reverse

pytestmark = pytest.mark.django_db


def test_signed_out_it_sends_to_sign_in(client):
    assert client.get("/palette/").status_code in {302, 401}


def test_it_finds_a_page_by_part_of_its_name(client, owner):
    client.force_login(owner)
    page = client.get("/palette/", {"q": "hom"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/"' in page
    assert "<html" not in page


def test_without_htmx_it_is_a_page(client, owner):
    client.force_login(owner)
    answer = client.get("/palette/", {"q": "hom"})
    assert "<html" in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_nothing_found_says_so_and_escapes_the_words(client, owner):
    client.force_login(owner)
    page = client.get("/palette/", {"q": "<b>zz"}).content.decode()
    assert "Nothing found" in page
    assert "<b>zz" not in page


def test_an_app_adds_its_objects(rf, monkeypatch):
    monkeypatch.setattr(palette, "_sources", [])

    @palette.source
    def things(request, words):
        return [Entry("Thing", "/thing/", "house", "Things")] * 20

    palette.source(things)
    found = palette.search(rf.get("/"), "")
    assert len(found["Things"]) == palette.PER_SOURCE


def test_every_word_must_match():
    assert palette.matches("rent num", "Rent a number")
    assert not palette.matches("rent call", "Rent a number")


def test_tenancy_it_finds_only_the_accounts_own_things(rf, account, other_account, monkeypatch):
    monkeypatch.setattr(palette_objects, "safe_reverse", lambda route, *args: f"/{args[0]}/")
    Application.objects.create(account=account, name="Support line")
    Application.objects.create(account=other_account, name="Support of others")
    request = rf.get("/")
    request.account = account
    found = list(palette_objects.applications(request, "support"))
    assert [entry.label for entry in found] == ["Support line"]


@pytest.mark.parametrize("words", ["%", "é", "0" * 100, "\u0660\u0661\u0662", "+", "1e5", "‮"])
def test_odd_words_find_nothing_and_break_nothing(client, owner, words):
    client.force_login(owner)
    answer = client.get("/palette/", {"q": words}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Nothing found" in answer.content.decode()


def test_it_finds_a_word_of_the_glossary(client, owner):
    client.force_login(owner)
    page = client.get("/palette/", {"q": "dtmf"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/help/glossary/dtmf/"' in page


def test_pages_come_first_and_help_last(client, owner):
    client.force_login(owner)
    page = client.get("/palette/", {"q": "number"}, headers={"HX-Request": "true"}).content.decode()
    groups = [page.index(f">{name}<") for name in ("Pages", "Actions", "Help")]
    assert groups == sorted(groups)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("credentials", "/settings/credentials/"),
        ("audit", "/settings/audit-log/"),
        ("recordings", "/recordings/"),
        ("powerpacks", "/messages/powerpacks/"),
    ],
)
def test_it_finds_pages_below_those_of_the_side_bar(client, owner, words, path):
    client.force_login(owner)
    page = client.get("/palette/", {"q": words}, headers={"HX-Request": "true"}).content.decode()
    assert f'href="{path}"' in page


def test_it_names_pages_of_staff_and_of_managers_to_nobody_else(client, analyst):
    client.force_login(analyst)
    for words in ("carriers", "audit"):
        page = client.get("/palette/", {"q": words}).content.decode()
        assert "/operator/" not in page
        assert 'href="/settings/audit-log/"' not in page


def test_staff_find_their_own_pages(client, owner):
    owner.is_staff = True
    owner.save(update_fields=["is_staff"])
    client.force_login(owner)
    page = client.get("/palette/", {"q": "carriers"}).content.decode()
    assert 'href="/operator/carriers/"' in page


def test_every_page_below_is_there():
    missing = [route for _, route, *_ in home_palette._BELOW if not safe_reverse(route)]
    assert missing == []
