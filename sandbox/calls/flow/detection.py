"""Machine detection: whether the voice that answers is a machine's, and when that is known.

Pure arithmetic on what a phone is going to say. Names and ranges are those of compat/rest.md (Make
a call). A greeting that is long, or has many words, or runs on without a pause is a machine's; one
that is followed by silence is a person's. After too long a silence before it nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from .values import Value

Utterance = tuple[float, float, int]
"""Something said: seconds from the answer, seconds that it takes, words."""
GREETING: Final = "greeting"
WORDS: Final = "words"
SPEECH: Final = "speech"
REASONS: Final = (GREETING, WORDS, SPEECH)


@dataclass(frozen=True, slots=True)
class Detection(Value):
    """What is listened for; times are seconds.

    `time` bounds all of it. `initial_silence` is the longest wait for a first word. More than
    `words`, a single utterance longer than `speech`, or a whole greeting longer than `greeting`
    make it a machine; a pause longer than `silence` ends the greeting as a person's.
    """

    time: float = 5.0
    speech: float = 5.0
    initial_silence: float = 4.5
    words: int = 3
    greeting: float = 1.5
    silence: float = 0.8


AS_USUAL: Final = Detection()
"""What is listened for unless something else was asked for."""


class Found(NamedTuple):
    """A machine: seconds from the answer until that is known, and which of `REASONS`."""

    after: float
    why: str


def machine(said: tuple[Utterance, ...], look: Detection) -> Found | None:
    """Return when a machine is found; None for a person, and when nobody knows in time."""
    if not said or said[0][0] > look.initial_silence:
        return None
    began, ended, words = said[0][0], said[0][0], 0
    for start, seconds, count in said:
        if start - ended > look.silence:
            return None
        ended = start + seconds
        found = min(_reasons(start, seconds, count, began, words, look), default=None)
        if found is not None:
            return found if found.after <= look.time else None
        words += count
    return None


def _reasons(
    start: float, seconds: float, count: int, began: float, words: int, look: Detection
) -> list[Found]:
    """Why this utterance makes it a machine, and when each is known."""
    found = []
    if start + seconds - began > look.greeting:
        found.append(Found(max(start, began + look.greeting), GREETING))
    if words + count > look.words:
        too_many = look.words - words + 1
        found.append(Found(start + seconds * too_many / count, WORDS))
    if seconds > look.speech:
        found.append(Found(start + look.speech, SPEECH))
    return found
