"""What the command palette can find: a registry that every app may add to.

An app writes a function and registers it from its `AppConfig.ready` (by importing the module):

    @palette.source
    def applications(request: HttpRequest, words: str) -> Iterable[Entry]: ...

A source gets the stripped query ("" when the palette has just been opened), looks only at what
the request's account may see, and gives at most a handful of entries for at most one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest

PER_SOURCE = 8
_RANK = {"Pages": 0, "Actions": 1, "Help": 3}  # what apps add stands between


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to go to: `icon` is a lucide name, `group` its heading, `hint` small words."""

    label: str
    url: str
    icon: str
    group: str
    hint: str = ""


Source = Callable[[HttpRequest, str], Iterable[Entry]]
_sources: list[Source] = []


def source(function: Source) -> Source:
    """Registers a source; a second registration of the same one changes nothing."""
    if function not in _sources:
        _sources.append(function)
    return function


def search(request: HttpRequest, words: str) -> dict[str, list[Entry]]:
    """Entries by group: pages and actions first, help last; costs what the sources cost."""
    found: dict[str, list[Entry]] = {}
    for one in _sources:
        for entry in islice(one(request, words), PER_SOURCE):
            found.setdefault(entry.group, []).append(entry)
    return dict(sorted(found.items(), key=lambda pair: _RANK.get(pair[0], 2)))


def matches(words: str, *texts: str) -> bool:
    """Whether every word of the query begins, or is in, one of the texts; any case."""
    lowered = " ".join(texts).lower()
    return all(word in lowered for word in words.lower().split())
