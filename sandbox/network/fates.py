"""What a phone does by itself: outcome numbers and scripts, as timed actions.

Pure: from a plan to a list of `Timed`. Times are telephone seconds, before the time scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.core.outcomes import CallFate, CallPlan
from sandbox.network.models import HandsetScript, OnRing
from sandbox.network.phones import Action, Deed

CARRIERS_FAILED = 3080


@dataclass(frozen=True, slots=True)
class Timed:
    """An action, `after` so many seconds from its moment: the ring or the answer."""

    after: float
    action: Action


def on_ring(plan: CallPlan) -> Timed | None:
    """What an outcome number does with a call that rings it."""
    deeds = {
        CallFate.BUSY: Deed.BUSY,
        CallFate.NO_ANSWER: Deed.NO_ANSWER,
        CallFate.REJECTS: Deed.REJECT,
        CallFate.UNREACHABLE: Deed.FAIL,
        CallFate.ALL_CARRIERS_FAIL: Deed.FAIL,
    }
    action = Action(
        deeds.get(plan.fate, Deed.ANSWER),
        "ring",
        cause=plan.cause if plan.fate in deeds else None,
        machine=plan.fate is CallFate.ANSWERING_MACHINE,
    )
    return Timed(plan.ring_seconds, action)


def after_answer(plan: CallPlan) -> Iterator[Timed]:
    """What an outcome number does once it has answered: keys a second apart, hanging up."""
    for place, key in enumerate(plan.digits):
        yield Timed(plan.digits_after + place, Action(Deed.DIGITS, f"then-{place}", digits=key))
    if plan.hangup_after is not None:
        yield Timed(plan.hangup_after, Action(Deed.HANG_UP, "then-end", cause=plan.cause))


def script_on_ring(script: HandsetScript) -> Timed | None:
    """What a scripted phone does with a call that rings it; None lets it ring."""
    deeds = {OnRing.ANSWER: Deed.ANSWER, OnRing.REJECT: Deed.REJECT, OnRing.BUSY: Deed.BUSY}
    deed = deeds.get(OnRing(script.on_ring))
    return (
        None if deed is None else Timed(script.after, Action(deed, "ring", machine=script.machine))
    )


def script_after_answer(script: HandsetScript) -> Iterator[Timed]:
    """The script's steps; each waits from the step before it."""
    passed = 0.0
    for place, step in enumerate(script.then):
        passed += float(str(step.get("after", 0)))
        if step.get("hangup"):
            yield Timed(passed, Action(Deed.HANG_UP, f"then-{place}"))
        else:
            digits = str(step.get("digits", ""))
            yield Timed(passed, Action(Deed.DIGITS, f"then-{place}", digits=digits))
