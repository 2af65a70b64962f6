"""The fixed cast and what every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from console.accounts import audit_triggers
from console.accounts.models import Account, Membership, Role, Subaccount, User
from console.core import clock
from console.records import slots
from tests.support.api import Api
from tests.support.browser import browse, chromium, our_playwright, style_sheet
from tests.support.figures import pytest_terminal_summary
from tests.support.stack import FIRST_OF_CACHES

# Here, and nowhere else: Playwright runs once in a process.
__all__ = ["browse", "chromium", "our_playwright", "pytest_terminal_summary", "style_sheet"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
PASSWORD = "copper wires hum at night"


PATIENT_SECONDS = 1800
"""For what starts processes or a browser: a slow machine with other work to do is waited for."""
STACKS = frozenset({"stack", "sdk_stack", "hand"})
"""Fixtures that start processes of their own, for all tests of a folder."""
DATABASE = frozenset({"db", "transactional_db"})
"""Fixtures that give a test the database."""


def pytest_configure() -> None:
    """Processes side by side must not empty each other's cache: with Redis, a database for each.

    A slow machine is no reason for a property to be false.
    """
    place = settings.CACHES["default"]
    if str(place["LOCATION"]).startswith("redis"):
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        server = str(place["LOCATION"]).rsplit("/", 1)[0]
        place["LOCATION"] = f"{server}/{FIRST_OF_CACHES + worker % 4}"
    hypothesis.settings.register_profile(
        "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser, only looks at pages, shares a running stack, or is plain.

    Playwright's loop does not go together with asyncio's. A page looks the same whatever database
    its rows came from. A stack takes many seconds to start, so its tests share one process; they
    come first, because the longest of all would otherwise be waited for alone at the end.
    """
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        folder = item.path.parent.name
        runs = STACKS & used or item.get_closest_marker("stack")
        if not (runs or DATABASE & used or item.get_closest_marker("django_db")):
            item.add_marker("plain")
        if "our_playwright" in used:
            item.add_marker("browser")
            item.add_marker(pytest.mark.timeout(PATIENT_SECONDS))
            if folder == "look" and "browse" in used:
                item.add_marker("look")
        if runs:
            item.add_marker(pytest.mark.xdist_group(f"{folder}-stack"))
            item.add_marker(pytest.mark.timeout(PATIENT_SECONDS))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """The fault tests take longest, then the SDKs; what needs no stack fills the gaps."""
    if item.get_closest_marker("xdist_group") is None:
        return 2
    return 0 if item.get_closest_marker("faults") else 1


@pytest.fixture(autouse=True)
def no_download_left_open() -> Iterator[None]:
    """Django's test client does not close a download that a test leaves unread; a server does."""
    yield
    slots._open.clear()


@pytest.fixture
def frozen() -> Iterator[clock.FrozenClock]:
    """Time stands still at noon of 2 March 2026, UTC, until the test moves it."""
    still = clock.FrozenClock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    with clock.use(still):
        yield still


def make_member(email: str, account: Account | None, role: Role = Role.OWNER, **extra) -> User:
    """A user with a fast password hash, in an account."""
    user = User(email=email, **extra)
    user.set_password(PASSWORD)
    user.save()
    if account is not None:
        Membership.objects.create(user=user, account=account, role=role)
    return user


@pytest.fixture
def account(db) -> Account:
    """The owner's account: a trial with 10 dollars."""
    return Account.objects.create(name="Owner Ltd", credit="10")


@pytest.fixture
def owner(account: Account) -> User:
    """Owns `account`."""
    return make_member("owner@example.com", account)


@pytest.fixture
def team_mate(account: Account) -> User:
    """A developer in the owner's account."""
    return make_member("mate@example.com", account, Role.DEVELOPER)


@pytest.fixture
def analyst(account: Account) -> User:
    """May read the owner's account, not change it."""
    return make_member("analyst@example.com", account, Role.ANALYST)


@pytest.fixture
def other_account(db) -> Account:
    """The stranger's account."""
    return Account.objects.create(name="Stranger Inc", credit="10")


@pytest.fixture
def stranger(other_account: Account) -> User:
    """Must see nothing of the owner's."""
    return make_member("stranger@example.com", other_account)


@pytest.fixture
def subaccount(account: Account) -> Subaccount:
    """A subaccount of the owner's account."""
    return Subaccount.objects.create(account=account, name="Branch")


@pytest.fixture
def api(account: Account) -> Api:
    """A program with the owner's main credentials."""
    return Api(account)


@pytest.fixture
def other_api(other_account: Account) -> Api:
    """A program of the stranger."""
    return Api(other_account)


@pytest.fixture
def sub_api(account: Account, subaccount: Subaccount) -> Api:
    """A program with the credentials of the owner's subaccount."""
    return Api(account, subaccount)


@pytest.fixture
def staff(db) -> User:
    """Runs the installation."""
    return make_member("staff@example.com", None, is_staff=True)


@pytest.fixture(autouse=True, scope="session")
def _emptying_tables_passes_the_audit_triggers() -> Iterator[None]:
    """Tests with real transactions empty all tables at their end; the audit log refuses that."""
    plain = BaseDatabaseOperations.execute_sql_flush

    def flush(operations, statements):
        switches = audit_triggers.OFF, audit_triggers.ON
        off, on = (switch[connection.vendor] for switch in switches)
        plain(operations, [*off, *statements, *on])

    BaseDatabaseOperations.execute_sql_flush = flush
    yield
    BaseDatabaseOperations.execute_sql_flush = plain
