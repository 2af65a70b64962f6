"""Codes while workers die: each request brings one message, and nobody can read it elsewhere."""

from __future__ import annotations

import time

import pytest

from tests.faults.inside import messages, readable, wait_for_rest, wait_until
from tests.faults.killer import Killer, strike_amid
from tests.faults.people import add_phones, customers
from tests.faults.settings import CODES, KILL_EVERY, LEASE, STRIKES

pytestmark = [pytest.mark.stack, pytest.mark.faults, pytest.mark.timeout(900)]


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
            seconds=3 * LEASE + 60,
            moving=lambda: messages(stack),
        )
        left = wait_for_rest(stack, seconds=3 * LEASE + 20)
        took = time.monotonic() - began

        shown = {number: owner.codes(number) for number, (owner, _) in phones.items()}
        lost = [number for number, codes in shown.items() if not codes]
        doubled = [number for number, codes in shown.items() if len(codes) > 1]
        assert not lost, f"{len(lost)} of {CODES} lost after {killer.kills} kills: {left}"
        assert not doubled, f"{len(doubled)} of {CODES} doubled after {killer.kills} kills"
        assert killer.kills >= STRIKES
        assert readable(stack, [codes[0] for codes in shown.values()]) == []
        for number, (owner, place) in phones.items():
            owner.verify(place, shown[number][0])
        assert left == []
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"{CODES} codes asked for while workers were killed {killer.kills} times: {len(shown)} "
        f"messages on {len(shown)} phones, 0 lost, 0 doubled, all accepted, "
        f"0 readable at rest (asked for in {asked_in:.0f} s, all there after {took:.0f} s)"
    )
