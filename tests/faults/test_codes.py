"""Codes while workers die: each request brings one message, and nobody can read it elsewhere."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.inside import messages, readable, wait_for_rest, wait_until
from tests.faults.killer import Killer, strike_amid
from tests.faults.people import Customer, add_phones, customers
from tests.faults.settings import CODES, KILL_EVERY, PATIENCE, STRIKES

pytestmark = [pytest.mark.stack, pytest.mark.faults]


def test_rel_01_each_code_arrives_once_while_workers_are_killed(stack, tell):
    numbers = [f"+1{212 + n // 100}55501{n % 100:02d}" for n in range(CODES)]
    began = time.monotonic()
    with customers(stack, 5, "codes") as people:
        with Killer(stack) as killer:
            phones = add_phones(people, numbers, after=strike_amid(killer, of=CODES))
            asked_in = time.monotonic() - began
            wait_until(lambda: messages(stack) >= CODES, seconds=3 * KILL_EVERY)
        wait_until(
            lambda: messages(stack) >= CODES,
            seconds=PATIENCE,
            moving=lambda: messages(stack),
        )
        left = wait_for_rest(stack, seconds=PATIENCE)
        took = time.monotonic() - began

        shown = {number: owner.codes(number) for number, (owner, _) in phones.items()}
        lost = [number for number, codes in shown.items() if not codes]
        doubled = [number for number, codes in shown.items() if len(codes) > 1]
        assert not lost, f"{len(lost)} of {CODES} lost after {killer.kills} kills: {left}"
        assert not doubled, f"{len(doubled)} of {CODES} doubled after {killer.kills} kills"
        assert killer.kills >= STRIKES
        _verify(phones, {number: codes[0] for number, codes in shown.items()})
        assert readable(stack, [codes[0] for codes in shown.values()]) == []
        assert left == []
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"{CODES} codes asked for while workers were killed {killer.kills} times: {len(shown)} "
        f"messages on {len(shown)} phones, 0 lost, 0 doubled, all accepted, "
        f"0 readable at rest (asked for in {asked_in:.0f} s, all there after {took:.0f} s)"
    )


def _verify(phones: dict[str, tuple[Customer, str]], codes: dict[str, str]) -> None:
    """Types all codes in, everybody at the same time: a code lives for ten minutes only."""

    def share(person: Customer) -> None:
        for number, (owner, place) in phones.items():
            if owner is person:
                owner.verify(place, codes[number])

    people = {id(owner): owner for owner, _ in phones.values()}
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(share, people.values()))
