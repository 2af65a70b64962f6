"""Redirect: go on with another document (compat/xml.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..attributes import Attributes
from ..base import Children, Element
from ..fetching import fetch_document
from ..reader import Node

if TYPE_CHECKING:
    from ..turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectElement(Element):
    """The URL of the next document."""

    name: ClassVar[str] = "Redirect"

    url: str = ""
    method: str = "POST"

    def answers(self) -> bool:
        """A redirect leaves an unanswered call unanswered."""
        return False

    def start(self, turn: Turn) -> None:
        """Ask for the document; causes 7014, 7024, 7034 and 8014."""
        fetch_document(turn, "redirect", self.url, self.method)


def parse(node: Node, attributes: Attributes, _children: Children) -> RedirectElement:
    """Return the Redirect written at `node`."""
    method = attributes.method()
    return RedirectElement(line=node.line, column=node.column, url=node.text, method=method)
