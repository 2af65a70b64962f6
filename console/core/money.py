"""Money: decimal US dollars with five places, never floats."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from django.db import models

Money: TypeAlias = Decimal
FIVE_PLACES = Decimal("0.00001")
ZERO = Decimal("0.00000")


def money(value: Decimal | int | str) -> Decimal:
    """The value rounded half up to five places."""
    return Decimal(value).quantize(FIVE_PLACES, rounding=ROUND_HALF_UP)


def text(value: Decimal) -> str:
    """Five places, as the compatible API writes money: `0.13600`."""
    return f"{money(value):.5f}"


def amount_for(*, rate_per_minute: Decimal, billed_seconds: int) -> Decimal:
    """`rate x billed seconds / 60`, five places (compat: CDR `total_amount`)."""
    return money(rate_per_minute * billed_seconds / 60)


def billed_seconds(seconds: int, *, increment: int = 60) -> int:
    """Seconds rounded up to the billing increment; 0 stays 0 (compat: CDR `billed_duration`)."""
    return -(-seconds // increment) * increment


class MoneyField(models.DecimalField[Decimal, Decimal]):
    """A column for US dollars: 14 digits, five of them after the point."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 5)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as given
