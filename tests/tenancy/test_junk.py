"""What no page of ours ever sends: a plain refusal, no change, and never a 500 (WEB-07)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from tests.tenancy.page_forms import PageForm, forms_of
from tests.tenancy.routes import ROUTES
from tests.tenancy.world import furnish, paths

FOREIGN = {
    "nul": "12\x00",
    "bidi": "\u202e12",
    "huge": "9" * 100_000,
    "full width": "＋１２０２５５５０１４３",
    "markup": "<script>alert(1)</script>[]{}'\"\\%00",
    "surrogate": b"\xed\xa0\x80\xff",
}
EACH = ("bidi", "huge", "full width")
ALL_AT_ONCE = ("nul", "markup", "surrogate")
UNTAKEN = ("nul", "huge")
LISTS = {
    *("calls:list", "webhooks:list", "numbers:list", "numbers:search", "applications:list"),
    *("endpoints:list", "accounts:audit-log"),
}
KEYS = (
    "0001-01-01T00:00:00+23:59_1",
    "0001-01-01T00:00:00+23:59_7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e",
    "9999-12-31T23:59:59.999999-23:59_1",
    "9999-12-31T23:59:59.999999-23:59_7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e",
    "2026-03-02T12:00:00+00:00_999999999999999999",
    "999999999999999",
    "9" * 40,
    "-1",
    "１２",
    "_",
)
QUERIES = [
    "after",
    "before",
    "call_uuid",
    "capability",
    "cause",
    "country",
    "digits",
    "direction",
    "application",
    "kind",
    "from",
    "from_",
    "leg",
    "match",
    "next",
    "number",
    "outcome",
    "phones",
    "purpose",
    "q",
    "region",
    "seen",
    "show",
    "since",
    "state",
    "to",
    "type",
    "until",
    "bom",
]
KEPT = [
    "accounts.Account",
    "accounts.User",
    "accounts.Membership",
    "accounts.Invitation",
    "accounts.AuthToken",
    "accounts.Subaccount",
    "applications.Application",
    "endpoints.Endpoint",
    "numbers.RentedNumber",
    "network.HandsetMessage",
    "network.HandsetCall",
    "network.HandsetScript",
    "network.HandsetAccess",
    "fence.SandboxNumber",
    "calls.Call",
    "core.OutboxRow",
    "account.EmailAddress",
    "mfa.Authenticator",
]


@pytest.fixture
def things(account, owner, frozen):
    return furnish(account, owner)


@pytest.fixture
def visitor(client, owner, things) -> Client:
    client.force_login(owner)
    client.raise_request_exception = False
    return client


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def kept() -> dict[str, list]:
    """All that a person could notice to have changed."""
    rows = {name: apps.get_model(name).objects.order_by("pk").values() for name in KEPT}
    for row in (found := {name: list(values) for name, values in rows.items()})["accounts.User"]:
        row.pop("last_login")
    return found


def all_forms(client: Client, things) -> list[PageForm]:
    found: dict[tuple[str, str, tuple[str, ...]], PageForm] = {}
    library = [f"/accounts/{end}" for end in ("email/", "password/change/", "sessions/")]
    for path in [*paths(things).values(), *library]:
        answer = client.get(path)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            for form in forms_of(path, answer.content.decode()):
                known = (form.method, urlsplit(form.action).path, tuple(sorted(form.values)))
                found.setdefault(known, form)
    return list(found.values())


def send(client: Client, form: PageForm, values: dict, *, before: dict | None = None):
    """The answer's status, and whether anything changed (asked only when `before` is given)."""
    ask = client.get if form.method == "GET" else client.post
    with undone():
        answer = ask(form.action, values)
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer.status_code, before is not None and kept() != before


def _trials(form: PageForm) -> Iterator[tuple[str, dict]]:
    """Each field with what could be taken for a value, and all at once with what never could."""
    for name in form.values:
        for kind in EACH:
            yield f"{name}: {kind}", {**form.values, name: FOREIGN[kind]}
    for kind in ALL_AT_ONCE:
        yield kind, dict.fromkeys(form.values, FOREIGN[kind])


def test_web_07_no_form_takes_junk_or_breaks_on_it(visitor, things):
    wrong, tried = [], 0
    forms = all_forms(visitor, things)
    before = kept()
    for form in forms:
        for trial, values in _trials(form):
            tried += 1
            strict = form.method == "POST" and trial.endswith(UNTAKEN)
            status, changed = send(visitor, form, values, before=before if strict else None)
            if status >= 500 or changed:
                wrong.append((form.method, form.action, trial, status, changed))
    assert wrong == []
    assert tried > 150


def test_web_07_no_query_breaks_a_page(visitor, things):
    """Every name of a query that any page knows, with keys of pages that are none."""
    wrong = []
    for name, path in paths(things).items():
        if ROUTES[name].get is None or name in {"network:events", "accounts:token"}:
            continue
        for key in KEYS if name in LISTS else KEYS[:1]:
            status, _ = send(visitor, PageForm(path, "GET"), dict.fromkeys(QUERIES, key))
            if status >= 500:
                wrong.append((path, key, status))
        for key in KEYS if name in LISTS else ():
            for way in ("before", "after"):
                status, _ = send(visitor, PageForm(path, "GET"), {way: key})
                if status >= 500:
                    wrong.append((path, way, key, status))
    assert wrong == []


def test_web_07_a_key_given_twice_is_one_or_a_refusal(visitor, things):
    wrong = []
    for form in all_forms(visitor, things):
        twice = {name: [value, "２"] for name, value in form.values.items()}
        status, _ = send(visitor, form, twice)
        if status >= 500:
            wrong.append((form.method, form.action, status))
    assert wrong == []
