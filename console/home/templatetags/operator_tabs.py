"""The tabs of staff's pages, as one table. A page whose route does not exist is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import template
from django.template import Context

from console.home.navigation import safe_reverse

register = template.Library()

TABS: Final = (
    ("Health", "operator:index"),
    ("Accounts", "accounts:operator-accounts"),
    ("Trial policy", "fence:operator-policy"),
    ("Closed ranges", "fence:operator-prefixes"),
    ("Kill switches", "verification:operator-switches"),
    ("Carriers", "network:operator-carriers"),
    ("Routes", "network:operator-routes"),
    ("Rates", "network:operator-rates"),
    ("POPs", "network:operator-pops"),
    ("Stock", "numbers:operator-stock"),
    ("Outbox", "webhooks:operator-outbox"),
    ("Restores", "accounts:operator-restores"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as the page shows it."""

    label: str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def operator_tabs(context: Context) -> list[Tab]:
    """Every page of staff; the longest path that fits is the current one. No query."""
    here = context["request"].path
    found = [(label, url) for label, route in TABS if (url := safe_reverse(route))]
    current = max((url for _, url in found if here.startswith(url)), key=len, default="")
    return [Tab(label, url, url == current) for label, url in found]
