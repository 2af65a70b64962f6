"""How a Dial ends, and what its action URL is told (compat/xml.md section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import causes, commands
from ...commands import Pairs
from ...fetching import request_action
from . import legs, music

if TYPE_CHECKING:
    from ...turn import Turn
    from .element import DialElement
    from .run import Dialling

_STATUS = {1000: "cancel", 3000: "no-answer", 3010: "busy", 3100: "busy", 6010: "timeout"}


def finish(turn: Turn, element: DialElement, run: Dialling, status: str = "") -> None:
    """End the Dial: its action is asked, or the next element runs. No leg is open any more."""
    _quiet(turn, run)
    turn.activity = None
    request_action(
        turn,
        url=element.action,
        method=element.method,
        redirect=element.redirect,
        extra=_outcome(run, status),
        child=run.winner,
    )


def drop(turn: Turn, element: DialElement, run: Dialling) -> None:
    """The caller pressed the star: end the other legs and go on with the call."""
    run = _hang_up_all(turn, element, run, 4000 if run.winner else 1000, causes.CALLER)
    finish(turn, element, run)


def abandon(turn: Turn, element: DialElement, run: Dialling) -> None:
    """The call ended or was moved: end all legs; an ended call still tells its action."""
    why = turn.ending
    code = 4000 if run.winner else 1000
    if why is not None and why.cause == 6000:
        code = 6000
    source = causes.API_REQUEST if why is None else why.source
    run = _hang_up_all(turn, element, run, code, source)
    _quiet(turn, run)
    if why is not None and element.action:
        turn.notify(
            "action",
            element.action,
            element.method,
            event="Redirect",
            extra=_outcome(run, "" if run.winner else "cancel"),
            child=run.winner,
        )


def _hang_up_all(
    turn: Turn, element: DialElement, run: Dialling, code: int, source: str
) -> Dialling:
    for leg in run.children:
        if leg.status != legs.ENDED:
            run = run.put(legs.hang_up(turn, element, leg, code, source)).caused(code)
    return run


def _quiet(turn: Turn, run: Dialling) -> None:
    if run.winner:
        turn.emit(commands.Unbridge(run.winner))
    else:
        music.stop(turn, run)
    turn.disarm(run.ring_timer)
    turn.disarm(run.limit_timer)


def _outcome(run: Dialling, status: str) -> Pairs:
    rang = any(leg.rang for leg in run.children)
    code = run.last_cause
    if not status:
        status = "completed" if run.winner else _STATUS.get(code, "failed")
    return (
        ("DialStatus", status),
        ("DialRingStatus", "true" if rang else "false"),
        ("DialHangupCause", causes.cause(code).hangup_cause),
    )
