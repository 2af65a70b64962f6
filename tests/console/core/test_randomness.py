"""Chance, and ids that go by time."""

from __future__ import annotations

from console.core import randomness


def test_ordered_ids_of_one_process_sort_as_they_were_made():
    made = [randomness.ordered_uuid() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_an_ordered_id_is_one_of_version_seven_and_hard_to_guess():
    first, second = randomness.ordered_uuid(), randomness.ordered_uuid()
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int & (1 << 62) - 1 != second.int & (1 << 62) - 1
