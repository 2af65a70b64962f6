"""What the command palette finds in the help center: words, guides, elements, errors."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.http import HttpRequest

from console.core import palette
from console.core.palette import Entry
from console.help.search import search

_FEWEST = 2  # a single letter finds pages of the console only


@palette.source
def help_pages(request: HttpRequest, words: str) -> Iterable[Entry]:
    """Pages by their names first, then by their text; nothing before something is typed."""
    if len(words) < _FEWEST:
        return
    for result in islice(search(words), palette.PER_SOURCE):
        page = result.page
        yield Entry(page.label, page.url, "book-open", "Help", page.kind.label)
