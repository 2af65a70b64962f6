"""The first steps: verify a number, rent a DID, make an application, call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.home.navigation import safe_reverse


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps; `routes` are tried in turn for the page where it is done."""

    key: str
    title: str
    text: str
    button: str
    routes: tuple[str, ...]


STEPS = (
    Step(
        "verify",
        "Verify a number",
        "Prove by a one-time code that a phone is yours. A trial reaches only such numbers.",
        "Verify a number",
        ("verification:list",),
    ),
    Step(
        "rent",
        "Rent a number",
        "A number of your own, in one of twenty countries. Calls to it come to you.",
        "Rent a number",
        ("numbers:search", "numbers:list"),
    ),
    Step(
        "application",
        "Make an application",
        "Tell Ringfence which URL answers a call, and assign your number to it.",
        "Create application",
        ("applications:new", "applications:list"),
    ),
    Step(
        "call",
        "Call it",
        "Open a phone in the browser, dial your number, and read the call's story.",
        "Open a handset",
        ("network:handsets",),
    ),
)


@dataclass(frozen=True, slots=True)
class State:
    """A step as the page shows it; `next_one` marks the first that is not done."""

    step: Step
    number: int
    done: bool
    next_one: bool
    url: str


def states(done: Mapping[str, bool]) -> list[State]:
    """All steps in order; `done` says by key which are."""
    first = next((step.key for step in STEPS if not done[step.key]), "")
    return [
        State(step, i, done[step.key], step.key == first, _url(step))
        for i, step in enumerate(STEPS, start=1)
    ]


def _url(step: Step) -> str:
    return next(filter(None, map(safe_reverse, step.routes)), "")
