"""What the palette finds among the account's own things, by name, number or id."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from console.accounts.models import Account
from console.applications.models import Application
from console.core import palette
from console.core.palette import Entry
from console.endpoints.models import Endpoint
from console.home.navigation import safe_reverse
from console.home.templatetags.look import phone
from console.numbers.models import RentedNumber
from console.records.models import Cdr
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
    """By alias or user name; one query."""
    account = _account(request, words)
    if not account:
        return ()
    rows = Endpoint.objects.for_account(account)
    rows = rows.filter(Q(alias__icontains=words) | Q(username__istartswith=words)).order_by("alias")
    return _entries(
        rows[: palette.PER_SOURCE], "endpoints:detail", "endpoint_id", "headset", "Endpoints"
    )


@palette.source
def calls(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The call whose whole UUID was pasted; one query."""
    account = _account(request, words)
    try:
        wanted = uuid.UUID(words)
    except ValueError:
        return
    if account:
        for row in Cdr.objects.for_account(account).filter(call_uuid=wanted):
            url = safe_reverse("story:detail", row.parent_call_uuid or row.call_uuid)
            yield Entry(
                f"Call to {phone(row.to_number)}", url, "phone", "Calls", row.get_state_display()
            )


@palette.source
def messages(request: HttpRequest, words: str) -> Iterator[Entry]:
    """The message whose whole UUID was pasted; one query."""
    account = _account(request, words)
    try:
        wanted = uuid.UUID(words)
    except ValueError:
        return
    if account:
        for row in Message.objects.for_account(account).filter(uuid=wanted):
            url = safe_reverse("messages:detail", row.uuid)
            name = f"{phone(row.from_number)} → {phone(row.to_number)}"
            yield Entry(name, url, "message-square", "Messages", row.get_state_display())
