"""What the account tests share: mail that is delivered, a visitor, sign-in by the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory

from console.accounts import work
from console.accounts.forms import opened_now
from console.accounts.models import User
from console.accounts.services import issue_token
from console.core import clock, outbox
from console.core.models import OutboxRow, OutboxState
from tests.conftest import PASSWORD

FRESH = "seven green kettles sing"


@pytest.fixture(autouse=True)
def _fresh_cache(db):
    cache.clear()


def deliver() -> list[mail.EmailMessage]:
    """Runs the outbox and gives all letters so far."""
    with _later(10):
        for row in OutboxRow.objects.filter(state=OutboxState.PENDING):
            outbox.run(row.pk)
    return mail.outbox


def last_link(letters: list[mail.EmailMessage]) -> str:
    """The path of the first link in the newest letter."""
    found = re.search(r"http://127\.0\.0\.1:8000(/accounts/\S+)", letters[-1].body)
    assert found, letters[-1].body
    return found[1]


def worked(address: str = "127.0.0.1", form: str = "sign-up") -> dict[str, str]:
    """What the page's script would send along from this address."""
    puzzle = work.puzzle_for(RequestFactory().get("/", REMOTE_ADDR=address), form=form)
    answer = next(str(number) for number in count() if work.fits(puzzle, str(number)))
    return {"puzzle": puzzle, "work": answer}


@dataclass
class Visitor:
    """Someone at a browser, from an address of their own."""

    client: Client

    def sign_up(self, email: str, password: str = FRESH, **extra):
        """Sends the sign-up form, three seconds after it was shown."""
        data = {"email": email, "password1": password, "opened": opened_now(), **worked(), **extra}
        with _later(3):
            return self.client.post("/accounts/signup/", data)

    def sign_in(self, email: str, password: str = PASSWORD, **extra):
        """Sends the sign-in form."""
        data = {"login": email, "password": password}
        return self.client.post("/accounts/login/", data, **extra)


def _later(seconds: float):
    still = clock.FrozenClock(clock.now())
    still.advance(seconds=seconds)
    return clock.use(still)


@pytest.fixture
def visitor() -> Visitor:
    """Nobody yet."""
    return Visitor(Client())


@pytest.fixture
def confirmed(owner: User) -> User:
    """The owner, with a confirmed address and a token that was shown before."""
    issue_token(owner.memberships.get().account)
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner


@pytest.fixture
def signed_in(confirmed: User, visitor: Visitor) -> Client:
    """The owner's browser, signed in through the form."""
    assert visitor.sign_in(confirmed.email).status_code == 302
    return visitor.client
