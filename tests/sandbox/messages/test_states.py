"""The life of a message, as the reference has it (compat: cdr section 3, "States")."""

from __future__ import annotations

import pytest

from sandbox.messages.states import FIRST, State, before, is_final, states_of

LIVES = {
    "outbound": {
        "queued": {"sent", "failed", "rejected"},
        "sent": {"delivered", "undelivered"},
        "delivered": set(),
        "undelivered": set(),
        "failed": set(),
        "rejected": set(),
    },
    "inbound": {
        "received": {"delivered", "undelivered"},
        "delivered": set(),
        "undelivered": set(),
    },
}
EVERY = [(direction, state) for direction, life in LIVES.items() for state in life]


def test_a_message_begins_queued_when_it_leaves_and_received_when_it_comes():
    assert dict(FIRST) == {"outbound": "queued", "inbound": "received"}


@pytest.mark.parametrize("direction", sorted(LIVES))
def test_a_direction_has_its_states_and_no_others(direction):
    assert states_of(direction) == set(LIVES[direction])


@pytest.mark.parametrize(("direction", "state"), EVERY)
def test_a_state_is_come_to_from_the_ones_before_it_alone(direction, state):
    came_from = {earlier for earlier, after in LIVES[direction].items() if state in after}
    assert set(before(direction, state)) == came_from


@pytest.mark.parametrize(("direction", "state"), EVERY)
def test_a_state_that_nothing_follows_is_final(direction, state):
    assert is_final(direction, state) is (not LIVES[direction][state])


def test_a_message_that_leaves_is_never_received():
    assert before("outbound", State.RECEIVED) == []
