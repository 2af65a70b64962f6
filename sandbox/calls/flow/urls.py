"""URLs as documents write them: relative, with delivery settings in the fragment."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

if TYPE_CHECKING:
    from .turn import Turn

METHODS = frozenset({"GET", "POST"})
LONGEST = 2048


class Target(NamedTuple):
    """A URL to request, with its fragment kept apart (compat/callbacks.md section 2)."""

    url: str
    settings: str


@lru_cache(maxsize=512)
def resolve(base: str, url: str, schemes: tuple[str, ...] = ("http", "https")) -> Target | None:
    """Return where `url`, written in the document from `base`, leads.

    None when it is empty, of another scheme than `schemes`, without a host, or malformed. Whether
    the place may be reached is judged by the HTTP client, not here.
    """
    if not url or len(url) > LONGEST:
        return None
    try:
        plain, settings = urldefrag(urljoin(base, url) if base else url)
        parts = urlsplit(plain)
        reachable = bool(parts.hostname) or parts.scheme not in ("http", "https")
    except ValueError:
        return None
    if parts.scheme not in schemes or not reachable:
        return None
    return Target(plain, settings)


def callback_target(turn: Turn, purpose: str, url: str, method: str) -> Target:
    """Return where a callback of the current element goes; empty when it cannot be told.

    A URL or a method that cannot be used leaves a note.
    """
    target = turn.target(url) if url else None
    if target is not None and method in METHODS:
        return target
    if url:
        turn.note("notify_skipped", purpose=purpose, url=url, method=method)
    return Target("", "")
