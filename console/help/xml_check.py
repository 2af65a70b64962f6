"""The XML checker: reads a document as a call would, and says what it finds. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django import forms

from sandbox.calls.documents import Branch, branches
from sandbox.calls.excerpt import Row, around
from sandbox.calls.flow import FlowXmlError, parse
from sandbox.calls.flow.attributes import Notice

EXAMPLE: Final = """<Response>
  <GetDigits action="https://app.example.com/chosen/" numDigits="1">
    <Speak>Press 1 for the weather.</Speak>
  </GetDigits>
  <Speak>We heard nothing. Goodbye!</Speak>
</Response>"""


class XmlForm(forms.Form):
    """A document to look at."""

    xml = forms.CharField(
        label="XML",
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        help_text="What your answer URL would reply with. It is neither kept nor run.",
        error_messages={"required": "Paste an XML document."},
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What a call would make of a document: an error with the lines around it, or its elements."""

    error: FlowXmlError | None = None
    lines: Sequence[Row] = ()
    branches: Sequence[Branch] = ()
    notices: Sequence[Notice] = ()


def check(xml: str) -> Report:
    """Read `xml` by the same rules as the answer of an answer URL (trust.md XML-01)."""
    body = xml.encode("utf-8", "surrogatepass")
    try:
        document = parse(body)
    except FlowXmlError as error:
        return Report(error=error, lines=around(xml, error.line))
    return Report(branches=branches(body), notices=document.notices)
