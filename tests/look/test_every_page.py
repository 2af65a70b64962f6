"""What holds for every page of the console, found by walking the routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db

LARGEST = 60 * 1024
MOST_QUERIES = 8
MOST_OF_LIBRARY = 10  # its views ask for each second factor by itself
_INLINE = re.compile(r"<[^>]+\s(?:on[a-z]+|style)=", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b([^>]*)>")


def _plain_routes(patterns, before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _plain_routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and not re.search(r"[<(^]", route):
            yield "/" + route


ROUTES = sorted(set(_plain_routes(get_resolver().url_patterns)) - {"/design/"})


def _pages(client) -> Iterator[tuple[str, str]]:
    for route in ROUTES:
        answer = client.get(route)
        html = answer.headers.get("Content-Type", "").startswith("text/html")
        if answer.status_code == 200 and html and not answer.streaming:
            yield route, answer.content.decode()


@pytest.fixture(params=["signed in", "signed out"])
def pages(request, client, owner) -> list[tuple[str, str]]:
    """All pages that open without an argument, as (path, HTML)."""
    if request.param == "signed in":
        client.force_login(owner)
    found = list(_pages(client))
    assert len(found) >= 5
    return found


def test_no_component_is_left_unmade(pages):
    assert [path for path, html in pages if "<c-" in html or "{% " in html] == []


def test_web_01_nothing_is_inline(pages):
    found = [(path, hit[0]) for path, html in pages if (hit := _INLINE.search(html))]
    assert found == []


def test_web_01_every_script_comes_from_here_with_a_nonce(pages):
    for path, html in pages:
        for attributes in _SCRIPT.findall(html):
            if 'type="application/json"' in attributes:
                continue  # data, which no browser runs
            assert re.search(r'nonce="[\w+/=-]{16,}"', attributes), path
            assert 'src="/static/' in attributes, path


def test_every_page_has_one_heading_a_title_and_a_main_part(pages):
    for path, html in pages:
        assert html.count("<h1") == 1, path
        assert html.count("<main") == 1, path
        assert re.search(r"<title>\s*\S", html), path


def test_no_page_is_heavier_than_60_kilobytes(pages):
    sizes = {path: len(html.encode()) for path, html in pages}
    assert {path: size for path, size in sizes.items() if size > LARGEST} == {}


def test_no_id_is_given_twice(pages):
    for path, html in pages:
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert {one for one in ids if ids.count(one) > 1} == set(), path


def test_no_page_costs_more_than_eight_queries(client, owner):
    client.force_login(owner)
    costly = {}
    for route, _ in list(_pages(client)):  # which also warms what is kept for all requests
        with CaptureQueriesContext(connection) as seen:
            client.get(route)
        if len(seen) > (MOST_OF_LIBRARY if route.startswith("/accounts/") else MOST_QUERIES):
            costly[route] = len(seen)
    assert costly == {}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_web_07_methods_that_a_page_does_not_know_change_nothing(client, owner, method):
    client.force_login(owner)
    for route in (one for one in ROUTES if not one.startswith("/accounts/")):
        assert getattr(client, method)(route).status_code in {302, 400, 403, 404, 405}, route


def test_our_own_scripts_stay_within_30_kilobytes_in_all():
    scripts = (Path(__file__).resolve().parents[2] / "static" / "js").glob("*.js")
    assert sum(one.stat().st_size for one in scripts) <= 30 * 1024
