"""What a phone does by itself: outcome numbers and scripts, as timed actions.

Pure: from a plan to a list of `Timed`. Times are telephone seconds, before the time scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from console.core.outcomes import MACHINE_GREETING, CallFate, CallPlan
from sandbox.network.events import Greeting
from sandbox.network.models import HandsetScript, OnRing
from sandbox.network.phones import Action, Deed

CARRIERS_FAILED = 3080
SECONDS_A_CHARACTER = 0.06
"""As the platform's own Speak (compat/xml.md section 2)."""
Step: TypeAlias = dict[str, object]


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
        greeting=utterances(greeting(plan.says)) if plan.says else (),
    )
    return Timed(plan.ring_seconds, action)


def after_answer(plan: CallPlan) -> Iterator[Timed]:
    """What an outcome number does once it has answered: words, keys a second apart, hanging up."""
    if plan.says:
        yield from follow(greeting(plan.says))
    for place, key in enumerate(plan.digits):
        yield Timed(plan.digits_after + place, Action(Deed.DIGITS, f"then-{place}", digits=key))
    if plan.hangup_after is not None:
        yield Timed(plan.hangup_after, Action(Deed.HANG_UP, "then-end", cause=plan.cause))


def script_on_ring(script: HandsetScript) -> Timed | None:
    """What a scripted phone does with a call that rings it; None lets it ring."""
    deeds = {OnRing.ANSWER: Deed.ANSWER, OnRing.REJECT: Deed.REJECT, OnRing.BUSY: Deed.BUSY}
    deed = deeds.get(OnRing(script.on_ring))
    if deed is None:
        return None
    said = utterances(steps_of(script)) if deed is Deed.ANSWER else ()
    return Timed(script.after, Action(deed, "ring", greeting=said))


def script_after_answer(script: HandsetScript) -> Iterator[Timed]:
    """The script's steps; each waits from the end of the step before it."""
    yield from follow(steps_of(script))


def steps_of(script: HandsetScript) -> list[Step]:
    """All that the script does; a machine that is given no words greets as machines do."""
    steps: list[Step] = list(script.then)
    if script.machine and not any("say" in step for step in steps):
        return [*greeting(MACHINE_GREETING), *steps]
    return steps


def greeting(text: str) -> list[Step]:
    """An answering machine says that, and beeps."""
    return [{"say": text}, {"beep": True}]


def utterances(steps: list[Step]) -> Greeting:
    """What is said before the first beep: when, for how long, in how many words."""
    until = next((place for place, step in enumerate(steps) if step.get("beep")), len(steps))
    return tuple(
        (round(one.after, 2), one.action.seconds, len(one.action.text.split()))
        for one in follow(steps[:until])
        if one.action.deed is Deed.SAY
    )


def follow(steps: list[Step]) -> Iterator[Timed]:
    """The steps as actions, counted from the answer."""
    passed = 0.0
    for place, step in enumerate(steps):
        passed += float(str(step.get("after", 0)))
        action = _action(step, f"then-{place}")
        yield Timed(passed, action)
        passed += action.seconds


def _action(step: Step, action_id: str) -> Action:
    if step.get("hangup"):
        return Action(Deed.HANG_UP, action_id)
    if step.get("beep"):
        return Action(Deed.BEEP, action_id)
    if "say" in step:
        text = str(step["say"])
        return Action(Deed.SAY, action_id, text=text, seconds=length_of(text, step.get("seconds")))
    return Action(Deed.DIGITS, action_id, digits=str(step.get("digits", "")))


def length_of(text: str, given: object = None) -> float:
    """Seconds that it takes to say the words: as given, else as long as Speak would take."""
    return float(str(given)) if given is not None else round(len(text) * SECONDS_A_CHARACTER, 2)
