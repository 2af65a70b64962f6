"""The usual mistakes with signatures: requests that were misread, messages put together wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit, urlunsplit

from sandbox.webhooks.signatures import v3_base

_PORTS = {"http": (80, 8000, 8080, 3000, 5000), "https": (443, 8443)}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as its receiver saw it.

    `params` are the form's, decoded; `signatures` are the header's parts by header, its name in
    capitals without `X-Plivo-`: `SIGNATURE-V3`, `SIGNATURE-MA-V3`, `SIGNATURE-V2`.
    """

    method: str
    url: str
    nonce: str
    params: Mapping[str, str] = field(default_factory=dict)
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def posted(self) -> Mapping[str, str]:
        """What counts as the form: nothing for GET."""
        return self.params if self.method == "POST" else {}

    @property
    def signed_url(self) -> str:
        """The URL with what GET adds to its query, fragment dropped."""
        bare = self.url.partition("#")[0]
        if self.method == "POST" or not self.params:
            return bare
        return f"{bare}{'&' if '?' in bare else '?'}{urlencode(self.params)}"

    @property
    def strongest(self) -> tuple[str, ...]:
        """The headers that count: V3 where there is any. V2 covers no parameter.

        So a V2 that matches says nothing about a V3 that does not.
        """
        v3 = tuple(name for name in self.signatures if name.endswith("V3"))
        return v3 or tuple(self.signatures)

    @property
    def claimed(self) -> set[str]:
        """The signatures of the headers that count."""
        return {one for name in self.strongest for one in self.signatures[name]}

    @property
    def all_signatures(self) -> set[str]:
        """Every signature of every header."""
        return {one for held in self.signatures.values() for one in held}


