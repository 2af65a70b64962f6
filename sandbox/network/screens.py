"""What the handsets' pages show: rows turned into screens, in three queries for all phones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Concat

from console.accounts.models import Account
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber
from sandbox.network.models import (
    CallDirection,
    CallState,
    HandsetAccess,
    HandsetCall,
    HandsetMessage,
)
from sandbox.network.state import WATCHED_CALLS, fingerprint_of

PAGE_MESSAGES = 30
_WORDS = {
    "NORMAL_CLEARING": "Ended",
    "USER_BUSY": "Busy",
    "CALL_REJECTED": "Rejected",
    "ORIGINATOR_CANCEL": "Canceled",
    "NORMAL_TEMPORARY_FAILURE": "Failed",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the phone's history: a text, or a call that has ended."""

    at: datetime
    message: HandsetMessage | None = None
    call: HandsetCall | None = None

    @property
    def mine(self) -> bool:
        """Whether it began at this phone."""
        one = self.message or self.call
        return one is not None and one.direction == "outbound"

    @property
    def other(self) -> str:
        """The other party's number or address."""
        one = self.message or self.call
        if one is None:
            return ""
        return one.to_number if self.mine else one.from_number

    @property
    def text(self) -> str:
        """The words of a text; sealed ones are opened, for a member of the account."""
        return self.message.shown() if self.message else ""

    @property
    def outcome(self) -> str:
        """How a call ended, in a word or two."""
        if self.call is None:
            return ""
        if self.call.hangup_cause == "NO_ANSWER":
            return "No answer" if self.mine else "Missed"
        if self.call.hangup_cause == "ORIGINATOR_CANCEL" and not self.mine:
            return "Missed"
        cause = self.call.hangup_cause or "NORMAL_CLEARING"
        return _WORDS.get(cause, cause.replace("_", " ").capitalize())

    @property
    def length(self) -> str:
        """How long they talked, as 1:05; "" when nobody answered."""
        call = self.call
        if call is None or call.answered_at is None or call.ended_at is None:
            return ""
        return minutes(call.ended_at - call.answered_at)


@dataclass(slots=True)
class Screen:
    """One handset as its page shows it. Lists are newest first."""

    number: str
    seen: str = ""
    entries: list[Entry] = field(default_factory=list)
    living: list[HandsetCall] = field(default_factory=list)

    @property
    def current(self) -> HandsetCall | None:
        """The call on the screen: the one that is up, else the one that rings."""
        up = [call for call in self.living if call.state == CallState.UP]
        return next(iter(up or self.living), None)

    @property
    def waiting(self) -> list[HandsetCall]:
        """Other calls that want something."""
        return [call for call in self.living if call is not self.current]

    @property
    def state(self) -> str:
        """`idle`, `ringing` (somebody calls), `calling` (it calls out) or `up`."""
        call = self.current
        if call is None:
            return "idle"
        if call.state == CallState.UP:
            return "up"
        return "ringing" if call.direction == CallDirection.INBOUND else "calling"

    @property
    def captions(self) -> list[dict[str, object]]:
        """What was said in the call on the screen, newest first.

        `newest` marks what the platform said last: it may still be heard.
        """
        call = self.current
        said = list(call.captions.all()) if call else []
        last = next((one for one in reversed(said) if not one.mine), None)
        return [
            {"row": caption, "text": caption.shown(), "newest": caption is last}
            for caption in reversed(said)
        ]


