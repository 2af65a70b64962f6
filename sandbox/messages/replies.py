"""What a message URL answers: a document of `Message` elements, or anything else (xml.md).

Read by the same reader as call documents, with its limits (XML-01). Pure: no query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.calls.flow.errors import FlowXmlError
from sandbox.calls.flow.reader import ROOT, Grammar, Node, read

__all__ = ["FlowXmlError", "Reply", "read_replies"]

MOST_REPLIES: Final = 10
_GRAMMAR: Final = Grammar({ROOT: frozenset({"Message"})})


@dataclass(frozen=True, slots=True)
class Reply:
    """One `Message`: empty `src` and `dst` mean the two parties of the incoming text, swapped."""

    text: str
    src: str = ""
    dst: str = ""
    type: str = "sms"
    callback_url: str = ""
    callback_method: str = "POST"


def read_replies(body: bytes) -> list[Reply]:
    """The messages of a document, at most ten; none when the body is no XML at all.

    Raises FlowXmlError, with line and column, for XML that cannot be used.
    """
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return []
    root = read(body, _GRAMMAR)
    return [_reply(node) for node in root.children[:MOST_REPLIES]]


def _reply(node: Node) -> Reply:
    given = {name: value.strip() for name, value in node.attributes.items()}
    return Reply(
        text=node.text,
        src=given.get("src", ""),
        dst=given.get("dst", ""),
        type=given.get("type", "") or "sms",
        callback_url=given.get("callbackUrl", ""),
        callback_method=(given.get("callbackMethod", "") or "POST").upper(),
    )
