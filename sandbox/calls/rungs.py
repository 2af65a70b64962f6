"""Who tells whom in a line of the story: the rungs of the ladder between A, platform and B.

Pure. A rung is two lanes, `a`, `p` or `b`, in the order in which the word goes; a line that stays
within the platform has one lane. What is not known is the platform's own affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

A, PLATFORM, B = "a", "p", "b"
OWN: Final = PLATFORM

_FROM_PHONE: Final = frozenset(
    {
        *("leg_answered", "leg_ringing", "leg_ended", "phone_rings", "digits", "heard"),
        *("speech_heard", "machine_detected"),
    }
)
_TO_PHONE: Final = frozenset(
    {
        *("answered", "said", "played", "tones_sent", "beep_heard", "leg_dialled"),
        *("api_sound", "beeped", "ringback"),
    }
)
_HEARD: Final = "room_heard_"
_BOTH: Final = frozenset({"legs_connected"})
_BY_PHONE: Final = frozenset({"Caller", "Callee"})


def rung(kind: str, data: Mapping[str, Any], *, child: int) -> str:
    """`ap`, `pb`, … for a line of this kind about this leg (0: the A leg)."""
    phone = B if child else A
    if kind in _FROM_PHONE:
        return phone + PLATFORM
    if kind in _TO_PHONE or kind.startswith(_HEARD):
        return PLATFORM + phone
    if kind in _BOTH:
        return A + B
    if kind == "call_started":
        return PLATFORM + A if data.get("direction") == "outbound" else A + PLATFORM
    if kind == "hung_up":
        return A + PLATFORM if data.get("source") in _BY_PHONE else PLATFORM + A
    return OWN
