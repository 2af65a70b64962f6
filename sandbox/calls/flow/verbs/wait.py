"""Wait: say nothing for a while (compat/xml.md section 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from .. import voices
from ..attributes import Attributes
from ..base import Children
from ..prompts import Prompt, Sounding
from ..reader import Node

if TYPE_CHECKING:
    from ..turn import Turn

LONGEST_SECONDS: Final = 86_400
LONGEST_SILENCE_MS: Final = 3_600_000
_BEEP_DETAILS: Final = re.compile(
    r"(duration|inter_silence|intra_silence|threshold)=[0-9]{1,6}"
    r"(,(duration|inter_silence|intra_silence|threshold)=[0-9]{1,6})*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitElement(Prompt):
    """A pause; ends early on `min_silence_ms` of silence or on a voicemail beep."""

    name: ClassVar[str] = "Wait"

    seconds: int = 1
    silence: bool = False
    min_silence_ms: int = 0
    beep: bool = False

    def is_media(self) -> bool:
        """Every wait lasts a second at least."""
        return True

    def utter(self, turn: Turn, child: int) -> Sounding | None:
        """Start the clock."""
        timer_id = turn.arm("wait", self.seconds, child)
        return Sounding(timer_id=timer_id, silence_timer_id=self._listen(turn, child))

    def heard(self, turn: Turn, now: Sounding, what: str, child: int) -> Sounding | None:
        """A beep ends a wait for one; any sound starts the silence anew."""
        if what == "beep" and self.beep:
            turn.note("beep_heard")
            return None
        if not self.min_silence_ms:
            return now
        turn.disarm(now.silence_timer_id)
        return Sounding(0, now.timer_id, self._listen(turn, child))

    def _listen(self, turn: Turn, child: int) -> int:
        # While somebody talks there is no silence to be timed; its beginning is heard.
        if not self.min_silence_ms or voices.is_heard(turn, child):
            return 0
        return turn.arm("silence", self.min_silence_ms / 1000, child)


def parse(node: Node, attributes: Attributes, _children: Children) -> WaitElement:
    """Return the Wait written at `node`."""
    silence = attributes.boolean("silence", default=False)
    # One SDK writes min_silence when asked to.
    name = "min_silence" if "min_silence" in node.attributes else "minSilence"
    min_silence = attributes.integer(name, 0, 0, LONGEST_SILENCE_MS)
    if min_silence and not silence:
        attributes.note("attribute_unusable", 'minSilence works only with silence="true".')
        min_silence = 0
    return WaitElement(
        line=node.line,
        column=node.column,
        seconds=attributes.integer("length", 1, 1, LONGEST_SECONDS),
        silence=silence,
        min_silence_ms=min_silence,
        beep=_wants_beep(attributes),
    )


def _wants_beep(attributes: Attributes) -> bool:
    value = attributes.text("beep", "false", longest=200)
    if value in ("true", "false", ""):
        return value == "true"
    if _BEEP_DETAILS.fullmatch(value):
        return True
    attributes.note("attribute_unusable", 'beep cannot be used; taken as "false".')
    return False
