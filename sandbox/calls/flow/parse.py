"""From XML to a document of typed elements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from .attributes import Attributes, Notice
from .base import Children, Element
from .document import Document
from .reader import Node, read
from .values import Value, register_decoder
from .verbs import GRAMMAR, VERBS

_REMEMBERED_CHARACTERS: Final = 8192


def parse(xml: bytes) -> Document:
    """Return the document of `xml`.

    FlowXmlError names what is wrong, with line and column, for every breach of trust.md XML-01:
    size, elements, depth, attributes, text, DOCTYPE, processing instructions, other encodings,
    unknown and misplaced elements, and elements that are not supported yet. What can be read
    leniently (attributes) is read so and kept in `notices`.
    """
    root = read(xml, GRAMMAR)
    notices: list[Notice] = []
    Attributes(root, notices).finish()
    _note_stray_text(root, notices)
    elements = _elements(root, notices)
    return Document(xml.decode("utf-8"), elements, tuple(notices))


def parse_text(text: str) -> Document:
    """Return the document of `text` like `parse`; short documents are remembered.

    A call's state holds its document as source, so the same text is parsed again at each event.
    """
    if len(text) <= _REMEMBERED_CHARACTERS:
        return _remembered(text)
    return _parse_text(text)


@lru_cache(maxsize=256)
def _remembered(text: str) -> Document:
    return _parse_text(text)


def _parse_text(text: str) -> Document:
    # A lone surrogate becomes bytes that are not UTF-8, which the reader refuses by name.
    return parse(text.encode("utf-8", "surrogatepass"))


def _elements(node: Node, notices: list[Notice]) -> Children:
    return tuple(_element(child, notices) for child in node.children if child.name in VERBS)


def _element(node: Node, notices: list[Notice]) -> Element:
    attributes = Attributes(node, notices)
    children = _elements(node, notices)
    if children:
        _note_stray_text(node, notices)
    element = VERBS[node.name].parse(node, attributes, children)
    attributes.finish()
    return element


def _note_stray_text(node: Node, notices: list[Notice]) -> None:
    if node.text:
        Attributes(node, notices).note("text_ignored", "Text between elements is ignored.")


def _decode_document(data: Mapping[str, Any]) -> Value:
    return parse_text(str(data["source"]))


register_decoder("Document", _decode_document)
