"""The filter of messages: one object behind the page, the download and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core.message_errors import MESSAGE_ERRORS
from console.records.filters import begins_with, read_choice, read_moment, read_number
from console.records.models import Direction
from sandbox.messages.models import Message, MessageType
from sandbox.messages.states import State

NAMES: Final = ("since", "until", "number", "direction", "state", "type", "error")
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages are meant. Times are aware, UTC; `until` is exclusive.

    `number` matches either party, exactly or by its beginning; `extra` is a condition of the API.
    `errors` holds a sentence for each field that could not be read; such a filter matches nothing.
    """

    since: datetime | None = None
    until: datetime | None = None
    number: str = ""
    direction: str = ""
    state: str = ""
    type: str = ""
    error: int | None = None
    extra: Q = field(default_factory=Q)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return self != MessageFilter()

    def rows(
        self, account: Account, subaccount: Subaccount | None = None
    ) -> TenantQuerySet[Message]:
        """The messages of the account that match, in no order; no query is made yet."""
        found = Message.objects.for_account(account, subaccount)
        if self.errors:
            return found.none()
        return found.filter(self._condition())

    def _condition(self) -> Q:
        exact = {"direction": self.direction, "state": self.state, "type": self.type}
        wanted = self.extra & Q(**{name: value for name, value in exact.items() if value})
        if self.since:
            wanted &= Q(message_time__gte=self.since)
        if self.until:
            wanted &= Q(message_time__lt=self.until)
        if self.error is not None:
            wanted &= Q(error_code=self.error)
        if self.number:
            wanted &= begins_with("from_number", self.number) | begins_with(
                "to_number", self.number
            )
        return wanted


def read(values: Mapping[str, str], *, time_zone: str = "UTC") -> MessageFilter:
    """The filter that a query string means; what cannot be read is named in `errors`.

    Dates and times without an offset are in `time_zone`; a bare date as `until` includes its day.
    """
    given = {name: values.get(name, "").strip()[: _LONGEST + 1] for name in NAMES}
    errors: dict[str, str] = {}
    since = read_moment(given["since"], time_zone, errors, "since")
    until = read_moment(given["until"], time_zone, errors, "until", whole_day=True)
    if since and until and since >= until:
        errors["until"] = "The end must be after the beginning."
    return MessageFilter(
        since=since,
        until=until,
        number=read_number(given["number"], errors),
        direction=read_choice(given["direction"], Direction.values, errors, "direction"),
        state=read_choice(given["state"], State.values, errors, "state"),
        type=read_choice(given["type"], MessageType.values, errors, "type"),
        error=_error(given["error"], errors),
        errors=errors,
    )


def _error(text: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:6]) in MESSAGE_ERRORS):
        errors["error"] = "A message error is a number such as 30."
        return None
    return int(text)
