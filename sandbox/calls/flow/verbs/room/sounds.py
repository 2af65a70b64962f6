"""The sounds of coming and going as they are written."""

from __future__ import annotations

from typing import Final

from ...attributes import Attributes

BEEPS: Final = {"beep:1": 1, "beep:2": 2}


def read(attributes: Attributes, name: str, default: str = "") -> str:
    """Return a sound attribute: empty, `beep:1`, `beep:2` or a URL."""
    value = attributes.text(name, default)
    lowered = value.lower()
    if lowered in BEEPS:
        return lowered
    if lowered.startswith("beep"):
        attributes.note("attribute_unusable", f'{name}="{value[:20]}" cannot be used; ignored.')
        return ""
    return "" if lowered == "none" else value


def beeps(sound: str) -> int:
    """Return how often the sound beeps; 0 for a URL and for none."""
    return BEEPS.get(sound, 0)


def is_url(sound: str) -> bool:
    """Whether the sound is a document that has to be asked for."""
    return bool(sound) and sound not in BEEPS
