"""The pages of the help center, read from Markdown files with a small front matter.

Everything is parsed once a process and kept: no query, no file access after the first call.
A page that breaks a rule (an unknown field, a missing title) raises ContentError when it is read,
so a test finds it before a reader does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "content"
SHORT_LIMIT = 160
_KNOWN = {"title", "short", "aliases", "see_also", "where", "family", "source", "http", "error"}
_KNOWN |= {"order", "minutes", "inside", "holds", "runs"}


class ContentError(Exception):
    """A help file does not keep the rules; the message names the file."""


class Kind(StrEnum):
    """What a page is; the value is its folder under `content/`."""

    TERM = "glossary"
    GUIDE = "guides"
    ERROR = "errors"
    ELEMENT = "xml"

    @property
    def label(self) -> str:
        """What people call a page of this kind."""
        return {"glossary": "Glossary", "guides": "Guide", "errors": "Error", "xml": "XML"}[self]


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled way to a page of the console or of the help center."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Page:
    """One help page: what its front matter says, and its body in Markdown."""

    kind: Kind
    slug: str
    title: str
    short: str
    body: str
    aliases: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    where: tuple[Link, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Path of the page."""
        return f"/help/{self.kind}/{self.slug}/"

    @property
    def label(self) -> str:
        """The title as a list shows it, an error with its code before it."""
        if self.kind is Kind.ERROR and self.code.isdecimal():
            return f"{self.code} {self.title}"
        return self.title

    @property
    def code(self) -> str:
        """The code that an error page explains: `3010`, `30` or `geo_not_permitted`."""
        return self.slug.removeprefix("message-")

    @property
    def runs(self) -> bool:
        """Whether it is of an element that this version runs."""
        return self.extra.get("runs") == "yes"

    @property
    def order(self) -> int:
        """Place among the pages of its kind; those without one come last."""
        return int(self.extra.get("order", "999"))


@dataclass(frozen=True, slots=True)
class Library:
    """All pages, by kind and slug, each kind in its reading order."""

    pages: Mapping[Kind, Mapping[str, Page]]

    def of(self, kind: Kind) -> tuple[Page, ...]:
        """Every page of the kind, in reading order."""
        return tuple(self.pages[kind].values())

    def find(self, kind: Kind, slug: str) -> Page | None:
        """The page, or None where no such page is."""
        return self.pages[kind].get(slug)

    def term(self, slug: str) -> Page | None:
        """The glossary's page of that slug, or None."""
        return self.find(Kind.TERM, slug)

    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        """The pages before and after this one in reading order."""
        row = self.of(page.kind)
        at = row.index(page)
        return (row[at - 1] if at else None, row[at + 1] if at + 1 < len(row) else None)

    def __iter__(self) -> Iterator[Page]:
        for pages in self.pages.values():
            yield from pages.values()


@cache
def library() -> Library:
    """Read every page under `content/`; raises ContentError at the first that breaks a rule."""
    return Library({kind: _read_kind(kind) for kind in Kind})


def parse(text: str, *, kind: Kind, slug: str) -> Page:
    """Make a page of a file's text; raises ContentError when the front matter is not right."""
    head, body = _split(text, slug)
    fields = dict(_field(line, slug) for line in head.splitlines() if line.strip())
    for needed in ("title", "short"):
        if not fields.get(needed):
            raise ContentError(f"{slug}: no {needed}")
    if len(fields["short"]) > SHORT_LIMIT:
        raise ContentError(f"{slug}: the short text is longer than {SHORT_LIMIT} characters")
    return Page(
        kind=kind,
        slug=slug,
        title=fields["title"],
        short=fields["short"],
        body=body.strip(),
        aliases=_items(fields.get("aliases", "")),
        see_also=_items(fields.get("see_also", "")),
        where=tuple(_link(item, slug) for item in _items(fields.get("where", ""))),
        extra={key: value for key, value in fields.items() if key in _KNOWN},
    )


def _read_kind(kind: Kind) -> dict[str, Page]:
    files = sorted((FOLDER / kind).glob("*.md"))
    pages = [parse(file.read_text("utf-8"), kind=kind, slug=file.stem) for file in files]
    return {page.slug: page for page in sorted(pages, key=_reading_order)}


def _reading_order(page: Page) -> tuple[int, str, int, str]:
    code = int(page.code) if page.code.isdecimal() else 0
    name = page.slug if page.kind is Kind.ERROR else page.title.casefold()
    return (page.order, page.extra.get("family", ""), code, name)


def _split(text: str, slug: str) -> tuple[str, str]:
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise ContentError(f"{slug}: no front matter")
    head, body = text[4:].split("\n---\n", 1)
    return head, body


def _field(line: str, slug: str) -> tuple[str, str]:
    key, mark, value = line.partition(":")
    if not mark or key not in _KNOWN:
        raise ContentError(f"{slug}: unknown field {key!r}")
    return key, value.strip()


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _link(item: str, slug: str) -> Link:
    label, mark, path = item.partition("|")
    if not mark or not path.strip().startswith("/"):
        raise ContentError(f"{slug}: a link is `label | /path/`, not {item!r}")
    return Link(label.strip(), path.strip())
