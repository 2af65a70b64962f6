"""Every route with every kind of visitor (TEN-02, TEN-05)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.conftest import make_member
from tests.tenancy.routes import (
    ALLAUTH_PERSONAL,
    ALLAUTH_PUBLIC,
    MANAGER,
    MEMBER,
    PUBLIC,
    ROUTES,
    WRITER,
    Route,
)
from tests.tenancy.things import NEVER_WAS, OWNED

PRIVATE = {name: route for name, route in ROUTES.items() if PUBLIC not in (route.get, route.post)}
OWN = {name: route for name, route in PRIVATE.items() if route.thing in OWNED}
STREAMS = {"network:events"}  # read by the network's own tests
PAGES = [name for name, route in OWN.items() if route.get and name not in STREAMS]
REDIRECTS = {"-"}  # accounts/2fa/, which leads to the security page


def _names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or '-'}"
        else:
            yield from _names(
                pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )


def _path(name: str, route: Route) -> str:
    return reverse(name, kwargs=NEVER_WAS[route.thing])


def _ask(client: Client, method: str, path: str):
    return client.generic(method, path)


def _methods(route: Route) -> list[str]:
    return [m for m, who in (("GET", route.get), ("POST", route.post)) if who is not None]


def test_ten_05_every_route_is_in_the_table_and_every_entry_has_a_route():
    there = {name for name in _names(get_resolver()) if name.rpartition(":")[2] not in REDIRECTS}
    assert there == set(ROUTES) | ALLAUTH_PUBLIC | ALLAUTH_PERSONAL


@pytest.mark.parametrize("name", PRIVATE)
def test_ten_05_a_visitor_gets_nothing_and_is_sent_to_sign_in(client, db, name):
    path = _path(name, PRIVATE[name])
    for method in _methods(PRIVATE[name]):
        answer = _ask(client, method, path)
        assert answer.status_code == 302, (method, path)
        assert answer.headers["Location"].startswith("/accounts/login/?next=")
        htmx = client.generic(method, path, headers={"HX-Request": "true"})
        assert htmx.status_code == 401, (method, path)


@pytest.mark.parametrize("name", sorted(ALLAUTH_PERSONAL))
def test_ten_05_ones_own_sign_in_pages_need_a_sign_in(client, db, name):
    kwargs = {"pk": 1} if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"} else {}
    for method in ("GET", "POST"):
        answer = _ask(client, method, reverse(name, kwargs=kwargs))
        if name == "mfa_index":
            assert answer.headers["Location"] == "/settings/security/"
        else:
            assert answer.status_code in {302, 405}
            assert answer.status_code == 405 or "/accounts/login/" in answer.headers["Location"]


@pytest.mark.parametrize("name", [n for n, r in ROUTES.items() if r.get == PUBLIC])
def test_ten_05_public_pages_ask_nobody_to_sign_in(client, db, name):
    answer = client.get(_path(name, ROUTES[name]))
    assert answer.status_code in {200, 404}


@pytest.mark.parametrize("name", ROUTES)
def test_web_07_methods_outside_the_list_are_refused(client, owner, name):
    client.force_login(owner)
    path = _path(name, ROUTES[name])
    refused = {"PUT", "PATCH", "DELETE"}
    ways = ("GET", ROUTES[name].get), ("POST", ROUTES[name].post)
    refused |= {method for method, who in ways if who is None}
    for method in refused:
        assert _ask(client, method, path).status_code in {405, 404}, (method, path)


@pytest.mark.parametrize("role", ["analyst", "developer"])
@pytest.mark.parametrize("name", PRIVATE)
def test_ten_05_roles_may_do_what_the_table_says(client, account, owner, role, name):
    client.force_login(make_member("someone@example.com", account, role))
    route = PRIVATE[name]
    path = _path(name, route)
    if route.thing in OWNED:
        path = reverse(name, kwargs=OWNED[route.thing](account, owner))
    limit = MEMBER if role == "analyst" else WRITER
    for method, who in (("GET", route.get), ("POST", route.post)):
        if who in (WRITER, MANAGER):
            answer = _ask(client, method, path)
            assert (answer.status_code == 403) == (who > limit), (method, answer.status_code)


def _bare(answer) -> str:
    """A page without what differs at each look."""
    text = re.sub(r'(nonce|value)="[^"]{20,}"', "", answer.content.decode())
    text = re.sub(r"X-CSRFToken[^}]*", "", text)
    return re.sub(r"(/[^\"'<> ]*)?(%2B|\+|[0-9a-f]{8}-)[0-9a-fA-F%-]{6,}[^\"'<> ]*", "", text)


@pytest.mark.parametrize("name", OWN)
def test_ten_02_a_strangers_object_looks_like_one_that_never_was(
    client, account, owner, stranger, name
):
    route = OWN[name]
    theirs = reverse(name, kwargs=OWNED[route.thing](account, owner))
    never = _path(name, route)
    client.force_login(stranger)
    for method in _methods(route):
        one, other = _ask(client, method, theirs), _ask(client, method, never)
        assert one.status_code == other.status_code
        assert one.status_code in {302, 404}
        if one.status_code == 302:
            assert one.headers["Location"] == other.headers["Location"]
        assert _bare(one) == _bare(other)


@pytest.mark.parametrize("name", PAGES)
def test_ten_05_the_owner_finds_their_own_object(client, account, owner, name):
    """Else the test above would pass for a route that finds nothing at all."""
    path = reverse(name, kwargs=OWNED[OWN[name].thing](account, owner))
    client.force_login(owner)
    assert client.get(path).status_code == 200


def test_ten_05_every_thing_in_a_path_has_an_example():
    assert {route.thing for route in ROUTES.values()} <= set(NEVER_WAS)
    private = {route.thing for route in PRIVATE.values() if route.thing}
    platforms = {"account", "carrier", "route", "rate", "outbox row"}  # nobody's but staff's
    assert private - set(OWNED) <= {"invitation link", "did in stock"} | platforms
