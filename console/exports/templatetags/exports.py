"""Sizes and counts as people read them."""

from __future__ import annotations

from django import template

register = template.Library()
_UNITS = ("KB", "MB", "GB", "TB")


@register.filter
def file_size(size: int | None) -> str:
    """`0 bytes`, `12.3 KB`, `1.20 GB`: thousands, three figures."""
    amount = float(size or 0)
    if amount < 1000:
        return f"{int(amount)} bytes"
    for unit in _UNITS:
        amount /= 1000
        if amount < 999.5 or unit == _UNITS[-1]:
            break
    return f"{amount:.{2 if amount < 10 else 1 if amount < 100 else 0}f} {unit}"


@register.filter
def thousands(count: int | None) -> str:
    """`1,000,000`."""
    return f"{count or 0:,}"
