"""The side bar, as one table. A page whose route does not exist is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Item:
    """One page of the side bar; `key` follows `g` on the keyboard, `group` makes the gaps."""

    label: str
    icon: str
    route: str
    key: str
    group: int
    staff: bool = False

    @property
    def url(self) -> str:
        """The page's path; "" while no app has such a route."""
        return safe_reverse(self.route)


ITEMS = (
    Item("Home", "house", "home:index", "h", 0),
    Item("Sandbox numbers", "shield-check", "verification:list", "s", 1),
    Item("Handsets", "smartphone", "network:handsets", "p", 1),
    Item("Numbers", "hash", "numbers:list", "n", 2),
    Item("Applications", "app-window", "applications:list", "a", 2),
    Item("Endpoints", "headset", "endpoints:list", "e", 2),
    Item("Calls", "phone", "calls:list", "c", 3),
    Item("Messages", "message-square", "messages:list", "m", 3),
    Item("Exports", "download", "exports:list", "x", 3),
    Item("Logs", "scroll-text", "webhooks:list", "l", 3),
    Item("Help", "circle-question-mark", "help:index", "i", 4),
    Item("Settings", "settings", "accounts:settings", "t", 4),
    Item("Operator", "radio-tower", "operator:index", "o", 4, staff=True),
)


def safe_reverse(route: str, *args: object) -> str:
    """The path of a route, or "" where no such route is."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Link:
    """An item as the side bar shows it."""

    item: Item
    url: str
    current: bool


def _top(path: str) -> str:
    return path.strip("/").split("/", 1)[0]


def links(request: HttpRequest) -> list[Link]:
    """The items this person may open, in order; costs no query."""
    staff = bool(getattr(request.user, "is_staff", False))
    here = _top(request.path)
    return [
        Link(item, url, here == _top(url))
        for item in ITEMS
        if (staff or not item.staff) and (url := item.url)
    ]


def groups(request: HttpRequest) -> Iterator[list[Link]]:
    """The same, in the groups that the side bar sets apart."""
    found = links(request)
    for number in sorted({link.item.group for link in found}):
        yield [link for link in found if link.item.group == number]
