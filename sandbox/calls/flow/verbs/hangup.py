"""Hangup: end the call, now or later (compat/xml.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from .. import causes
from ..attributes import Attributes
from ..base import Children, Element
from ..reader import Node
from ..turn import SCHEDULED_HANGUP

if TYPE_CHECKING:
    from ..turn import Turn

LONGEST_SECONDS: Final = 86_400
_REASONS: Final = {"busy": 3010, "rejected": 3020}


@dataclass(frozen=True, slots=True, kw_only=True)
class HangupElement(Element):
    """`schedule_seconds` 0 ends the call at once; `reason` counts only before the answer."""

    name: ClassVar[str] = "Hangup"

    reason: str = ""
    schedule_seconds: int = 0

    def answers(self) -> bool:
        """A refusal leaves the call unanswered, and so does a hangup that is yet to come."""
        return not self.reason and not self.schedule_seconds

    def start(self, turn: Turn) -> None:
        """End the call, or arm the one scheduled hangup of the call and go on."""
        if self.schedule_seconds:
            turn.disarm_all(SCHEDULED_HANGUP)
            turn.arm(SCHEDULED_HANGUP, self.schedule_seconds)
            turn.done()
            return
        code = 4000 if turn.answered else _REASONS.get(self.reason, 4000)
        turn.end(code, causes.ANSWER_XML)


def parse(node: Node, attributes: Attributes, _children: Children) -> HangupElement:
    """Return the Hangup written at `node`."""
    return HangupElement(
        line=node.line,
        column=node.column,
        reason=attributes.choice("reason", "", frozenset(_REASONS)),
        schedule_seconds=attributes.integer("schedule", 0, 0, LONGEST_SECONDS),
    )
