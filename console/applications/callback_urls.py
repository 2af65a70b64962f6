"""What a customer's URL may look like (SSRF-01). Whether it may be called is judged at use."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from console.applications.models import LONGEST_URL
from console.core.errors import DomainError

_SAFE = "/%:@!$&'()*+,;=~?[]"
LONGEST_HOST = 253


def clean_url(raw: str, *, field: str) -> str:
    """The URL as it is stored: host in ASCII, the rest percent-encoded; "" stays "".

    Raises DomainError `invalid_url` with a sentence for the field.
    """
    text = raw.strip(" ")
    if not text:
        return ""
    if len(text) > LONGEST_URL:
        raise _bad(f"A URL has at most {LONGEST_URL} characters.", field)
    if not text.isprintable() or any(sign in text for sign in ' \\"<>'):
        raise _bad("Leave out spaces, backslashes, quotes and invisible characters.", field)
    parts = _split(text, field)
    if parts.scheme not in {"http", "https"}:
        raise _bad("Begin with https:// or http://.", field)
    if "@" in parts.netloc:
        raise _bad("Leave out the user name and password.", field)
    done = urlunsplit(
        (
            parts.scheme,
            _host_and_port(parts, field),
            quote(parts.path, safe=_SAFE),
            quote(parts.query, safe=_SAFE),
            quote(parts.fragment, safe=_SAFE),
        )
    )
    if len(done) > LONGEST_URL:
        raise _bad(f"A URL has at most {LONGEST_URL} characters.", field)
    return done


def _bad(message: str, field: str) -> DomainError:
    return DomainError(message, code="invalid_url", field=field)


def _split(text: str, field: str) -> SplitResult:
    try:
        text.encode()
        return urlsplit(text)
    except ValueError as error:
        raise _bad("This is not a URL.", field) from error


def _host_and_port(parts: SplitResult, field: str) -> str:
    try:
        port = parts.port
    except ValueError as error:
        raise _bad("The port is a number from 1 to 65535.", field) from error
    if port == 0:
        raise _bad("The port is a number from 1 to 65535.", field)
    host = _host((parts.hostname or "").removesuffix("."), field)
    return host if port is None else f"{host}:{port}"


def _host(host: str, field: str) -> str:
    if not host:
        raise _bad("The URL has no host.", field)
    if ":" in host:
        return f"[{host}]"
    try:
        text = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise _bad("The host name holds characters that host names cannot have.", field) from error
    plain = text.replace("-", "").replace("_", "").replace(".", "")
    if not plain.isalnum() or ".." in text or text.startswith((".", "-")):
        raise _bad("The host name holds characters that host names cannot have.", field)
    if len(text) > LONGEST_HOST or any(len(label) > 63 for label in text.split(".")):
        raise _bad(f"A host name has at most {LONGEST_HOST} characters.", field)
    return text.lower()
