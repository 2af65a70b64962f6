"""A customer's URL, taken apart: where it leads, what is sent, and the settings in its fragment."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

import idna

from sandbox.webhooks.addresses import IPAddress, parse_address

MAX_URL = 2048
MAX_HOST = 253
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")
# Sub-delimiters and % stay as the customer wrote them: the signature covers the bytes sent.
_SAFE_PATH = "/%:@!$&'()*+,;=~"
_SAFE_QUERY = _SAFE_PATH + "?[]"
_EDGE = re.compile(r"[a-z0-9-]{1,32}")

# Milliseconds; compat/callbacks section 2 gives the ranges, trust section 2 the ceiling of 40 s.
DEFAULT_CONNECT_MS = 2_000
DEFAULT_TOTAL_MS = 15_000
MAX_TOTAL_MS = 40_000
RETRY_KINDS = frozenset({"4xx", "5xx", "ct", "rt"})
# HOOK-03 retries a failed connection and a 5xx; the customer's own `rp` replaces this.
DEFAULT_RETRY_ON = frozenset({"ct", "5xx"})


class TargetError(ValueError):
    """The URL cannot be called whatever its host resolves to; the text is fit for its owner."""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How patient to be: `ct rt tt rc rp er` of the fragment, in milliseconds where they are times.

    `retry_on` holds any of `4xx`, `5xx`, `ct` (no connection) and `rt` (no answer in time).
    """

    connect_ms: int = DEFAULT_CONNECT_MS
    read_ms: int = MAX_TOTAL_MS
    total_ms: int = DEFAULT_TOTAL_MS
    retries: int = 1
    retry_on: frozenset[str] = DEFAULT_RETRY_ON
    edge_region: str = "nearest"


DEFAULTS = DeliverySettings()


@dataclass(frozen=True, slots=True)
class RetryWish:
    """What a URL itself says of retries (`rc`, `rp`); None where it says nothing."""

    retries: int | None = None
    retry_on: frozenset[str] | None = None

    def allows(self, *, made: int, kind: str) -> bool:
        """Whether another try may follow `made` tries, the last of which failed by `kind`."""
        if self.retries is not None and made > self.retries:
            return False
        return self.retry_on is None or kind in self.retry_on


@dataclass(frozen=True, slots=True)
class Target:
    """One URL as it will be requested: no fragment, host in ASCII, path and query percent-encoded.

    `host` is a name or an address without brackets. `netloc` keeps the port when the customer
    wrote one. `path` may be empty, as written.
    """

    scheme: str
    host: str
    port: int
    netloc: str
    path: str
    query: str
    settings: DeliverySettings

    @property
    def url(self) -> str:
        """The absolute URL, fragment left out; what is shown, stored and signed."""
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.netloc}{self.path}{query}"

    @property
    def request_target(self) -> str:
        """Path and query as they stand in the request line; an empty path is sent as `/`."""
        return (self.path or "/") + (f"?{self.query}" if self.query else "")

    @property
    def address(self) -> IPAddress | None:
        """The address when the host is one in plain form, None when it is a name."""
        return parse_address(self.host)

    def with_query(self, addition: str) -> Target:
        """The same target with `addition` (already encoded) after its own query."""
        joined = "&".join(part for part in (self.query, addition) if part)
        return replace(self, query=joined)


def parse_target(text: str, *, defaults: DeliverySettings = DEFAULTS) -> Target:
    """Takes a customer's URL apart by the text rules of SSRF-01.

    Which ports are open is the policy's to say, since it depends on the address (see client).
    Raises TargetError with a sentence for the owner.
    """
    parts = _split(text)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise TargetError("The URL must start with http:// or https://.")
    if "@" in parts.netloc:
        raise TargetError("The URL must not hold a user name or password.")
    host, port = _host(parts), _port(parts)
    shown = f"[{host}]" if ":" in host else host
    return Target(
        scheme=scheme,
        host=host,
        port=_DEFAULT_PORTS[scheme] if port is None else port,
        netloc=shown if port is None else f"{shown}:{port}",
        path=quote(parts.path, safe=_SAFE_PATH),
        query=quote(parts.query, safe=_SAFE_QUERY),
        settings=parse_settings(parts.fragment, defaults=defaults),
    )


