"""Sound as it goes over the wire: L16 at 8 or 16 kHz, and μ-law (ITU-T G.711). Pure."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cache
from typing import Final

_BIAS: Final = 0x84
_CLIP: Final = 32_635


@dataclass(frozen=True, slots=True)
class Format:
    """How samples are written: `encoding` as `audio/x-l16`, `rate` samples a second."""

    encoding: str
    rate: int

    @property
    def bytes_a_second(self) -> int:
        """How much a second of it is."""
        return self.rate * (1 if self.encoding.endswith("mulaw") else 2)

    def encode(self, samples: array[int]) -> bytes:
        """Samples at 8,000 a second, written in this format."""
        if self.encoding.endswith("mulaw"):
            table = _mulaw_table()
            return bytes([table[sample & 0xFFFF] for sample in samples])
        if self.rate == 16_000:
            samples = _doubled(samples)
        return _little_endian(samples)


def format_of(content_type: str) -> Format:
    """`audio/x-l16;rate=16000` taken apart; a rate that cannot be read counts as 8,000."""
    encoding, _, rest = content_type.replace(" ", "").lower().partition(";")
    rate = rest.removeprefix("rate=")
    return Format(encoding, int(rate) if rate.isdecimal() and 0 < int(rate) <= 96_000 else 8000)


def _doubled(samples: array[int]) -> array[int]:
    """Twice as many samples, the new ones halfway between."""
    made = array("h", bytes(4 * len(samples)))
    made[0::2] = samples
    after = samples[1:] + samples[-1:]
    made[1::2] = array("h", [(one + two) // 2 for one, two in zip(samples, after, strict=True)])
    return made


def _little_endian(samples: array[int]) -> bytes:
    if array("h", [1]).tobytes() != b"\x01\x00":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


@cache
def _mulaw_table() -> bytes:
    """The code of every sample, by its 16 bits."""
    return bytes(_mulaw(bits - 65_536 if bits >= 32_768 else bits) for bits in range(65_536))


def _mulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    size = min(abs(sample), _CLIP) + _BIAS
    exponent = size.bit_length() - 8
    mantissa = size >> (exponent + 3) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
