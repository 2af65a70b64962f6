"""What the palette finds among the account's own things, by name, number or id."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from console.accounts.models import Account
from console.api.models import ApiRequest
from console.applications.models import Application
from console.core import palette
from console.core.palette import Entry
from console.endpoints.models import Endpoint
from console.exports.models import Export
from console.home.navigation import safe_reverse
from console.home.templatetags.look import phone
from console.numbers.models import RentedNumber
from console.records.models import Cdr
from sandbox.calls.models import Call, CallPhase
from sandbox.fence.models import SandboxNumber
from sandbox.messages.models import Message

_FEWEST = 2  # a single letter finds pages only
_FEWEST_DIGITS = 3


def _account(request: HttpRequest, words: str) -> Account | None:
    account: Account | None = getattr(request, "account", None)
    return account if account and len(words) >= _FEWEST else None


def _digits(words: str) -> str:
    """The digits of something written like a phone number; "" for other words."""
    if not re.fullmatch(r"[+\d\s().-]+", words, re.ASCII):
        return ""
    found = re.sub(r"\D", "", words)
    return found if len(found) >= _FEWEST_DIGITS else ""


def _entries(rows: Iterable[Any], route: str, key: str, icon: str, group: str) -> Iterator[Entry]:
    for row in rows:
        value = str(getattr(row, key))
        url = safe_reverse(route, value)
        if url:
            yield Entry(_name(row), url, icon, group, _hint(row))


def _name(row: Any) -> str:
    number = getattr(row, "e164", "") or getattr(row, "number", "")
    return phone(number) if number else str(getattr(row, "name", "") or getattr(row, "alias", ""))


def _hint(row: Any) -> str:
    if isinstance(row, Application):
        return row.app_id
    if isinstance(row, SandboxNumber):
        return row.shown_state.capitalize()
    return str(getattr(row, "alias", "") or "") if hasattr(row, "number") else ""


@palette.source
def sandbox_numbers(request: HttpRequest, words: str) -> Iterable[Entry]:
    """By digits, from anywhere in the number; one query."""
    account, digits = _account(request, words), _digits(words)
    if not account or not digits:
        return ()
    rows = SandboxNumber.objects.for_account(account).live().filter(e164__contains=digits)
    rows = rows.order_by("e164")[: palette.PER_SOURCE]
    return _entries(rows, "verification:detail", "public_id", "shield-check", "Sandbox numbers")


@palette.source
def rented_numbers(request: HttpRequest, words: str) -> Iterable[Entry]:
    """By digits or alias; one query."""
    account, digits = _account(request, words), _digits(words)
    if not account:
        return ()
    meant = Q(number__contains=digits) if digits else Q(alias__icontains=words)
    rows = RentedNumber.objects.for_account(account).living().filter(meant)
    rows = rows.order_by("number")[: palette.PER_SOURCE]
    return _entries(rows, "numbers:detail", "number", "hash", "Numbers")


@palette.source
def applications(request: HttpRequest, words: str) -> Iterable[Entry]:
    """By name or id; one query."""
    account = _account(request, words)
    if not account:
        return ()
    rows = Application.objects.for_account(account)
    rows = rows.filter(Q(name__icontains=words) | Q(app_id__startswith=words)).order_by("name")
    return _entries(
        rows[: palette.PER_SOURCE], "applications:detail", "app_id", "app-window", "Applications"
    )


@palette.source
def endpoints(request: HttpRequest, words: str) -> Iterable[Entry]:
    """By alias, user name or id; one query."""
    account = _account(request, words)
    if not account:
        return ()
    rows = Endpoint.objects.for_account(account)
    named = Q(alias__icontains=words) | Q(username__istartswith=words)
    rows = rows.filter(named | Q(endpoint_id=words)).order_by("alias")
    return _entries(
        rows[: palette.PER_SOURCE], "endpoints:detail", "endpoint_id", "headset", "Endpoints"
    )


def _pasted(request: HttpRequest, words: str, kind: Any, column: str, **also: Any) -> Iterable[Any]:
    """Rows of the account whose column holds the UUID that was pasted whole; none for other words.

    `also` is meant of the same row, of a joined table too.
    """
    account = _account(request, words)
    try:
        wanted = uuid.UUID(words)
    except ValueError:
        return ()
    return kind.objects.for_account(account).filter(**{column: wanted}, **also) if account else ()


@palette.source
def calls(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The ended call whose UUID was pasted, of either leg; one query."""
    for row in _pasted(request, words, Cdr, "call_uuid"):
        url = safe_reverse("story:detail", row.parent_call_uuid or row.call_uuid)
        name = f"Call to {phone(row.to_number)}"
        yield Entry(name, url, "phone", "Calls", row.get_state_display())


@palette.source
def living_calls(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The living call one of whose unfinished legs has the pasted UUID; one query."""
    for row in _pasted(request, words, Call, "legs__call_uuid", legs__ended_at=None):
        if row.platform or row.phase == CallPhase.ENDED:
            continue
        url = safe_reverse("story:detail", row.call_uuid)
        name = f"Call to {phone(row.to_number)}"
        yield Entry(name, url, "phone-call", "Calls", row.get_phase_display())


@palette.source
def messages(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The message whose UUID was pasted; one query."""
    for row in _pasted(request, words, Message, "uuid"):
        url = safe_reverse("messages:detail", row.uuid)
        name = f"{phone(row.from_number)} → {phone(row.to_number)}"
        yield Entry(name, url, "message-square", "Messages", row.get_state_display())


@palette.source
def api_requests(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The request of the log whose `api_id` was pasted; one query."""
    for row in _pasted(request, words, ApiRequest, "api_id"):
        url = safe_reverse("api:request", row.api_id)
        name = f"{row.method} {row.short_path}"
        yield Entry(name, url, "scroll-text", "API requests", str(row.status))


@palette.source
def exports(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The export whose id was pasted; one query."""
    for row in _pasted(request, words, Export, "pk"):
        url = safe_reverse("exports:detail", row.pk)
        name = f"Export of {row.get_kind_display().lower()}"
        yield Entry(name, url, "download", "Exports", row.get_state_display())
