"""PreAnswer: run elements before the call is answered (compat/xml.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..attributes import Attributes
from ..base import Children, Element
from ..reader import Node

if TYPE_CHECKING:
    from ..turn import Turn

CHILDREN = frozenset({"Speak", "Play", "Wait", "GetDigits", "Redirect", "DTMF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAnswerElement(Element):
    """A container; on an answered call a plain one."""

    name: ClassVar[str] = "PreAnswer"

    children: tuple[Element, ...] = ()

    def answers(self) -> bool:
        """Nothing in here answers."""
        return False

    def inside(self) -> tuple[Element, ...]:
        """The elements to run, in order."""
        return self.children

    def start(self, turn: Turn) -> None:
        """Run the children, then what follows."""
        turn.enter()


def parse(node: Node, attributes: Attributes, children: Children) -> PreAnswerElement:
    """Return the PreAnswer written at `node`."""
    return PreAnswerElement(line=node.line, column=node.column, children=children)
