"""The help center for machines: Markdown twins and `/llms.txt`."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from console.help import list_twins
from console.help.content import Kind, Page, library

_ABOUT = """# Ringfence

> The developer console and trial sandbox of a voice and messaging platform, self-hosted and open
> source. A developer proves that a phone number is theirs by a one-time code, rents a DID, points
> it at an application, and calls it from a phone in the browser, with no carrier. The REST API,
> the XML and the callbacks are those of Plivo's v1 platform.
"""
_SECTIONS = (
    ("Guides", Kind.GUIDE),
    ("XML elements", Kind.ELEMENT),
    ("Glossary", Kind.TERM),
    ("Hangup causes and errors", Kind.ERROR),
)


def twin(page: Page) -> str:
    """The page as Markdown: title, short text, body, related terms."""
    parts = [f"# {page.label}", f"> {page.short}", *_facts(page), page.body]
    related = [found for slug in page.see_also if (found := library().term(slug))]
    if related:
        parts.append("See also: " + ", ".join(f"[{term.title}]({path(term)})" for term in related))
    return "\n\n".join(parts) + "\n"


def _facts(page: Page) -> Iterator[str]:
    if page.kind is not Kind.ELEMENT:
        return
    yield f"Stands in: {page.extra['inside']}. Holds: {page.extra['holds']}."
    if not page.runs:
        yield "Not run by this version: a document that holds it is refused with cause 8011."


def path(page: Page) -> str:
    """Where the page's Markdown twin is."""
    return page.url.rstrip("/") + ".md"


def llms() -> str:
    """The index for machines, one line a page."""
    return "\n".join([_ABOUT, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    yield "## Reference\n"
    for name, listing in list_twins.LISTS.items():
        yield f"- [{listing.title}](/help/{name}.md): {listing.short}"
    yield f"- [OpenAPI 3.1]({reverse('help:openapi')}): Every operation of the API, for programs."
    yield ""
    for title, kind in _SECTIONS:
        yield f"## {title}\n"
        for page in library().of(kind):
            yield f"- [{page.label}]({path(page)}): {page.short}"
        yield ""
