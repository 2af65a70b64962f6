"""Seeds: each app registers what a fresh install needs, in its `seeds` or `apps` module."""

from __future__ import annotations

from collections.abc import Callable

Seed = Callable[[], str]
SEEDS: dict[str, Seed] = {}


def seed(name: str) -> Callable[[Seed], Seed]:
    """Registers a function that may run again at any time and says in a word what it did."""

    def register(function: Seed) -> Seed:
        SEEDS[name] = function
        return function

    return register
