"""Made-up records look like a past that could have been."""

from __future__ import annotations

from datetime import UTC, datetime

from console.records import believable as made_up
from console.records.believable import believable
from sandbox.network import seeds


def test_no_record_ends_in_the_future():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    made = list(believable(rows=3000, days=1, seed=1, end=now, app_ids=[]))
    assert max(record["ended_at"] for record in made) <= now
    assert all(record["initiated_at"] < record["ended_at"] for record in made)


def test_pops_and_carriers_are_those_of_the_network():
    assert {code for code, *_ in seeds.POPS} >= set(made_up.POPS)
    assert {name for _, name, _ in seeds.CARRIERS} >= set(made_up.CARRIERS)
