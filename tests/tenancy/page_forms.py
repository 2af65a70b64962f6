"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_QUIET = {"submit", "button", "reset", "image"}


@dataclass
class PageForm:
    """Where a form goes, how, and with which values by itself."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[PageForm]()
        self._open: PageForm | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.page
            self._open = PageForm(action, given.get("method", "get").upper())
            self.found.append(self._open)
        elif self._open is not None:
            self._read(tag, given)

    def _read(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if (
            tag == "option"
            and self._select
            and ("selected" in given or self._select not in self._open.values)
        ):
            self._open.values[self._select] = given.get("value", "")
        if not name or name == "csrfmiddlewaretoken" or "disabled" in given:
            return
        if tag == "select":
            self._select = name
        elif tag in {"input", "textarea", "button"}:
            loose = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            if not loose or name not in self._open.values:
                self._open.values[name] = "" if loose else given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._open = None


def forms_of(page: str, html: str) -> list[PageForm]:
    """All forms of the page at `page`, in order."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.found
