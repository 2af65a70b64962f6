"""How many parts a text takes on the air (3GPP TS 23.038: GSM 7-bit and UCS-2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")


class Encoding(models.TextChoices):
    """How the signs of a text travel."""

    GSM = "gsm7", "GSM-7"
    UCS = "ucs2", "UCS-2"


@dataclass(frozen=True, slots=True)
class Limits:
    """Room of one encoding: a part that stands alone, one of several, and a whole message."""

    alone: int
    several: int
    most: int


LIMITS = {Encoding.GSM: Limits(160, 153, 1600), Encoding.UCS: Limits(70, 67, 737)}
"""The first two from the standard, the last from compat: rest, Message."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A text measured: `size` in septets of GSM-7 or in 16-bit units of UCS-2."""

    encoding: Encoding
    size: int
    units: int

    @property
    def fits(self) -> bool:
        """Whether one message may carry it."""
        return self.size <= LIMITS[self.encoding].most


def measure(text: str) -> Measure:
    """Encoding, size and parts of a text; an empty one is one part. No query."""
    if all(sign in _GSM or sign in _GSM_TWICE for sign in text):
        encoding = Encoding.GSM
        size = sum(2 if sign in _GSM_TWICE else 1 for sign in text)
    else:
        encoding = Encoding.UCS
        size = len(text.encode("utf-16-be", "surrogatepass")) // 2
    room = LIMITS[encoding]
    return Measure(encoding, size, 1 if size <= room.alone else -(-size // room.several))


def units(text: str) -> int:
    """Parts: 160 septets, or 153 each of several; 70 UCS-2 units, or 67; at least one."""
    return measure(text).units
