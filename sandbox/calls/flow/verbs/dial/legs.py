"""One dialled leg of a Dial: its value, its refusal before dialling, its callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ... import causes, commands, prompts
from ...prompts import Playlist
from ...values import Value, evolve

if TYPE_CHECKING:
    from ...turn import Turn
    from .element import DialElement, DialTarget

DIALLING: Final = "dialling"
RINGING: Final = "ringing"
CONFIRMING: Final = "confirming"
CONNECTED: Final = "connected"
ENDED: Final = "ended"

CONFIRM: Final = "confirm"
INVALID_DESTINATION: Final = 2000
LOOP_DETECTED: Final = 2060


@dataclass(frozen=True, slots=True)
class Child(Value):
    """A dialled leg: `child` is its number in the call, `position` its place in the Dial."""

    child: int
    position: int
    status: str = DIALLING
    rang: bool = False
    answered: bool = False
    cause: int = 0
    playlist: Playlist | None = None
    confirm_fetch: int = 0
    confirm_timer: int = 0

    @property
    def is_ringing(self) -> bool:
        """Whether it has neither been answered nor ended."""
        return self.status in (DIALLING, RINGING)


def dial(turn: Turn, element: DialElement, target: DialTarget, position: int) -> Child:
    """Dial one target, or refuse it at once (causes 2000 and 2060)."""
    refused = _refusal(turn, target)
    child = turn.next_id()
    turn.emit(
        commands.DialLeg(
            child,
            position,
            target.kind,
            target.target,
            target.caller_id or element.caller_id,
            target.caller_name or element.caller_name,
            target.send_digits,
            target.send_on_preanswer,
            target.sip_headers or element.sip_headers,
            element.timeout_seconds,
            refused,
        )
    )
    leg = Child(child, position, status=ENDED if refused else DIALLING, cause=refused)
    if refused:
        hung_up(turn, element, leg, refused, causes.PLIVO)
    return leg


def hang_up(turn: Turn, element: DialElement, leg: Child, code: int, source: str) -> Child:
    """End a leg from our side and tell about it; one that has ended stays as it is."""
    if leg.status == ENDED:
        return leg
    stop(turn, leg)
    turn.emit(commands.HangupLeg(leg.child, code, source))
    return ended(turn, element, leg, code, source)


def ended(turn: Turn, element: DialElement, leg: Child, code: int, source: str) -> Child:
    """Keep why a leg ended and tell about it."""
    stop(turn, leg)
    hung_up(turn, element, leg, code, source)
    return evolve(leg, status=ENDED, cause=code, playlist=None, confirm_fetch=0, confirm_timer=0)


def stop(turn: Turn, leg: Child) -> None:
    """End the confirmation on a leg: prompts and timer."""
    prompts.stop(turn, leg.playlist)
    turn.disarm(leg.confirm_timer)


def tell(
    turn: Turn,
    element: DialElement,
    leg: Child,
    event: str,
    action: str,
    *more: tuple[str, str],
    status: str = "",
) -> None:
    """Tell the Dial's callback URL (compat/callbacks.md, Dial callback)."""
    if not element.callback_url:
        return
    extra = [("DialAction", action)]
    if status:
        extra.append(("DialBLegStatus", status))
    extra += [("DialBLegPosition", str(leg.position)), *more]
    turn.notify(
        "dial_callback",
        element.callback_url,
        element.callback_method,
        event=event,
        extra=tuple(extra),
        child=leg.child,
    )


def hung_up(turn: Turn, element: DialElement, leg: Child, code: int, source: str) -> None:
    """Tell the story and the callback URL how a leg ended."""
    row = causes.cause(code)
    turn.note("leg_ended", child=leg.child, position=leg.position, cause=code, source=source)
    tell(
        turn,
        element,
        leg,
        "DialHangup",
        "hangup",
        ("DialBLegHangupCause", row.hangup_cause),
        ("DialBLegHangupCauseName", row.name),
        ("DialBLegHangupCauseCode", str(code)),
        ("DialBLegHangupSource", source),
        status="hangup",
    )


def _refusal(turn: Turn, target: DialTarget) -> int:
    """0, or the cause when a target is empty or is the caller itself.

    The number an inbound call came in on would bring the call back to this document, so it is
    a loop as well as the caller's own number. An endpoint's call came in on no number: what it
    dialled is what this document is to decide on.
    """
    wanted, caller = _plain(target.target), turn.leg.from_number
    if not wanted:
        return INVALID_DESTINATION
    own = {_plain(turn.leg.to_number)}
    if turn.leg.direction == causes.INBOUND:
        from_endpoint = caller.startswith("sip:")
        own = {_plain(caller)} if from_endpoint else own | {_plain(caller)}
    return LOOP_DETECTED if wanted in own else 0


def _plain(number: str) -> str:
    lowered = number.strip().lower()
    if lowered.startswith(("sip:", "sips:")):
        return lowered.partition(":")[2].partition(";")[0]
    return "".join(sign for sign in lowered if sign not in "+-(). ")
