"""Documents of the platform's own calls, made in the house instead of fetched.

A document function takes what the call is for (`ref`) and the parameters that a customer's server
would get, and gives XML. What it says stays sealed (OTP-16).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.fence.kinds import Origin

Maker = Callable[[str, Mapping[str, str]], str]
SCHEME: Final = "internal"
Ended = Callable[[str, bool, int], None]
_makers: dict[str, Maker] = {}
_listeners: dict[str, Ended] = {}
_origins: dict[str, str] = {}


def register(
    key: str, maker: Maker, *, ended: Ended | None = None, origin: str = Origin.OTP
) -> None:
    """Lets calls placed with `document_key=key` run what `maker` writes.

    `origin` is what the fence is told about such calls (GATE-04). `ended` is told `ref`, whether
    the phone answered, and the hangup cause, in the transaction that ends the call: it only writes
    rows of its own.
    """
    _makers[key], _origins[key] = maker, origin
    if ended is not None:
        _listeners[key] = ended


def tell_ended(key: str, ref: str, *, answered: bool, cause: int) -> None:
    """Says to whoever placed the call that it is over."""
    if key in _listeners:
        _listeners[key](ref, answered, cause)


def origin_of(key: str) -> str:
    """What the fence is told about calls with this document; "" (refused) for an unknown one."""
    return _origins.get(key, "")


def url_of(key: str) -> str:
    """The URL of the document, as its XML writes it in `action`: `internal:otp`."""
    return f"{SCHEME}:{key}"


def make(url: str, ref: str, params: Mapping[str, str]) -> bytes:
    """The document at an internal URL. Raises KeyError for one that nobody has registered."""
    return _makers[url.removeprefix(f"{SCHEME}:")](ref, params).encode()
