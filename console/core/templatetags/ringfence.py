"""Filters and tags that format what the console shows; each has its test."""

from __future__ import annotations

from decimal import Decimal

from django import template

from console.core import money, numbers
from console.core.visible import make_visible

register = template.Library()


@register.filter
def usd(value: Decimal | None, places: int = 2) -> str:
    """`$0.14`; empty for None. `places` up to five."""
    return "" if value is None else f"${value:,.{places}f}"


@register.filter
def usd5(value: Decimal | None) -> str:
    """`$0.13600`, as rates and amounts of one call are shown."""
    return "" if value is None else f"${money.text(value)}"


register.filter("phone", numbers.display)
register.filter("visible", make_visible)