def minutes(length: timedelta) -> str:
    """`1:05`, as phones show how long a call lasts."""
    seconds = max(0, int(length.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def screens(account: Account, numbers: Sequence[str]) -> list[Screen]:
    """The screens of the account's handsets, in the given order; three queries in all."""
    texts, calls = _rows(account, numbers)
    return [_screen(number, texts[number], calls[number]) for number in numbers]


def _rows(
    account: Account, numbers: Sequence[str]
) -> tuple[dict[str, list[HandsetMessage]], dict[str, list[HandsetCall]]]:
    texts: dict[str, list[HandsetMessage]] = defaultdict(list)
    calls: dict[str, list[HandsetCall]] = defaultdict(list)
    messages = HandsetMessage.objects.for_account(account).filter(number__in=numbers)
    for message in messages.order_by("-id")[: PAGE_MESSAGES * len(numbers)]:
        texts[message.number].append(message)
    found = HandsetCall.objects.for_account(account).filter(number__in=numbers)
    newest = found.order_by("-started_at").prefetch_related("captions")
    for call in newest[: WATCHED_CALLS * len(numbers)]:
        calls[call.number].append(call)
    return texts, calls


def _screen(number: str, texts: list[HandsetMessage], calls: list[HandsetCall]) -> Screen:
    ended = [call for call in calls if call.state == CallState.ENDED]
    entries = [Entry(one.received_at, message=one) for one in texts]
    entries += [Entry(one.started_at, call=one) for one in ended]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    living = [call for call in calls if call.state != CallState.ENDED]
    return Screen(number, fingerprint_of(texts, calls), entries, living)


@dataclass(frozen=True, slots=True)
class Line:
    """A handset in the list: when it last noticed something, and whether a call lives there."""

    number: str
    last_at: datetime | None
    ringing: bool
    up: bool


def lines(account: Account) -> list[Line]:
    """The account's handsets in order of their numbers; one query, by index for each phone."""
    here = {"account": account, "number": OuterRef("number")}
    texts = HandsetMessage.objects.for_account(account).filter(**here).order_by("-id")
    calls = HandsetCall.objects.for_account(account).filter(**here)
    rows = HandsetAccess.objects.for_account(account).annotate(
        text_at=Subquery(texts.values("received_at")[:1]),
        call_at=Subquery(calls.order_by("-started_at").values("started_at")[:1]),
        ringing=Exists(calls.filter(state=CallState.RINGING)),
        up=Exists(calls.filter(state=CallState.UP)),
    )
    found = rows.order_by("number").values("number", "text_at", "call_at", "ringing", "up")
    return [
        Line(
            row["number"],
            max(filter(None, (row["text_at"], row["call_at"])), default=None),
            row["ringing"],
            row["up"],
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """An endpoint in the list: a handset that rings only while it is registered."""

    number: str
    alias: str
    registered: bool
    ringing: bool
    up: bool


def endpoint_lines(account: Account) -> list[EndpointLine]:
    """The account's endpoints in order of their aliases; one query."""
    uri = Concat(Value("sip:"), "username", Value(f"@{settings.SIP_DOMAIN}"))
    rows = Endpoint.objects.for_account(account).annotate(uri=uri)
    calls = HandsetCall.objects.for_account(account).filter(number=OuterRef("uri"))
    found = rows.annotate(
        ringing=Exists(calls.filter(state=CallState.RINGING)),
        up=Exists(calls.filter(state=CallState.UP)),
    )
    return [
        EndpointLine(one.sip_uri, one.alias, one.registered, one.ringing, one.up)
        for one in found.order_by("alias", "pk")
    ]


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A DID of the account, as a handset's page offers it."""

    number: str
    alias: str


@dataclass(frozen=True, slots=True)
class Reachable:
    """The handsets that an account may open, and the numbers that they may call."""

    handsets: list[str]
    numbers: list[OwnNumber]


def reachable(account: Account) -> Reachable:
    """Both lists in the order of numbers, in one query, because a page has eight to spend."""
    handsets = HandsetAccess.objects.for_account(account).values_list(
        "number", Value("", output_field=CharField()), Value(0)
    )
    rented = RentedNumber.objects.for_account(account).living()
    numbers = rented.values_list("number", "alias", Value(1))
    uri = Concat(Value("sip:"), "username", Value(f"@{settings.SIP_DOMAIN}"))
    endpoints = Endpoint.objects.for_account(account).values_list(
        uri, Value("", output_field=CharField()), Value(0)
    )
    rows = sorted(handsets.union(numbers, endpoints, all=True))
    return Reachable(
        [number for number, _, is_did in rows if not is_did],
        [OwnNumber(number, alias) for number, alias, is_did in rows if is_did],
    )


def call_uuid_of(raw: str) -> UUID | None:
    """The id in a form's field; None when it is missing or no id."""
    try:
        return UUID(raw)
    except ValueError:
        return None
