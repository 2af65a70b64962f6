"""Search over the help pages: in memory, every word must occur, the best first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from console.help.content import Kind, Page, library

LONGEST_QUERY = 100
MOST_RESULTS = 30
_KIND_BONUS = {Kind.TERM: 3, Kind.GUIDE: 2, Kind.ELEMENT: 1, Kind.ERROR: 0}
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"^\s*(?:>|#+|-|\d+\.)\s|\|?-{3,}|[*`|]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `hit` where it is to be highlighted."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A page that was found, with title and excerpt cut for highlighting."""

    page: Page
    score: int
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    page: Page
    names: frozenset[str]
    title: str
    short: str
    body: str


def search(query: str) -> list[Result]:
    """The pages that hold every word of the query, best first; [] for an empty one. No query."""
    words = _words(query)
    if not words:
        return []
    phrase = " ".join(words)
    scored = ((entry, _score(entry, words, phrase)) for entry in _index())
    found = sorted(
        ((entry, score) for entry, score in scored if score),
        key=lambda pair: (-pair[1], pair[0].title),
    )
    return [_result(entry, score, words) for entry, score in found[:MOST_RESULTS]]


def _words(query: str) -> list[str]:
    return query[:LONGEST_QUERY].casefold().split()


@cache
def _index() -> tuple[_Entry, ...]:
    return tuple(_entry(page) for page in library())


def _entry(page: Page) -> _Entry:
    names = {page.slug, page.title, page.code, page.label, *page.aliases}
    return _Entry(
        page=page,
        names=frozenset(name.casefold() for name in names),
        title=page.label.casefold(),
        short=page.short.casefold(),
        body=_plain(page.body).casefold(),
    )


def _plain(body: str) -> str:
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", body)).split())


def _score(entry: _Entry, words: list[str], phrase: str) -> int:
    total = 100 if phrase in entry.names else 0
    total += 40 if entry.title.startswith(phrase) else 0
    for word in words:
        points = _word_score(entry, word)
        if not points and phrase not in entry.names:
            return 0
        total += points
    return total + _KIND_BONUS[entry.page.kind]


def _word_score(entry: _Entry, word: str) -> int:
    points = 0
    if word in entry.title:
        points += 30
    if any(word in name for name in entry.names):
        points += 15
    if word in entry.short:
        points += 12
    return points + min(entry.body.count(word), 5)


def _result(entry: _Entry, score: int, words: list[str]) -> Result:
    page = entry.page
    excerpt = page.short
    if not any(word in entry.short for word in words):
        excerpt = _around(_plain(page.body), words) or page.short
    return Result(page, score, highlight(page.label, words), highlight(excerpt, words))


def _around(text: str, words: list[str]) -> str:
    """Some 160 characters of the text around the first word found; "" when none is."""
    folded = text.casefold()
    places = [at for word in words if (at := folded.find(word)) >= 0]
    if not places or len(folded) != len(text):
        return ""
    start = text.rfind(" ", 0, max(0, min(places) - 50)) + 1
    end = start + 160 if len(text) <= start + 160 else text.rfind(" ", start, start + 160)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def highlight(text: str, words: list[str]) -> tuple[Piece, ...]:
    """The text cut at the words found in it; the pieces joined are the text again."""
    wanted = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    parts = re.split(f"({wanted})", text, flags=re.IGNORECASE)
    return tuple(Piece(part, hit=at % 2 == 1) for at, part in enumerate(parts) if part)
