"""Typed, lenient reading of one element's attributes (compat/xml.md section 1).

A value that cannot be used falls back to the default, a number out of range is clamped, an
attribute nobody knows is ignored; each leaves a `Notice` with its place for the story.
"""

import re
from dataclasses import dataclass
from typing import Final, TypeVar

from .reader import NAME_SHOWN, Node
from .values import Value

T = TypeVar("T", int, str, bool)

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Notice(Value):
    """Something that was read otherwise than written; `code` names what was done."""

    code: str
    message: str
    element: str
    line: int
    column: int


class Attributes:
    """The attributes of one node; each getter marks its name as known."""

    __slots__ = ("_known", "_node", "_notices")

    def __init__(self, node: Node, notices: list[Notice]) -> None:
        self._node = node
        self._notices = notices
        self._known: set[str] = set()

    def note(self, code: str, message: str) -> None:
        """Keep a notice at the place of the element."""
        node = self._node
        self._notices.append(Notice(code, message, node.name, node.line, node.column))

    def text(self, name: str, default: str = "", *, longest: int = 2048) -> str:
        """Return the trimmed value; longer than `longest` is cut and noted."""
        value = self._raw(name)
        if value is None:
            return default
        if len(value) > longest:
            self.note("attribute_cut", f"{name} was cut to {longest} characters.")
            return value[:longest]
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number between `low` and `high`, clamped and noted."""
        value = self._raw(name)
        if value is None or value == "":
            return default
        if _INTEGER.fullmatch(value) is None:
            return self._unusable(name, value, default)
        number = int(value)
        clamped = min(max(number, low), high)
        if clamped != number:
            self.note("attribute_clamped", f'{name}="{number}" was taken as {clamped}.')
        return clamped

    def boolean(self, name: str, *, default: bool) -> bool:
        """Return true or false; anything else gives the default and a notice."""
        value = self._raw(name)
        if value is None or value == "":
            return default
        lowered = value.lower()
        if lowered in ("true", "false"):
            return lowered == "true"
        return self._unusable(name, value, default)

    def choice(self, name: str, default: str, choices: frozenset[str]) -> str:
        """Return one of `choices`; anything else gives the default and a notice."""
        value = self._raw(name)
        if value is None or value == "":
            return default
        return value if value in choices else self._unusable(name, value, default)

    def keys(self, name: str, default: str, allowed: str) -> str:
        """Return the telephone keys in the value; one that is no key gives the default."""
        value = self._raw(name)
        if value is None:
            return default
        if all(key in allowed for key in value):
            return value
        return self._unusable(name, value, default)

    def method(self, name: str = "method") -> str:
        """Return the upper-case HTTP method as written, POST by default.

        Whether it may be used is judged when the URL is requested (causes 7032 to 7034).
        """
        return self.text(name, "POST", longest=20).upper() or "POST"

    def finish(self) -> None:
        """Note the attributes that no getter asked for."""
        for name in self._node.attributes:
            if name not in self._known:
                shown = name[:NAME_SHOWN]
                self.note("attribute_unknown", f"The attribute {shown} is not known; ignored.")

    def _raw(self, name: str) -> str | None:
        self._known.add(name)
        value = self._node.attributes.get(name)
        return None if value is None else value.strip()

    def _unusable(self, name: str, value: str, default: T) -> T:
        shown = value[:NAME_SHOWN]
        self.note("attribute_unusable", f'{name}="{shown}" cannot be used; taken as "{default}".')
        return default
