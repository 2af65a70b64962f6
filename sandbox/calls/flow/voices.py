"""Voices on the legs of a call: who talks now, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .turn import Turn

TALKING: Final = "talking"
"""The purpose of a timer that runs while somebody talks on its leg."""
LONGEST_VOICE: Final = 600


def lasts(turn: Turn, child: int, seconds: float) -> None:
    """Somebody talks on that leg for so long from now, whatever was said before."""
    for timer in turn.timers:
        if timer.purpose == TALKING and timer.child == child:
            turn.disarm(timer.timer_id)
    if seconds > 0:
        turn.arm(TALKING, seconds, child)


def is_heard(turn: Turn, child: int) -> bool:
    """Whether somebody talks on that leg now."""
    return any(one.purpose == TALKING and one.child == child for one in turn.timers)
