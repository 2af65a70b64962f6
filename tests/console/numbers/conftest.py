"""A small stock and an application."""

from __future__ import annotations

from typing import Any

import pytest

from console.applications.models import Application
from console.numbers.models import DidType, StockNumber


def put_in_stock(number: str, **facts: Any) -> StockNumber:
    """A Seattle number for one dollar at set-up and fifty cents a month, unless told otherwise."""
    facts = {
        "country": "US",
        "city": "Seattle",
        "region": "Washington",
        "type": DidType.LOCAL,
        "sms_enabled": True,
        "monthly_rate": "0.50",
        "setup_rate": "1",
        "national": number[2:],
    } | facts
    return StockNumber.objects.create(number=number, **facts)


@pytest.fixture
def stock(db) -> list[StockNumber]:
    """Five numbers: +1 206 555 0150 to 0154."""
    made = [put_in_stock(f"+12065550{index}") for index in range(150, 155)]
    for number in made:
        number.refresh_from_db()
    return made


@pytest.fixture
def application(account) -> Application:
    """An application of the owner's."""
    return Application.objects.create(
        account=account, name="Support line", answer_url="https://app.example.com/answer/"
    )
