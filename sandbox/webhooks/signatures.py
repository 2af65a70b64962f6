"""What a receiver checks to know that a request is ours (HOOK-01, HOOK-02; compat/callbacks 4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit, urlunsplit

NONCE_DIGITS = 20
NONCE_HEADER = "X-Plivo-Signature-V3-Nonce"


def signature_v2(*, url: str, nonce: str, token: str) -> str:
    """The older signature: scheme, host and path followed by the nonce; parameters not covered."""
    return _hmac(token, _without_query(url) + nonce)


def signature_v3(
    *, method: str, url: str, params: Mapping[str, str], nonce: str, token: str
) -> str:
    """The V3 signature over the URL as requested and, for POST, the form parameters.

    Parameters sent by GET must already stand in the URL's query. A fragment is ignored.
    """
    return _hmac(token, f"{v3_base(method=method, url=url, params=params)}.{nonce}")


def v3_base(*, method: str, url: str, params: Mapping[str, str]) -> str:
    """The text that V3 signs, nonce left out; the table of compat/callbacks section 4.2."""
    base = _without_query(url)
    query = sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    posted = sorted(params.items()) if method.upper() == "POST" else []
    if query or posted:
        base += "?" + "&".join(f"{key}={value}" for key, value in query)
    if query and posted:
        base += "."
    return base + "".join(f"{key}{value}" for key, value in posted)


def signature_headers(
    *,
    method: str,
    url: str,
    params: Mapping[str, str],
    nonce: str,
    tokens: Sequence[str],
    main_tokens: Sequence[str],
) -> dict[str, str]:
    """The six signature headers, one nonce for both schemes.

    `tokens` belong to the account or subaccount that owns the resource, `main_tokens` to the main
    account; newest first. While an old token lives on, V3 carries a signature by each, joined by a
    comma without a space, as its validators split. V2's validators compare the whole header, so it
    is signed by the newest token alone.
    """

    def v3(keys: Sequence[str]) -> str:
        signatures = (
            signature_v3(method=method, url=seen, params=params, nonce=nonce, token=key)
            for key in keys
            for seen in _spellings(url)
        )
        return ",".join(signatures)

    headers = {NONCE_HEADER: nonce, "X-Plivo-Signature-V2-Nonce": nonce}
    for infix, keys in (("", tokens), ("-Ma", main_tokens)):
        if keys:
            headers[f"X-Plivo-Signature{infix}-V3"] = v3(keys)
            headers[f"X-Plivo-Signature{infix}-V2"] = signature_v2(
                url=url, nonce=nonce, token=keys[0]
            )
    return headers


def delivery_headers(
    *,
    delivery_id: str,
    attempt: int,
    at: datetime,
    event_at: datetime | None = None,
    sequence: int = 0,
) -> dict[str, str]:
    """The headers by which a receiver refuses replays (HOOK-02) and puts news in order (HOOK-04).

    Times are in Unix seconds: whole ones for the moment of sending, with microseconds for the event
    that a notification tells of. `sequence` rises over the events of one call; 0 is left out.
    """
    order = {"X-Ringfence-Event-Time": f"{event_at.timestamp():.6f}"} if event_at else {}
    if sequence:
        order["X-Ringfence-Sequence"] = str(sequence)
    return {
        **order,
        "X-Ringfence-Delivery": delivery_id,
        "X-Ringfence-Attempt": str(attempt),
        "X-Ringfence-Timestamp": str(int(at.timestamp())),
    }


def _spellings(url: str) -> tuple[str, ...]:
    # A URL without a path is requested with "/": one receiver compares with what it configured,
    # the next with what its framework saw. A validator takes any match, so both get theirs.
    parts = urlsplit(url)
    return (url,) if parts.path else (url, urlunsplit(parts._replace(path="/")))


def _without_query(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _hmac(token: str, message: str) -> str:
    digest = hmac.new(token.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")
