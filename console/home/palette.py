"""What the palette finds by itself: the pages of the side bar and their first actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import HttpRequest

from console.core import palette
from console.core.palette import Entry
from console.home import navigation

# Words, route, icon, and other words that people type for it.
_ACTIONS = (
    ("Verify a phone number", "verification:list", "shield-check", "sandbox add otp code"),
    ("Would this call go through?", "fence:index", "shield-question-mark", "fence dry run message"),
    ("See the network", "network:index", "globe", "pop carrier latency map"),
    ("How would a call go?", "fence:routes", "route", "routing route test carrier rate price"),
    ("Rent a number", "numbers:search", "hash", "did buy search"),
    ("Create application", "applications:new", "app-window", "new answer url"),
    ("Create endpoint", "endpoints:new", "headset", "new sip user"),
    ("Open the handsets", "network:handsets", "smartphone", "phone browser call"),
    ("See living calls", "story:live", "phone-call", "live ongoing"),
    ("See rooms", "rooms:list", "users", "conference multiparty mpc members mute"),
    ("Check a webhook signature", "webhooks:signatures", "shield-check", "hmac nonce debug"),
    ("Check an XML document", "help:xml-check", "code-xml", "validate validator xml answer"),
    (
        "Run an XML document",
        "help:playground",
        "play",
        "playground rehearse try answer without call",
    ),
    ("Make a test call", "story:test", "phone-outgoing", "dial outbound try"),
    ("Send a message", "messages:new", "message-square", "sms text"),
    ("Export calls as CSV", "exports:new", "download", "download cdr"),
)


@palette.source
def pages(request: HttpRequest, words: str) -> Iterable[Entry]:
    """The pages of the side bar; all of them while nothing is typed. No query."""
    return islice(_pages(request, words), palette.PER_SOURCE if words else None)


def _pages(request: HttpRequest, words: str) -> Iterator[Entry]:
    for link in navigation.links(request):
        if palette.matches(words, link.item.label):
            item = link.item
            yield Entry(item.label, link.url, item.icon, "Pages", f"g {item.key}")


@palette.source
def actions(request: HttpRequest, words: str) -> Iterable[Entry]:
    """Things to do; named once something is typed. No query."""
    for label, route, icon, also in _ACTIONS:
        url = navigation.safe_reverse(route)
        if words and url and palette.matches(words, label, also):
            yield Entry(label, url, icon, "Actions")
