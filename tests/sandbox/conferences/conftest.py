"""Phones that meet in rooms: the call engine's own account, DID and answer server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from console.accounts.models import AccountState
from sandbox.conferences.models import Member, Room
from tests.sandbox.calls.conftest import (  # noqa: F401 - fixtures
    DID,
    FRIEND,
    PHONE,
    Line,
    application,
    call_in,
    did,
    network,
    proved,
    rates,
    server,
)

OTHER = "+12025550144"
Caller = Callable[..., Line]


@pytest.fixture
def answers(server, did, account) -> Callable[..., None]:  # noqa: F811
    """Sets the documents that callers get, by the caller's number, and what later URLs answer."""
    xml: dict[str, str] = {}
    account.state = AccountState.ACTIVE  # a trial has two calls at a time
    account.save()

    def answer(got: Any) -> str:
        return f"<Response>{xml.get(got.params['From'], xml.get('', ''))}</Response>"

    server.answers["/answer/"] = answer
    for path in ("/told/", "/done/", "/status/"):
        server.answers[path] = lambda got: "<Response><Wait length='60'/></Response>"

    def set_up(everybody: str = "", **by_number: str) -> None:
        names = {"phone": PHONE, "friend": FRIEND, "other": OTHER}
        xml[""] = everybody
        xml.update({names[name]: one for name, one in by_number.items()})

    return set_up


@pytest.fixture
def caller(account, frozen) -> Caller:
    """Lets a phone call the DID and come to rest."""

    def call(from_: str = PHONE, *, seconds: float = 1) -> Line:
        return call_in(account, frozen, from_=from_).live(seconds)

    return call


def room() -> Room:
    """The newest room."""
    found = Room.objects.unscoped("a test").order_by("-id").first()
    assert found is not None
    return found


def there() -> list[str]:
    """The numbers of those in the newest room."""
    members = Member.objects.filter(room=room(), left_at=None).select_related("call")
    return [one.number for one in members]
