"""A parsed document: the elements to run, and what was read otherwise than written."""

from __future__ import annotations

from dataclasses import dataclass

from .attributes import Notice
from .base import Element
from .values import Json, Value


@dataclass(frozen=True, slots=True)
class Document(Value):
    """One XML document. Its JSON is its source alone; it is parsed again when read."""

    source: str
    elements: tuple[Element, ...]
    notices: tuple[Notice, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the source only."""
        return {"t": "Document", "source": self.source}