@dataclass(frozen=True, slots=True)
class Reading:
    """What may really have been sent, and why the receiver saw it otherwise."""

    seen: Seen
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A message that a program may have signed by mistake, and what the mistake is."""

    message: str
    reason: str


Change: TypeAlias = tuple[str, str]
"""A URL, or a part of one, and why it was seen otherwise ("" for as it is)."""


def readings(seen: Seen) -> Iterator[Reading]:
    """What the platform may have sent when a receiver saw `seen`: each way, and combinations."""
    for method, why_method in _methods(seen):
        for (url, why_url), (params, why_params) in product(_urls(seen.url), _forms(seen)):
            reasons = tuple(filter(None, (why_method, *why_url, why_params)))
            if reasons:
                yield Reading(replace(seen, method=method, url=url, params=params), reasons)


def _methods(seen: Seen) -> Iterator[Change]:
    other = "GET" if seen.method == "POST" else "POST"
    yield seen.method, ""
    yield other, f"We asked with {other}, your program checked it as {seen.method}."


def _urls(url: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    parts = urlsplit(url)
    for scheme, why_scheme in _schemes(parts.scheme):
        for netloc, why_port in _ports(parts.netloc, scheme):
            for path, why_path in _paths(parts.path):
                for query, why_query in _queries(parts.query):
                    made = parts._replace(scheme=scheme, netloc=netloc, path=path, query=query)
                    reasons = tuple(filter(None, (why_scheme, why_port, why_path, why_query)))
                    yield urlunsplit(made), reasons


def _schemes(scheme: str) -> Iterator[Change]:
    yield scheme, ""
    if scheme == "http":
        yield (
            "https",
            (
                "We asked with https, your program saw http: a proxy in front of it ends TLS. "
                "Build the URL from X-Forwarded-Proto, or from the address in your settings."
            ),
        )
    elif scheme == "https":
        yield "http", "We asked with http, your program checked https."


def _ports(netloc: str, scheme: str) -> Iterator[Change]:
    yield netloc, ""
    host, _, port = netloc.rpartition(":")
    if host and port.isdecimal():
        yield host, f"The port :{port} is not in the URL that we asked; leave it out."
        return
    for known in _PORTS.get(scheme, ()):
        yield f"{netloc}:{known}", f"We asked port :{known}; keep the port in the URL."


def _paths(path: str) -> Iterator[Change]:
    yield path, ""
    if path.endswith("/"):
        yield path[:-1], "The URL that we asked does not end with a slash."
    else:
        yield f"{path}/", "The URL that we asked ends with a slash."


def _queries(query: str) -> Iterator[Change]:
    yield query, ""
    if query and "%20" in query:
        yield query.replace("%20", "%2B"), _PLUS
    if query and "+" in query:
        yield query.replace("+", "%2B"), _PLUS


_PLUS = (
    "A plus sign was decoded to a space. A + of a phone number travels as %2B: decode the value "
    "once, and by the rules of forms."
)


def _forms(seen: Seen) -> Iterator[tuple[Mapping[str, str], str]]:
    params = seen.params
    yield params, ""
    tried: list[Mapping[str, str]] = [params]
    query = dict(parse_qsl(urlsplit(seen.url).query, keep_blank_values=True))
    for made, why in (
        (_mapped(params, _plus_back), _PLUS),
        (
            _mapped(params, unquote_plus),
            "The body was not decoded: take the values of the form, not its raw text.",
        ),
        (
            _mapped(params, _from_latin_1),
            "The body was read as Latin-1; it is UTF-8.",
        ),
        (
            {name: value for name, value in params.items() if name not in query},
            "The parameters of the query were counted as part of the form too.",
        ),
        ({}, "Parameters were checked that we did not send."),
    ):
        if made not in tried:
            tried.append(made)
            yield made, why


def _mapped(params: Mapping[str, str], change: Callable[[str], str]) -> dict[str, str]:
    return {change(name): change(value) for name, value in params.items()}


def _plus_back(text: str) -> str:
    return f"+{text[1:]}" if text[:1] == " " and text[1:].isdecimal() else text


def _from_latin_1(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def mistakes(seen: Seen) -> Iterator[Mistake]:
    """Messages that programs sign by mistake for a request that they saw right."""
    parts, nonce = urlsplit(seen.signed_url), seen.nonce
    bare = urlunsplit(parts._replace(query="", fragment=""))
    base = v3_base(method=seen.method, url=seen.signed_url, params=seen.posted)
    form = "".join(f"{key}{value}" for key, value in sorted(seen.posted.items()))
    unsorted_form = "".join(f"{key}{value}" for key, value in seen.posted.items())
    encoded = urlencode(seen.posted)
    raw_query = f"{bare}?{parts.query}" if parts.query else bare
    yield Mistake(base, "The nonce is missing: add a dot and the nonce at the end.")
    yield Mistake(f"{base}{nonce}", "The dot before the nonce is missing.")
    yield Mistake(
        f"{bare}{nonce}",
        "This is the V2 message (URL and nonce); V3 covers the query and the parameters too.",
    )
    yield Mistake(f"{bare}.{nonce}", "Only the URL was signed; the parameters are part of it.")
    yield Mistake(
        f"{bare}.{form}.{nonce}",
        "Before the form there must be a question mark, not a dot, when the URL has no query.",
    )
    yield Mistake(f"{bare}{form}.{nonce}", "The question mark between URL and form is missing.")
    yield Mistake(
        f"{bare.rstrip('/')}.{form}.{nonce}",
        "The slash at the end was cut off and the question mark left out, as Plivo’s Go SDK does.",
    )
    for glue in ("?", f"?{parts.query}."):
        yield Mistake(
            f"{bare}{glue}{unsorted_form}.{nonce}", "The form must be sorted by its keys."
        )
        yield Mistake(
            f"{bare}{glue}{encoded}.{nonce}",
            "The form must be decoded, sorted by key, and put together without = and &.",
        )
    yield Mistake(
        f"{raw_query}.{form}.{nonce}" if form else f"{raw_query}.{nonce}",
        "The query must be decoded and sorted by its keys.",
    )
    yield Mistake(f"{raw_query}{form}.{nonce}", "A dot must stand between the query and the form.")
