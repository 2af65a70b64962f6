"""A phone's own side of a call: its words and keys as the platform took them.

The phone shows them to its owner, so that a call reads as a conversation; what a document hides
(`log="false"`) is shown as dots, as in the story.
"""

from __future__ import annotations

from sandbox.calls import leg_effects
from sandbox.calls.flow import bridged_child, events
from sandbox.calls.flow.events import Event
from sandbox.calls.models import Leg, LegState
from sandbox.calls.work import Work
from sandbox.network import loops


def words(work: Work, text: str, *, child: int) -> None:
    """Words said on a leg: captions on its own phone, and on the one that it talks with.

    `text` is what may be shown. Two queries, up to six more while two legs are connected.
    """
    leg = work.legs.get(child)
    if leg is None or leg.state == LegState.ENDED:
        return
    seq, secret = work.call.last_seq, work.call.platform
    line, call_uuid = leg_effects.phone_of(work, child)
    line.said(call_uuid=call_uuid, text=text, key=f"own-{seq}", secret=secret)
    other = _hearer(work, child)
    if other is None:
        return
    key = f"bridge-said-{seq}"
    leg_effects.line_of(other).speak(call_uuid=other.call_uuid, text=text, key=key, secret=secret)
    if child:
        leg_effects.pass_on(work, text, key=key)
    else:
        loops.spoken(other.call_uuid, text, action_id=key)


def sound(work: Work, event: events.Heard) -> None:
    """The beep of a machine: heard by the other end, shown on the phone itself."""
    leg = work.legs.get(event.child)
    if event.what != "beep" or leg is None or leg.state == LegState.ENDED:
        return
    seq = work.call.last_seq
    line, call_uuid = leg_effects.phone_of(work, event.child)
    line.said(call_uuid=call_uuid, text="beep", key=f"own-{seq}", tone=True)
    other = _hearer(work, event.child)
    if other is not None:
        key = f"bridge-said-{seq}"
        leg_effects.line_of(other).tone(call_uuid=other.call_uuid, tone="beep", key=key)


def is_unheard(work: Work, event: Event) -> bool:
    """Whether a sound of one leg is lost on the other, which hears the API alone (`mix` false)."""
    if not isinstance(event, events.Digits | events.SpeechHeard | events.Heard):
        return False
    other = _partner(work, event.child)
    return other is not None and not work.hears_others(other.child)


def _hearer(work: Work, child: int) -> Leg | None:
    """The leg that hears this one now."""
    other = _partner(work, child)
    return other if other is not None and work.hears_others(other.child) else None


def _partner(work: Work, child: int) -> Leg | None:
    """The leg that this one talks with now."""
    partner = bridged_child(work.state) if work.state is not None else 0
    if not partner or child not in (0, partner):
        return None
    return work.legs[0 if child else partner]


def keys(work: Work, event: events.Digits, shown: str) -> None:
    """Keys that a document hides are hidden on the phone that pressed them, too (two queries)."""
    if shown != event.digits:
        line, call_uuid = leg_effects.phone_of(work, event.child)
        line.hide_keys(call_uuid=call_uuid, digits=event.digits)
