"""Markdown twins of the lists of the help center: elements, operations, outcome numbers.

Their rows are made from what those of the page are made from, so the two cannot drift; the words
above them are the twin's own. None costs a query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from console.help import outcome_table, reference
from console.help.content import Kind, Page, library


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's title, what it is in a sentence, and its blocks of Markdown."""

    title: str
    short: str
    blocks: Callable[[], Iterable[str]]

    def text(self) -> str:
        """The whole twin."""
        return "\n\n".join([f"# {self.title}", f"> {self.short}", *self.blocks()]) + "\n"


def _table(*heads: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    cells = [heads, ("---",) * len(heads), *rows]
    lines = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in cells)
    return "\n".join(f"| {line} |" for line in lines)


def _elements() -> Iterator[str]:
    pages = library().of(Kind.ELEMENT)
    yield (
        "The answer URL replies with one XML document of at most 100 KB, 200 elements and eight"
        " levels, in UTF-8 and without a DOCTYPE. Its elements run from the top down. Capital"
        " letters matter, attributes that are not listed are ignored, and URLs may be relative to"
        " the document they stand in."
    )
    yield _element_table(page for page in pages if page.runs)
    later = [page for page in pages if not page.runs]
    if later:
        yield "## Known, but not run by this version"
        cause = "[8011](/help/errors/8011.md)"
        yield f"A document that holds one of them is refused with cause {cause}."
        yield _element_table(later)


def _element_table(pages: Iterable[Page]) -> str:
    rows = (
        (f"[`<{page.title}>`](/help/xml/{page.slug}.md)", page.short, page.extra["inside"])
        for page in pages
    )
    return _table("Element", "What it does", "Stands in", rows=rows)


def _operations() -> Iterator[str]:
    yield (
        "Plivo's v1: the same paths, arguments and answers. Sign in with auth id and auth token"
        " (HTTP Basic). Paths begin with `/v1/Account/{auth_id}` unless they begin with `/v1`. For"
        " programs there is [one OpenAPI 3.1 file](/help/api/openapi.json)."
    )
    for chapter in reference.chapters():
        where = f"/help/api/{chapter.slug}/"
        yield f"## [{chapter.title}]({where})"
        rows = (
            (f"[{one.summary}]({where}#{one.anchor})", f"`{one.method} {one.short_path}`")
            for one in chapter.entries
        )
        yield _table("Operation", "Request", rows=rows)


def _outcomes() -> Iterator[str]:
    yield (
        "Every account may always call and text them; state, callbacks and CDRs are real. Numbers"
        " made for calls take messages as well and deliver them after a second; numbers made for"
        " messages answer a call after two seconds and stay on the line."
    )
    for group in outcome_table.groups():
        yield f"## {group.title}"
        yield group.note
        rows = ((row.outcome.number, row.text, _cause(row.cause)) for row in group.rows)
        yield _table("Number", "What it does", "Ends with", rows=rows)


def _cause(page: Page | None) -> str:
    return f"[{page.label}](/help/errors/{page.slug}.md)" if page is not None else "–"


LISTS: Final = {
    "xml": Listing("XML elements", "What your answer URL may reply with.", _elements),
    "api": Listing("API reference", "Every operation of the REST API.", _operations),
    "outcome-numbers": Listing(
        "Outcome numbers",
        "Phones that choose their own fate by their last digits.",
        _outcomes,
    ),
}
"""The lists that have a twin, by the name in their address."""
