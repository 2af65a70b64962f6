"""How many requests an account may make: 300 in five seconds (compat/README.md 4.4).

Counted in Redis where there is one, else in this process: the embedded default has one web
process. No query of the database.
"""

from __future__ import annotations

import time
from collections import deque
from functools import cache
from threading import Lock
from typing import Final

import redis
from django.conf import settings

from console.core.errors import LimitReached

WINDOW: Final = 5
_MOST_KEPT: Final = 10_000
_lock = Lock()
_seen: dict[str, deque[float]] = {}


def take(subject: str, *, most: int = 0, seconds: int = WINDOW) -> None:
    """Counts one request of `subject`; raises LimitReached with the seconds to wait."""
    most = most or settings.TRUST.api_requests_5_s
    wait = _shared(subject, most, seconds) if settings.REDIS_URL else _own(subject, most, seconds)
    if wait:
        raise LimitReached(
            f"More than {most} requests in {seconds} seconds. Try again in {wait} s.",
            code="too_many_requests",
            retry_after=wait,
        )


def _own(subject: str, most: int, seconds: int) -> int:
    now = time.monotonic()
    with _lock:
        if len(_seen) > _MOST_KEPT:
            _seen.clear()
        hits = _seen.setdefault(subject, deque())
        while hits and hits[0] <= now - seconds:
            hits.popleft()
        if len(hits) >= most:
            return max(1, int(hits[0] + seconds - now) + 1)
        hits.append(now)
    return 0


@cache
def _store(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)


def _shared(subject: str, most: int, seconds: int) -> int:
    """A fixed window of epoch seconds; a store that is down counts here instead."""
    slot = int(time.time()) // seconds
    key = f"ringfence:api-rate:{subject}:{seconds}:{slot}"
    try:
        pipe = _store(settings.REDIS_URL).pipeline(transaction=False)
        pipe.incr(key)
        pipe.expire(key, seconds * 2)
        count = int(pipe.execute()[0])
    except redis.RedisError:
        return _own(subject, most, seconds)
    return max(1, (slot + 1) * seconds - int(time.time())) if count > most else 0
