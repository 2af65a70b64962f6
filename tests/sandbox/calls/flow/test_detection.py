"""Machine detection: who is taken for a machine, and when that is known (compat/rest.md)."""

from __future__ import annotations

import pytest

from sandbox.calls.flow.detection import Detection, machine

PATIENT = Detection(words=10, greeting=5.0)


@pytest.mark.parametrize(
    ("said", "look"),
    [
        ((), Detection()),  # nobody knows what it says
        (((0, 0.4, 1),), Detection()),  # Hello?
        (((1, 1.5, 3),), Detection()),  # as long and as many words as a person may take
        (((4.6, 9, 30),), Detection()),  # silent for too long to be judged
        (((0, 0.4, 1), (1.3, 9, 30)), Detection()),  # Hello? … a pause: a person who talks on
        (((0, 1, 2), (1.5, 1, 2)), PATIENT),  # neither long nor wordy, taken together
        (((4.5, 9, 30),), Detection(time=5.0)),  # known only after the time allotted
    ],
)
def test_who_is_no_machine(said, look):
    assert machine(said, look) is None


@pytest.mark.parametrize(
    ("said", "look", "after", "why"),
    [
        (((0, 4, 2),), Detection(), 1.5, "greeting"),
        (((0, 4, 2),), Detection(greeting=3.0), 3.0, "greeting"),
        (((1, 4, 8),), Detection(greeting=3.0), 3.0, "words"),  # the fourth word of eight ends
        (((1, 4, 8),), Detection(greeting=3.0, words=5), 4.0, "greeting"),
        (((0, 1, 6), (1.5, 1, 6)), PATIENT, 1.5 + 5 / 6, "words"),  # words of both count
        (((0, 4, 1),), Detection(greeting=5.0, speech=3.0), 3.0, "speech"),
        (((4, 2, 9),), Detection(time=6.0), 4 + 2 * 4 / 9, "words"),
        (((0, 0.4, 1), (1.3, 9, 30)), Detection(silence=2.0), 1.5, "greeting"),
        (((3, 9, 30),), Detection(initial_silence=3.0, time=9.0), 4.2, "words"),
    ],
)
def test_who_is_a_machine_and_when_that_is_known(said, look, after, why):
    found = machine(said, look)
    assert found is not None
    assert (found.after, found.why) == (pytest.approx(after), why)


def test_a_state_with_what_is_listened_for_survives_json():
    from sandbox.calls.flow import Leg, State, new_call

    leg = Leg("outbound", "+12025550101", "+12025550102", "", detection=Detection(words=7))
    assert State.from_json(new_call(leg).to_json()).leg.detection.words == 7
