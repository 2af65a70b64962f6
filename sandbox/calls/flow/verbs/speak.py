"""Speak: say a text (compat/xml.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from .. import ssml
from ..attributes import Attributes
from ..base import Children
from ..commands import Speak
from ..prompts import Prompt, Sounding
from ..reader import Node

if TYPE_CHECKING:
    from ..turn import Turn

MAX_CHARACTERS: Final = 3000
MAX_LOOPS: Final = 1000
_INLINE: Final = frozenset({"break", "emphasis", "phoneme", "prosody", "say-as", "sub", "w"})
_WITH_LANG: Final = _INLINE | {"lang"}

# Which SSML element takes which children.
SSML: Final = {
    "Speak": _WITH_LANG | {"cont", "p", "s"},
    "emphasis": _WITH_LANG,
    "lang": _WITH_LANG | {"p", "s"},
    "prosody": _WITH_LANG | {"p", "s"},
    "p": _WITH_LANG | {"s"},
    "s": _WITH_LANG,
    "w": _INLINE - {"w"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakElement(Prompt):
    """A text to say; `loop` 0 repeats it until the call ends.

    `pause_seconds` is what SSML makes it longer by, or shorter; `markup` is that SSML.
    """

    name: ClassVar[str] = "Speak"

    text: str = ""
    voice: str = "WOMAN"
    language: str = "en-US"
    loop: int = 1
    pause_seconds: float = 0.0
    markup: str = ""

    def is_media(self) -> bool:
        """A text is a media step, an empty Speak is none."""
        return bool(self.text)

    def utter(self, turn: Turn, child: int) -> Sounding | None:
        """Say the text on leg `child`."""
        if not self.text:
            turn.note("nothing_to_say")
            return None
        prompt_id = turn.next_id()
        once = len(self.text) * ssml.SECONDS_PER_CHARACTER + self.pause_seconds
        seconds = once * self.loop if self.loop else None
        how = (self.voice, self.language, self.loop, seconds, child, self.markup)
        turn.emit(Speak(prompt_id, self.text, *how))
        return Sounding(prompt_id)


def parse(node: Node, attributes: Attributes, _children: Children) -> SpeakElement:
    """Return the Speak written at `node`; SSML gives its plain text."""
    voice = attributes.text("voice", "WOMAN", longest=60) or "WOMAN"
    if voice not in ("WOMAN", "MAN") and not voice.startswith("Polly."):
        attributes.note("attribute_unusable", f'voice="{voice}" is not known; taken as "WOMAN".')
        voice = "WOMAN"
    if node.children and not voice.startswith("Polly."):
        attributes.note("ssml_ignored", "SSML needs a Polly voice; the plain text is spoken.")
    heeded = bool(node.children) and voice.startswith("Polly.")
    text = ssml.words(node) if heeded else ssml.plain(node)
    longer = ssml.seconds(node) - len(text) * ssml.SECONDS_PER_CHARACTER if heeded else 0.0
    if len(text) > MAX_CHARACTERS:
        attributes.note("text_cut", f"The text was cut to {MAX_CHARACTERS} characters.")
        text = text[:MAX_CHARACTERS]
    return SpeakElement(
        line=node.line,
        column=node.column,
        text=text,
        voice=voice,
        language=attributes.text("language", "en-US", longest=20) or "en-US",
        loop=attributes.integer("loop", 1, 0, MAX_LOOPS),
        pause_seconds=longer,
        markup=ssml.markup(node) if heeded else "",
    )
