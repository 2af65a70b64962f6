"""What holds for every page with something on it: headers, weight, queries (WEB-01, WEB-04)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.records.bulk import insert_believable
from sandbox.network.models import HandsetMessage
from sandbox.webhooks.models import WebhookDelivery
from tests.tenancy.routes import PUBLIC, ROUTES
from tests.tenancy.things import DID, PHONE
from tests.tenancy.world import furnish, paths

LARGEST, LARGEST_SCRIPTS = 60 * 1024, 30 * 1024
POLICY = {
    "default-src": "'none'",
    "script-src": "",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OTHER_PATHS = (
    "/no/such/page/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/sessions/",
    "/accounts/2fa/totp/activate/",
    "/accounts/confirm-email/none/",
    "/accounts/password/reset/key/1-none/",
)
_RESOURCE = re.compile(r"<(?:script|img|iframe|source|audio|video|embed|link)\b[^>]*")
_ADDRESS = re.compile(r'\s(?:src|href|srcset)="([^"]*)"')


@pytest.fixture
def lived_in(account, owner, frozen) -> dict[str, str]:
    """The paths of an account with one of every thing, and lists that fill a page."""
    things = furnish(account, owner)
    insert_believable(account=account, rows=120, days=3, seed=1)
    delivery = WebhookDelivery.objects.first()
    HandsetMessage.objects.bulk_create(
        HandsetMessage(
            account=account, number=PHONE, key=f"k{i}", message_uuid=delivery.pk,
            direction="inbound", from_number=DID, to_number=PHONE, text="Hello",
        )
        for i in range(40)
    )  # fmt: skip
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            account=account, purpose="answer", delivery=delivery.delivery, attempt=i, method="POST",
            url="https://hooks.example.com/answer/", state="delivered", status=200,
        )
        for i in range(2, 62)
    )  # fmt: skip
    return paths(things)


@pytest.fixture
def own(client, owner) -> Client:
    client.force_login(owner)
    return client


def _answers(client: Client, ways: dict[str, str]) -> Iterator[tuple[str, HttpResponse]]:
    for name, path in ways.items():
        if ROUTES[name].get is not None and name not in {
            "network:events",
            "calls:csv",
            "messages:csv",
        }:
            yield path, client.get(path)
    for path in OTHER_PATHS:
        yield path, client.get(path)


def _is_page(answer: HttpResponse) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html")


def _policy(answer: HttpResponse) -> dict[str, str]:
    """The policy without nonces, which fragments that need none leave out."""
    bare = re.sub(r" ?'nonce-[\w+/=-]{22,}'", "", answer.headers["Content-Security-Policy"])
    parts = (part.strip().partition(" ") for part in bare.split(";"))
    return {name: sources for name, _, sources in parts}


def test_web_01_every_page_has_the_policy_and_the_headers(own, lived_in):
    wrong, seen = [], 0
    for path, answer in _answers(own, lived_in):
        if not _is_page(answer):
            continue
        seen += 1
        if "Content-Security-Policy" not in answer.headers or _policy(answer) != POLICY:
            wrong.append((path, answer.headers.get("Content-Security-Policy")))
        wrong += [
            (path, name, answer.headers.get(name))
            for name, value in HEADERS.items()
            if answer.headers.get(name) != value
            and not (name == "Cache-Control" and "no-store" in answer.headers.get(name, ""))
        ]
    assert wrong == []
    assert seen > 40


def test_web_01_a_page_is_light_whole_and_asks_nobody_else(own, lived_in):
    wrong = []
    for path, answer in _answers(own, lived_in):
        if not _is_page(answer):
            continue
        html = answer.content.decode()
        if len(answer.content) > LARGEST:
            wrong.append((path, "heavy", len(answer.content)))
        wrong += [(path, left) for left in ("<c-", "{%", "{{") if left in html]
        if inline := re.search(r"<[a-z][^>]*\s(?:on[a-z]+|style)=", html):
            wrong.append((path, inline[0][-80:]))
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        for tag in _RESOURCE.findall(html):
            for address in _ADDRESS.findall(tag):
                if not address.startswith(("/", "data:", "#")) or address.startswith("//"):
                    wrong.append((path, tag))
            is_script = tag.startswith("<script") and "application/json" not in tag
            if is_script and (nonce is None or f'nonce="{nonce[1]}"' not in tag):
                wrong.append((path, tag))
    assert wrong == []


def test_web_01_no_two_answers_share_a_nonce(own, account):
    nonces = {own.get("/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(nonces) == 3


def test_our_own_scripts_together_are_at_most_30_kilobytes():
    scripts = (settings.BASE_DIR / "static" / "js").rglob("*.js")
    sizes = {one.name: one.stat().st_size for one in scripts}
    assert sizes
    assert sum(sizes.values()) <= LARGEST_SCRIPTS, sizes


MOST_QUERIES = {"default": 8, "calls:csv": 12, "messages:csv": 12}
"""A download also writes a line into the audit log."""


def test_no_page_of_an_account_in_use_costs_more_than_eight_queries(own, lived_in):
    costly = {}
    names = [n for n, r in ROUTES.items() if r.get is not None and n != "network:events"]
    for name in names:
        own.get(lived_in[name])  # warms what is kept for all requests
        with CaptureQueriesContext(connection) as seen:
            answer = own.get(lived_in[name])
            if answer.streaming:
                b"".join(answer.streaming_content)
        most = MOST_QUERIES.get(name, MOST_QUERIES["default"])
        if len(seen) > most:
            costly[name] = len(seen), [q["sql"][:90] for q in seen.captured_queries]
    assert costly == {}


def test_web_04_private_pages_and_downloads_are_stored_nowhere(own, lived_in):
    answer = own.get(lived_in["calls:csv"])
    b"".join(answer.streaming_content)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_web_11_a_refusal_names_no_settings_and_is_a_page_like_others(client, db):
    client.raise_request_exception = False
    for asked in (
        client.get("/", headers={"Host": "evil.example.com"}),
        client.get("/?q=%00"),
        client.post("/accounts/login/", headers={"Sec-Fetch-Site": "cross-site"}),
        client.generic("TRACE", "/"),
    ):
        assert asked.status_code in {400, 403, 405}
        text = asked.content.decode()
        assert "Traceback" not in text
        assert "ALLOWED_HOSTS" not in text
        assert asked.headers["X-Content-Type-Options"] == "nosniff"
        assert not _is_page(asked) or "Content-Security-Policy" in asked.headers


PUBLIC_PAGES = {name for name, route in ROUTES.items() if PUBLIC in (route.get, route.post)}


def test_ten_05_public_pages_are_a_short_list_that_holds_nothing_of_an_account(client, lived_in):
    for name in PUBLIC_PAGES:
        answer = client.get(lived_in[name])
        html = answer.content.decode()
        assert "owner@example.com" not in html, name
        assert "Owner Ltd" not in html, name
        assert PHONE not in html or name.startswith("help:"), name
