"""Commands about legs, carried out: dialling, connecting, separating, dropping."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from console.core.errors import DomainError
from sandbox.calls import bills, credit, lines, params
from sandbox.calls.flow import bridged_child, commands
from sandbox.calls.models import Call, CallPhase, Direction, Leg, LegState
from sandbox.calls.wishes import read_headers
from sandbox.calls.work import DIAL, Work
from sandbox.network import loops
from sandbox.network.driver import LineDriver, driver_for
from sandbox.recordings import live as recordings


def line_of(leg: Leg) -> LineDriver:
    """The driver that reaches the leg's phone."""
    return driver_for(leg.to_number)


def phone_of(work: Work, child: int) -> tuple[LineDriver, UUID]:
    """The driver that reaches a leg's phone, and the leg's UUID there.

    No query for the A leg: its UUID is the call's.
    """
    if not child:
        return driver_for(work.call.to_number), work.call.call_uuid
    leg = work.legs[child]
    return line_of(leg), leg.call_uuid


def pick_up(work: Work) -> None:
    """The platform answers a call that came in (four queries, more when it came from itself)."""
    call = work.call
    line, call_uuid = phone_of(work, 0)
    work.picked_up = line.answered(call_uuid=call_uuid, came_back=call.hops > 0)
    work.change_a_leg(state=LegState.UP, answered_at=max(work.at, call.started_at))
    call.phase = CallPhase.LIVE
    credit.watch(work)


def went_up(work: Work, leg: Leg) -> None:
    """The leg is answered: billing starts, and the credit is watched (two queries)."""
    leg.state, leg.answered_at = LegState.UP, max(work.at, leg.initiated_at)
    living = Leg.objects.filter(pk=leg.pk).exclude(state=LegState.ENDED)
    living.update(state=leg.state, answered_at=leg.answered_at)
    if leg.is_a:
        work.call.phase = CallPhase.LIVE
    credit.watch(work)


def send_digits(work: Work, child: int, *, rings: bool) -> None:
    """Sends the tones that the leg was dialled with (two queries): when it is answered, or, with
    `send_on_preanswer`, as soon as it rings.
    """
    leg = work.legs.get(child)
    if leg is not None and wants_digits(leg, rings=rings):
        sound_tone(work, leg.child, leg.send_digits)
        work.tell(lines.tones_sent(leg.send_digits, child=leg.child))


def wants_digits(leg: Leg, *, rings: bool) -> bool:
    """Whether the leg was dialled with tones that are due now: when it rings, or is answered."""
    return bool(leg.send_digits) and leg.send_on_preanswer == rings


def sound_tone(work: Work, child: int, tone: str, *, number: int = 0) -> None:
    """Lets a leg hear a tone (two queries); `number` tells apart the same one sounded again."""
    leg = work.legs[child]
    again = f"-{number}" if number else ""
    key = f"tone-{work.call.version}-{len(work.events)}-{tone}"[:90] + again
    line_of(leg).tone(call_uuid=leg.call_uuid, tone=tone, key=key)


def new_leg(call: Call, a_leg: Leg, command: commands.DialLeg, *, at: datetime) -> Leg:
    """The leg that a Dial asks for; it is not saved."""
    return Leg(
        call=call,
        child=command.child,
        position=command.position,
        kind=command.kind,
        direction=Direction.OUTBOUND,
        from_number=(command.caller_id or call.from_number)[:255],
        to_number=command.target[:255],
        caller_name=(command.caller_name or a_leg.caller_name)[:80],
        send_digits=command.send_digits[:64],
        send_on_preanswer=command.send_on_preanswer,
        sip_headers=_headers(command.sip_headers),
        initiated_at=at,
    )


def dial_leg(work: Work, command: commands.DialLeg) -> None:
    """Begins a leg; it rings when the fence has been asked (three queries)."""
    leg = new_leg(work.call, work.leg, command, at=work.at)
    leg.save(force_insert=True)
    work.legs[command.child] = leg
    work.tell(lines.leg_dialled(command, leg))
    if command.refused_cause:
        bills.settle(work, leg, code=command.refused_cause, source="")
    else:
        work.later(DIAL, f"dial-{command.child}", child=command.child)


def _headers(written: str) -> dict[str, str]:
    """The SIP headers of a Dial; what is no header is left out, as any unusable attribute."""
    try:
        return read_headers(written)
    except DomainError:
        return {}


def hangup_leg(work: Work, command: commands.HangupLeg) -> None:
    """Ends a leg from our side."""
    leg = work.legs[command.child]
    work.reported(f"dial-{command.child}")
    if bills.settle(work, leg, code=command.cause, source=command.source):
        drop(leg, command.cause)


def drop(leg: Leg, code: int) -> None:
    """Ends the call at the leg's phone (one query)."""
    line_of(leg).hang_up(call_uuid=leg.call_uuid, cause=params.telephone_cause(code))


def bridge(work: Work, command: commands.Bridge) -> None:
    """Connects two legs: in a world of text, each hears whom it talks with."""
    a_leg, b_leg = work.leg, work.legs[command.child]
    for ours, number in (
        (a_leg, b_leg.to_number),
        (b_leg, a_leg.from_number),
    ):
        text = f"You are talking with {number}."
        key = f"bridge-{command.child}"
        line_of(ours).speak(call_uuid=ours.call_uuid, text=text, key=key)
    for place, text in enumerate(loops.heard_at_far_end(b_leg.call_uuid)):
        key = f"far-{command.child}-{place}"
        line_of(a_leg).speak(call_uuid=a_leg.call_uuid, text=text, key=key)
    recordings.bridged(work)


def unbridge(work: Work, command: commands.Unbridge) -> None:
    """Separates two legs."""
    work.tell(lines.legs_separated(command))


def relay_keys(work: Work, digits: str, *, action_id: str) -> None:
    """Keys of the A leg are heard by the call at the other end, when the platform is that end."""
    child = bridged_child(work.state) if work.state is not None else 0
    if child and work.hears_others(child):
        loops.keyed(work.legs[child].call_uuid, digits, action_id=action_id)


def pass_on(work: Work, text: str, *, key: str) -> None:
    """What a call says that came back to the platform is heard by whom its leg is connected with.

    Up to four queries; none for a call that came from a phone.
    """
    if not work.call.hops or (near := loops.peer_of(work.leg.call_uuid)) is None:
        return
    leg = Leg.objects.select_related("call").filter(call_uuid=near.call_uuid).first()
    if leg is None or leg.is_a or leg.call.platform:
        return
    their = Work(leg.call, at=work.at)
    talks = their.state is not None and bridged_child(their.state) == leg.child
    if talks and their.hears_others(0):
        caller = leg.call.call_uuid
        driver_for(leg.call.from_number).speak(
            call_uuid=caller, text=text, key=f"far-{leg.child}-{key}"
        )
