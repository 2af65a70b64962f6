"""Message: send a text during the call (compat/xml.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ..attributes import Attributes
from ..base import Children, Element
from ..commands import Command
from ..reader import Node

if TYPE_CHECKING:
    from ..turn import Turn

LONGEST_LIST: Final = 2048


@dataclass(frozen=True, slots=True)
class SendMessage(Command):
    """Send a text; nothing is answered and nothing waits. `settings` is the URL's fragment."""

    message_id: int
    src: str
    dst: str
    text: str
    type: str = "sms"
    callback_url: str = ""
    callback_method: str = "POST"
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageElement(Element):
    """A text with its sender and receivers."""

    name: ClassVar[str] = "Message"

    text: str = ""
    src: str = ""
    dst: str = ""
    type: str = "sms"
    callback_url: str = ""
    callback_method: str = "POST"

    def answers(self) -> bool:
        """A text leaves an unanswered call unanswered."""
        return False

    def start(self, turn: Turn) -> None:
        """Send it and go on at once; without its parties it is skipped."""
        if self.src and self.dst:
            turn.emit(self._command(turn))
        else:
            turn.note("message_incomplete", reason="A Message needs both src and dst.")
        turn.done()

    def _command(self, turn: Turn) -> SendMessage:
        url, settings, method = "", "", self.callback_method
        if self.callback_url:
            target = turn.target(self.callback_url)
            if target is None or method not in ("GET", "POST"):
                turn.note("notify_skipped", url=self.callback_url, method=method)
                method = "POST"
            else:
                url, settings = target.url, target.settings
        number = turn.next_id()
        return SendMessage(number, self.src, self.dst, self.text, self.type, url, method, settings)


def parse(node: Node, attributes: Attributes, _children: Children) -> MessageElement:
    """Return the Message written at `node`."""
    return MessageElement(
        line=node.line,
        column=node.column,
        text=node.text,
        src=attributes.text("src", longest=LONGEST_LIST),
        dst=attributes.text("dst", longest=LONGEST_LIST),
        type=attributes.text("type", "sms", longest=20) or "sms",
        callback_url=attributes.text("callbackUrl"),
        callback_method=attributes.method("callbackMethod"),
    )
