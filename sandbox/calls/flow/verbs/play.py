"""Play: play an audio file (compat/xml.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ..attributes import Attributes
from ..base import Children
from ..commands import Play
from ..prompts import Prompt, Sounding
from ..reader import Node

if TYPE_CHECKING:
    from ..turn import Turn

MAX_LOOPS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayElement(Prompt):
    """An audio file to play; `loop` 0 repeats it until the call ends."""

    name: ClassVar[str] = "Play"

    url: str = ""
    loop: int = 1

    def is_media(self) -> bool:
        """Audio is a media step."""
        return True

    def utter(self, turn: Turn, child: int) -> Sounding | None:
        """Play on leg `child`; a URL that may not be asked is skipped like unreachable audio."""
        target = turn.target(self.url)
        if target is None:
            turn.note("audio_failed", reason="url_unusable", url=self.url)
            return None
        prompt_id = turn.next_id()
        turn.emit(Play(prompt_id, target.url, target.settings, self.loop, child))
        return Sounding(prompt_id)


def parse(node: Node, attributes: Attributes, _children: Children) -> PlayElement:
    """Return the Play written at `node`."""
    loop = attributes.integer("loop", 1, 0, MAX_LOOPS)
    return PlayElement(line=node.line, column=node.column, url=node.text, loop=loop)
