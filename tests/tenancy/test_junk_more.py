"""Junk, one value at a time among good ones: forms of staff, and each argument of the API (WEB-07).

What is all wrong is refused at its first field; a single wrong value gets as deep as it can.
"""

from __future__ import annotations

from itertools import cycle
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.test import Client

from console.api import rate
from console.api.catalog import Route, routes
from sandbox.network.seeds import seed_network
from tests.support.api import Api
from tests.tenancy.api_routes import API_ROUTES
from tests.tenancy.api_things import MAKERS, NEVER_WAS
from tests.tenancy.page_forms import PageForm, forms_of
from tests.tenancy.routes import ROUTES, STAFF
from tests.tenancy.test_junk import send
from tests.tenancy.world import furnish, paths

JUNK = (
    *("9999-12-31 23:59:59", "0001-01-01 00:00:00", "NaN", "1e999999", "-1", "9" * 25),
    *("😀" * 40, "http://[", "sip:%ff@x", "<<<", "\u202e12", "٣"),
)
SHAPES = (2**63 - 1, -(2**63), 0.5, True, [None], [[1]], {"a": [1]}, *JUNK)


@pytest.fixture
def desk(staff) -> Client:
    TOTP.activate(staff, generate_totp_secret())
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    return client


def _forms(client: Client, ways: dict[str, str]) -> list[PageForm]:
    found: dict[tuple[str, tuple[str, ...]], PageForm] = {}
    for name, path in ways.items():
        if ROUTES[name].get == STAFF:
            for form in forms_of(path, client.get(path).content.decode()):
                if form.method == "POST" and "/operator/" in form.action:
                    found.setdefault((urlsplit(form.action).path, tuple(form.values)), form)
    return list(found.values())


def test_web_07_no_form_of_staff_breaks_on_junk(desk, account, owner, frozen):
    seed_network()
    things = furnish(account, owner)
    things |= {"account": {"auth_id": account.auth_id}, "carrier": {"code": "meridian"}}
    wrong, tried = [], 0
    for form in _forms(desk, paths(things)):
        for name in form.values:
            for junk in JUNK:
                tried += 1
                status, _ = send(desk, form, {**form.values, name: junk})
                if status >= 500:
                    wrong.append((form.action, name, junk, status))
    assert wrong == []
    assert tried > 100


def _path(api: Api, account, route: Route) -> str:
    thing = API_ROUTES[route.operation.name].thing
    words = MAKERS[thing](account, None) if thing in MAKERS else NEVER_WAS[thing]
    path = route.path.replace("{auth_id}", api.auth_id)
    for name, word in words.items():
        path = path.replace(f"{{{name}}}", word)
    return path


@pytest.mark.django_db
def test_web_07_no_argument_of_the_api_breaks_on_junk(api, account, monkeypatch):
    monkeypatch.setattr(rate, "take", lambda *subject, **limit: None)
    wrong, tried, junk = [], 0, cycle(SHAPES)
    for route in routes():
        with transaction.atomic():
            path = _path(api, account, route)
            for name in route.operation.args._declared_fields:
                for _ in range(3):
                    tried += 1
                    given = {**route.operation.example, name: next(junk)}
                    with transaction.atomic():
                        answer = api.call(route.method, path, given)
                        transaction.set_rollback(True)
                    if answer.status_code == 500:
                        wrong.append((route.operation.name, name, given[name], answer.content))
            transaction.set_rollback(True)
    assert wrong == []
    assert tried > 1000
