"""What the operator allows, and the plain values that go into a fetch and come out of it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.webhooks.addresses import AddressRules
from sandbox.webhooks.targets import DEFAULTS, DeliverySettings

OPEN_PORTS = frozenset({80, 443, 8080, 8443})
MAX_ANSWER = 100 * 1024
SHOWN_BODY = 2 * 1024


class ErrorClass(StrEnum):
    """The only words a customer sees about what went wrong (SSRF-06)."""

    NOT_ALLOWED = "destination not allowed"
    NO_CONNECTION = "could not connect"
    TIMED_OUT = "timed out"
    BAD_ANSWER = "bad answer"


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's side of a fetch; `tls` stays None outside tests (Mozilla's root list)."""

    addresses: AddressRules = field(default_factory=AddressRules)
    ports: frozenset[int] = OPEN_PORTS
    defaults: DeliverySettings = DEFAULTS
    resolve_seconds: float = 2.0
    user_agent: str = "Ringfence"
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """One request to a customer, settings still in the fragment of `url`.

    `tokens` sign for the owner of the resource, `main_tokens` for the main account, newest first.
    `delivery_id` stays the same over retries, `first_attempt` is the number of the first try made.
    With `wants_body` off any 2xx is a success, whatever its body. `retry` off means one try only.
    `event_at` and `sequence` place a notification among others (None and 0: not told). `owner` is
    the account whose names are looked up.
    """

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    main_tokens: tuple[str, ...] = field(default=(), repr=False)
    delivery_id: str = ""
    first_attempt: int = 1
    max_bytes: int = MAX_ANSWER
    wants_body: bool = True
    retry: bool = True
    event_at: datetime | None = None
    sequence: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: what was sent, what came back. `elapsed_ms` is wall-clock time.

    `error` is None for a 2xx that can be used; `sentence` says in plain English what happened.
    `retry_kind` is the word of `rp` that covers the failure ("" when nothing does). `fault` tells
    what the owner's fault setting did to it; `double` marks the second sending it asked for.
    """

    number: int
    started_at: datetime
    url: str
    method: str
    headers: Mapping[str, str]
    elapsed_ms: int = 0
    status: int | None = None
    error: ErrorClass | None = None
    sentence: str = ""
    body: bytes = b""
    content_type: str = ""
    retry_after: str = ""
    retry_kind: str = ""
    fault: str = ""
    double: bool = False

    @property
    def ok(self) -> bool:
        """Whether the customer's server answered as it should."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """All tries of one request; the last one decides. There is always at least one."""

    attempts: tuple[Attempt, ...]

    @property
    def last(self) -> Attempt:
        """The try that decided."""
        return self.attempts[-1]

    @property
    def ok(self) -> bool:
        """Whether the last try brought a usable answer."""
        return self.last.ok

    @property
    def status(self) -> int | None:
        """HTTP status of the last try, None when no answer came."""
        return self.last.status

    @property
    def body(self) -> bytes:
        """Body of the last try, at most the request's `max_bytes`."""
        return self.last.body

    @property
    def error(self) -> ErrorClass | None:
        """What went wrong in the last try, None when nothing did."""
        return self.last.error

    @property
    def sentence(self) -> str:
        """The last try in a plain sentence for its owner."""
        return self.last.sentence

    @property
    def fault(self) -> str:
        """What fault settings did to any of the tries, "" for nothing."""
        return next((one.fault for one in reversed(self.attempts) if one.fault), "")

    @property
    def elapsed_ms(self) -> int:
        """Wall-clock milliseconds of all tries together."""
        return sum(attempt.elapsed_ms for attempt in self.attempts)
