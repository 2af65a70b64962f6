"""The documents of a call as trees, lit up where they ran: which elements, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import Final

from console.core.visible import make_visible
from sandbox.calls.flow.errors import FlowXmlError
from sandbox.calls.flow.reader import Node, read
from sandbox.calls.flow.verbs import GRAMMAR
from sandbox.calls.models import CallEvent

MOST_DOCUMENTS: Final = 3
MOST_NODES: Final = 40
_LONGEST: Final = 200
_LONGEST_VALUE: Final = 80


@dataclass(slots=True)
class Branch:
    """An element as written. `ran` are the seconds at which it began to run."""

    depth: int
    name: str
    attributes: str
    text: str
    line: int
    column: int
    ran: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tree:
    """A document that ran: where it came from, when it began, its elements in order."""

    url: str
    offset: str
    branches: list[Branch]
    hidden: int = 0
    """How many elements are left out because the document is long."""
    fetched: int = 0
    """The number of the line of the story that brought it."""


def trees(start: datetime, events: Sequence[CallEvent]) -> list[Tree]:
    """The last few documents that ran, each once, in the order in which they began. No query.

    Their text is kept for a week (trust.md section 11); a call that is older has none.
    """
    found: list[Tree] = []
    body, inner, places = "", list[Branch](), dict[tuple[str, int, int], Branch]()
    fetched = 0
    for event in events:
        if event.key and event.kind == "document_fetched":
            body, fetched = str(event.data.get("body", "")), event.seq
        elif event.kind == "document_started" and body:
            tree, places = _tree(body, event, start)
            found.append(replace(tree, fetched=fetched))
        elif event.kind == "element_started":
            data = event.data
            key = str(data.get("element")), int(data.get("line", 0)), int(data.get("column", 0))
            if (branch := places.get(key)) is not None:
                branch.ran.append(_seconds(event.at, start))
                inner = _inside(found[-1].branches, branch)
        elif (part := _running(inner, event)) is not None:
            part.ran.append(_seconds(event.at, start))
    return list(_short_enough(found[-MOST_DOCUMENTS:]))


def _inside(branches: Sequence[Branch], outer: Branch) -> list[Branch]:
    """The elements within one that is a child of the document's root."""
    after = branches[branches.index(outer) + 1 :]
    return list(takewhile(lambda one: one.depth > outer.depth, after))


def _running(inner: Sequence[Branch], event: CallEvent) -> Branch | None:
    """The prompt or the number within the running element that this line is about.

    The story has no place for these; they are known by what is said, played or dialled.
    """
    names, field_name = _PARTS.get(event.kind, ((), ""))
    wanted = _same(str(event.data.get(field_name, "")))
    fitting = [one for one in inner if one.name in names and _same(one.text) == wanted]
    return min(fitting, key=lambda one: len(one.ran), default=None)


def _same(text: str) -> str:
    """What is compared: as shown, and a number however it is written."""
    shown = _short(" ".join(text.split()))
    digits = re.sub(r"[\s+().-]", "", shown)
    return digits if digits.isdecimal() else shown


_PARTS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "said": (("Speak",), "text"),
    "played": (("Play",), "url"),
    "leg_dialled": (("Number", "User"), "to"),
}


def _short_enough(found: Sequence[Tree]) -> Iterator[Tree]:
    """The documents with so many elements in all as a page has room for."""
    room = MOST_NODES // max(1, len(found))
    for tree in found:
        hidden = max(0, len(tree.branches) - room)
        yield replace(tree, branches=tree.branches[:room], hidden=hidden)


def _seconds(at: datetime, start: datetime) -> str:
    return f"{max(0.0, (at - start).total_seconds()):.1f}"


def _tree(
    body: str, event: CallEvent, start: datetime
) -> tuple[Tree, dict[tuple[str, int, int], Branch]]:
    try:
        found = branches(body.encode("utf-8", "surrogatepass"))
    except FlowXmlError:
        found = []
    places = {(one.name, one.line, one.column): one for one in found}
    url = make_visible(str(event.data.get("url", "")))[:200]
    return Tree(url, _seconds(event.at, start), found), places


def branches(xml: bytes) -> list[Branch]:
    """The elements of a document in order, none of which ran; FlowXmlError as the reader does."""
    return list(_branches([read(xml, GRAMMAR)], 0))


def _branches(nodes: Iterable[Node], depth: int) -> Iterator[Branch]:
    for node in nodes:
        yield Branch(
            depth=depth,
            name=node.name,
            attributes=_short(
                " ".join(f'{name}="{value[:_LONGEST_VALUE]}"' for name, value in _sorted(node))
            ),
            text=_short(" ".join(node.text.split())),
            line=node.line,
            column=node.column,
        )
        yield from _branches(node.children, depth + 1)


def _sorted(node: Node) -> list[tuple[str, str]]:
    return sorted(node.attributes.items())


def _short(text: str) -> str:
    seen = make_visible(text)
    return seen if len(seen) <= _LONGEST else seen[: _LONGEST - 1] + "…"
