"""What the palette finds by itself: the pages, and the first actions on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import HttpRequest

from console.core import palette
from console.core.palette import Entry
from console.home import navigation
from console.home.templatetags.operator_tabs import TABS

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
# Pages below those of the side bar: words, route, icon, other words, who may open them.
_ALL, _MANAGE, _STAFF = "all", "manage", "staff"
_BELOW = (
    ("Credentials", "accounts:credentials", "settings", "settings auth id token", _ALL),
    ("Subaccounts", "accounts:subaccounts", "settings", "settings tenants", _ALL),
    ("Security", "accounts:security", "settings", "settings password totp passkey sessions", _ALL),
    ("Team", "accounts:team", "settings", "settings members invite roles", _ALL),
    ("Data", "privacy:data", "settings", "settings archive retention close account", _MANAGE),
    ("Audit log", "accounts:audit-log", "settings", "settings who did what", _MANAGE),
    ("API requests", "api:requests", "scroll-text", "logs api_id", _ALL),
    ("Compatibility report", "api:compatibility", "scroll-text", "logs ignored parameters", _ALL),
    ("Recordings", "recordings:list", "voicemail", "calls listen", _ALL),
    ("Powerpacks", "messages:powerpacks", "message-square", "messages number pool", _ALL),
    ("Media", "messages:media_list", "message-square", "messages mms files", _ALL),
    ("Verify sessions", "verification:sessions", "shield-check", "codes otp", _ALL),
    *((label, route, "radio-tower", "operator", _STAFF) for label, route in TABS),
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
def pages_below(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The pages below, named once something is typed, to those who may open them. No query."""
    allowed = {_ALL}
    membership = getattr(request, "membership", None)
    if membership is not None and membership.may_manage:
        allowed.add(_MANAGE)
    if getattr(request.user, "is_staff", False):
        allowed.add(_STAFF)
    for label, route, icon, also, who in _BELOW:
        url = navigation.safe_reverse(route)
        if words and url and who in allowed and palette.matches(words, label, also):
            yield Entry(label, url, icon, "Pages")


@palette.source
def actions(request: HttpRequest, words: str) -> Iterable[Entry]:
    """Things to do; named once something is typed. No query."""
    for label, route, icon, also in _ACTIONS:
        url = navigation.safe_reverse(route)
        if words and url and palette.matches(words, label, also):
            yield Entry(label, url, icon, "Actions")
