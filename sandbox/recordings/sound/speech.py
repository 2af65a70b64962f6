"""Speech: by the program espeak-ng where it is installed, else a murmur of the same length."""

from __future__ import annotations

import re
import shutil
import subprocess
import wave
from array import array
from pathlib import Path
from typing import Final

from sandbox.recordings.sound.tones import RATE, Source, babble, silence

SECONDS_PER_CHARACTER: Final = 0.06
"""The estimate that the call flow works with (compat/xml.md Speak)."""
_PROGRAM: Final = "espeak-ng"
_WORDS_A_MINUTE: Final = "190"  # about as fast as the estimate
_PATIENCE: Final = 20
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


def estimate(text: str, *, loops: int = 1) -> float | None:
    """Seconds that the text takes; None without end."""
    return len(text) * SECONDS_PER_CHARACTER * loops if loops else None


def speak(
    text: str, *, language: str, loops: int, folder: Path, name: str, markup: str = ""
) -> Source:
    """The text as sound, or the SSML that it was written in, where the program takes that.

    Files that are needed for it are written into `folder`.
    """
    program = shutil.which(_PROGRAM)
    path = folder / f"{name}.wav"
    spoken = bool(program and markup) and _run(str(program), markup, language, path, "-m")
    if spoken or (program and _run(program, text, language, path)):
        return WavSpeech(path, loops=loops)
    return babble(estimate(text, loops=loops))


def _run(program: str, text: str, language: str, path: Path, *more: str) -> bool:
    voice = language.lower() if _LANGUAGE.fullmatch(language) else "en-us"
    for chosen in dict.fromkeys((voice, voice.partition("-")[0], "en")):
        command = [program, "-v", chosen, "-s", _WORDS_A_MINUTE, "-w", str(path), *more, "--stdin"]
        try:
            done = subprocess.run(  # noqa: S603  # our own arguments; the text goes through stdin
                command, input=text.encode(), capture_output=True, timeout=_PATIENCE, check=False
            )
        except (OSError, subprocess.SubprocessError):
            return False
        if done.returncode == 0 and path.exists() and path.stat().st_size > 44:
            return True
    return False


class WavSpeech:
    """A spoken file, `loops` times over (0: without end), brought to our rate while it is read."""

    def __init__(self, path: Path, *, loops: int) -> None:
        self._path = path
        with wave.open(str(path)) as found:
            self._rate = found.getframerate()
            frames = found.getnframes() if found.getsampwidth() == 2 else 0
        self._once = max(1, frames * RATE // self._rate)
        self.length = self._once * loops if loops else None

    def read(self, start: int, count: int) -> array[int]:
        """See Source."""
        made = array("h")
        place = start
        with wave.open(str(self._path)) as found:
            while len(made) < count and (self.length is None or place < self.length):
                offset = place % self._once
                part = self._resampled(found, offset, min(count - len(made), self._once - offset))
                made += part
                place += len(part)
        return made[:count] + silence(count - len(made[:count]))

    def _resampled(self, found: wave.Wave_read, offset: int, count: int) -> array[int]:
        first = offset * self._rate // RATE
        last = (offset + count) * self._rate // RATE + 1
        found.setpos(min(first, found.getnframes()))
        samples = array("h", found.readframes(last - first))[:: found.getnchannels()]
        if not samples:
            return silence(count)
        end, step = len(samples) - 1, self._rate / RATE
        return array("h", [samples[min(end, int(at * step))] for at in range(count)])
