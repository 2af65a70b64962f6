"""The random source, handed in from outside so that tests need no patching."""

from __future__ import annotations

import random
import secrets
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class RandomSource(Protocol):
    """What stands for chance."""

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        ...

    def token(self, size: int) -> bytes:
        """`size` random bytes."""
        ...


class SystemRandom:
    """The operating system's generator, fit for secrets (OTP-01, ACC-08)."""

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return secrets.randbelow(limit)

    def token(self, size: int) -> bytes:
        """`size` random bytes."""
        return secrets.token_bytes(size)


class SeededRandom:
    """A repeatable source for tests and seeds; never for secrets."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return self._random.randrange(limit)

    def token(self, size: int) -> bytes:
        """`size` repeatable bytes."""
        return self._random.randbytes(size)


_source: RandomSource = SystemRandom()


def below(limit: int) -> int:
    """A whole number from 0 to limit - 1."""
    return _source.below(limit)


def token(size: int) -> bytes:
    """`size` random bytes."""
    return _source.token(size)


def choice(options: Sequence[T]) -> T:
    """One of `options`, each equally likely."""
    return options[_source.below(len(options))]


def text(alphabet: str, length: int) -> str:
    """`length` characters drawn from `alphabet`."""
    return "".join(alphabet[_source.below(len(alphabet))] for _ in range(length))


def digits(length: int) -> str:
    """`length` decimal digits, leading zeros kept."""
    return text("0123456789", length)


def new_uuid() -> uuid.UUID:
    """A random UUID (version 4)."""
    return uuid.UUID(bytes=_source.token(16), version=4)


_ordering = threading.Lock()
_last_stamp = 0


def ordered_uuid() -> uuid.UUID:
    """A UUID (version 7, RFC 9562): one that this process makes later sorts behind.

    Its first 48 bits are milliseconds of the machine's clock, the next 12 a counter in them.
    """
    global _last_stamp
    with _ordering:
        _last_stamp = stamp = max(_last_stamp + 1, time.time_ns() // 1_000_000 << 12)
    chance = int.from_bytes(_source.token(8)) >> 2
    parts = (stamp >> 12) << 80, 7 << 76, (stamp & 0xFFF) << 64, 0b10 << 62, chance
    return uuid.UUID(int=sum(parts))


@contextmanager
def use(source: RandomSource) -> Iterator[None]:
    """Puts another source in place while the block runs; for tests and seeds."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
