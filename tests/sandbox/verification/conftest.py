"""Numbers on their way to being verified, and the phone that receives the code."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection

from console.accounts.querysets import tenant_guard
from console.core import outbox
from console.core.models import OutboxRow, OutboxState
from console.numbers.models import DidType, RentedNumber, StockNumber
from sandbox.network.models import HandsetMessage
from sandbox.verification import services
from sandbox.verification.models import Challenge

NUMBER = "+12025550142"
MOBILE = "+447700900123"
LINE = "+442079460123"


def work(*, rounds: int = 5) -> int:
    """Carries out what is due in the outbox, as a worker would; gives how many rows."""
    done = 0
    for _ in range(rounds):
        due = list(OutboxRow.objects.filter(state=OutboxState.PENDING).order_by("next_at", "pk"))
        ran = [outbox.run(row.id) for row in due]
        done += sum(ran)
        if not any(ran):
            break
    return done


def codes_on(number: str = NUMBER) -> list[str]:
    """The codes that the handset has received, newest first."""
    texts = HandsetMessage.objects.filter(number=number).order_by("-pk")
    return [re.match(r"[0-9]{6}", text.shown())[0] for text in texts]


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def rent(account, number):
    """The account rents a DID."""
    stock = StockNumber.objects.create(
        number=number, national=number[2:], country="US", type=DidType.LOCAL, sms_enabled=True
    )
    return RentedNumber.objects.create(
        account=account, stock=stock, number=number, renewal_date=date(2026, 4, 2)
    )


def skip_without_parallel_writers() -> None:
    """Threads that share a SQLite memory database lock each other: the file runs prove it."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("needs a database of its own for threads")


@pytest.fixture
def add(account, owner, frozen):
    """Adds a number of the account and sends its first code."""

    def add_number(raw=NUMBER, channel="sms", **more):
        asked = {"account": account, "actor": owner, "ip": "192.0.2.7", **more}
        with tenant_guard():  # as in a request
            return services.add_number(raw=raw, channel=channel, **asked)

    return add_number


@pytest.fixture
def pending(add):
    """A number whose first code is on the handset."""
    number, _ = add()
    work()
    return number


@pytest.fixture
def check(account, owner):
    """Checks a code of the account."""

    def check_code(number, code, **more):
        asked = {"account": account, "actor": owner, "ip": "192.0.2.7", **more}
        with tenant_guard():
            return services.check_code(number=number, code=code, **asked)

    return check_code


@pytest.fixture
def resend(account, owner):
    """Asks for another code."""

    def resend_code(number, channel="sms", **more):
        asked = {"account": account, "actor": owner, "ip": "192.0.2.7", **more}
        with tenant_guard():
            return services.resend_code(number=number, channel=channel, **asked)

    return resend_code


def challenge_of(number) -> Challenge:
    """The newest challenge of a number."""
    return Challenge.objects.filter(number=number).latest("pk")