def canonical_url(text: str) -> str:
    """The URL as it should be stored: IDNA-encoded once, the settings in its fragment kept.

    Raises TargetError.
    """
    target, fragment = parse_target(text), urlsplit(text).fragment
    return f"{target.url}#{fragment}" if fragment else target.url


def _split(text: str) -> SplitResult:
    if len(text) > MAX_URL:
        raise TargetError(f"The URL is longer than {MAX_URL} characters.")
    # The standard library drops some of these silently, and servers disagree about backslashes.
    if not text.isprintable() or " " in text or "\\" in text:
        raise TargetError("The URL must not hold spaces, backslashes or invisible characters.")
    try:
        text.encode()
        return urlsplit(text)
    except ValueError as error:
        raise TargetError("This is not a URL we can read.") from error


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError as error:
        raise TargetError("The port must be a number from 1 to 65535.") from error
    if port == 0:
        raise TargetError("The port must be a number from 1 to 65535.")
    return port


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if "[" in parts.netloc or "]" in parts.netloc:
        return _ipv6(host, parts.netloc)
    if not host:
        raise TargetError("The URL has no host name.")
    host = _to_ascii(host)
    if len(host) > MAX_HOST:
        raise TargetError(f"The host name is longer than {MAX_HOST} characters.")
    if not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise TargetError("The host name holds characters that host names cannot have.")
    return host


def _ipv6(host: str, netloc: str) -> str:
    address = parse_address(host) if _BRACKETED.fullmatch(netloc) else None
    if not isinstance(address, IPv6Address) or address.scope_id:
        raise TargetError("The address in brackets is not a plain IPv6 address.")
    return str(address)


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower().removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise TargetError("The host name holds characters that host names cannot have.") from error


def parse_settings(fragment: str, *, defaults: DeliverySettings = DEFAULTS) -> DeliverySettings:
    """Reads `ct=…&rt=…` from a URL's fragment; compat/callbacks section 2.

    Values outside their range are clamped, what cannot be read is ignored. A read timeout asked
    for without a total makes room for itself, up to the ceiling of trust section 2.
    """
    given = dict(parse_qsl(fragment, keep_blank_values=True))
    connect = _clamped(given.get("ct"), low=100, high=10_000, default=defaults.connect_ms)
    read = _clamped(given.get("rt"), low=100, high=MAX_TOTAL_MS, default=defaults.read_ms)
    room = defaults.total_ms
    if _number(given.get("rt")) is not None:
        room = min(MAX_TOTAL_MS, max(room, connect + read))
    total = _clamped(given.get("tt"), low=100, high=MAX_TOTAL_MS, default=room)
    edge = given.get("er", "")
    return DeliverySettings(
        connect_ms=min(connect, total),
        read_ms=min(read, total),
        total_ms=total,
        retries=_clamped(given.get("rc"), low=0, high=5, default=defaults.retries),
        retry_on=_retry_on(given.get("rp"), default=defaults.retry_on),
        edge_region=edge if _EDGE.fullmatch(edge) else defaults.edge_region,
    )


def retry_wish(url: str) -> RetryWish:
    """What the fragment of a notification's URL asks of its retries; the rest is the schedule's."""
    given = dict(parse_qsl(url.partition("#")[2], keep_blank_values=True))
    asked = _number(given.get("rc"))
    return RetryWish(
        retries=None if asked is None else min(5, asked),
        retry_on=_retry_on(given.get("rp"), default=frozenset()) or None,
    )


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return int(text)


def _clamped(text: str | None, *, low: int, high: int, default: int) -> int:
    value = _number(text)
    return default if value is None else min(high, max(low, value))


def _retry_on(text: str | None, *, default: frozenset[str]) -> frozenset[str]:
    named = {part.strip().lower() for part in (text or "").split(",")}
    if "all" in named:
        return RETRY_KINDS
    return frozenset(named & RETRY_KINDS) or default
