"""DTMF: send tones to the call's own leg (compat/xml.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ..attributes import Attributes
from ..base import Activity, Children, Element
from ..commands import SendDtmf
from ..reader import Node

if TYPE_CHECKING:
    from ..state import Timer
    from ..turn import Turn

TONES: Final = "0123456789*#wW"
LONGEST: Final = 200
_SECONDS: Final = {"w": 0.5, "W": 1.0}
_TONE_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending(Activity):
    """Waiting until the tones are out (`async="false"`)."""

    timer_id: int

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """All tones are out."""
        if timer.timer_id == self.timer_id:
            turn.done()

    def stop(self, turn: Turn) -> None:
        """Wait no more; tones on the line cannot be taken back."""
        turn.disarm(self.timer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DtmfElement(Element):
    """Tones to send; `waits` keeps the next element until they are out."""

    name: ClassVar[str] = "DTMF"

    digits: str = ""
    waits: bool = False

    def start(self, turn: Turn) -> None:
        """Send the tones."""
        if not self.digits:
            turn.note("nothing_to_send")
            turn.done()
            return
        turn.emit(SendDtmf(self.digits))
        if self.waits:
            seconds = sum(_SECONDS.get(tone, _TONE_SECONDS) for tone in self.digits)
            turn.activity = Sending(timer_id=turn.arm("dtmf", seconds))
        else:
            turn.done()


def parse(node: Node, attributes: Attributes, _children: Children) -> DtmfElement:
    """Return the DTMF written at `node`; tones nobody knows are dropped and noted."""
    written = node.text or attributes.text("digits", longest=LONGEST)
    digits = "".join(tone for tone in written if tone in TONES)[:LONGEST]
    if digits != written:
        attributes.note("digits_dropped", "Only 0-9, *, #, w and W can be sent.")
    waits = not attributes.boolean("async", default=True)
    attributes.text("digits")
    return DtmfElement(line=node.line, column=node.column, digits=digits, waits=waits)
