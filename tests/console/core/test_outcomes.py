import re

import pytest

from console.core.message_errors import MESSAGE_ERRORS
from console.core.outcomes import (
    OUTCOMES,
    CallFate,
    MessageFate,
    find_outcome,
    is_outcome_number,
)


def test_every_number_is_in_the_block_once_and_in_order():
    numbers = [outcome.number for outcome in OUTCOMES]
    assert numbers == sorted(set(numbers))
    assert all(re.fullmatch(r"\+150055501[0-9]{2}", number) for number in numbers)


def test_the_last_two_digits_are_the_seconds_of_ringing():
    for seconds in range(21):
        outcome = find_outcome(f"+150055501{seconds:02d}")
        assert outcome is not None
        assert (outcome.call.fate, outcome.call.ring_seconds) == (CallFate.ANSWERS, seconds)


def test_every_error_code_of_messages_has_its_number():
    errors = [outcome.message.error for outcome in OUTCOMES if outcome.message.error]
    assert errors == list(MESSAGE_ERRORS)


@pytest.mark.parametrize("fate", CallFate)
def test_every_fate_of_a_call_has_a_number(fate):
    assert any(outcome.call.fate is fate for outcome in OUTCOMES)


@pytest.mark.parametrize("fate", MessageFate)
def test_every_fate_of_a_message_has_a_number(fate):
    assert any(outcome.message.fate is fate for outcome in OUTCOMES)


def test_a_call_that_never_connects_names_its_cause():
    connecting = {
        CallFate.ANSWERS,
        CallFate.FIRST_CARRIER_FAILS,
        CallFate.ANSWERING_MACHINE,
        CallFate.PRESSES_DIGITS,
        CallFate.HANGS_UP,
    }
    for outcome in OUTCOMES:
        assert outcome.call.fate in connecting or outcome.call.cause is not None


def test_the_number_that_presses_seven_ends_in_seven():
    outcome = find_outcome("+15005550147")
    assert outcome is not None
    assert outcome.call.digits == "7"


@pytest.mark.parametrize("number", ["+15005550160", "+15005550200", "15005550121", ""])
def test_a_number_outside_the_table_is_no_outcome_number(number):
    assert find_outcome(number) is None
    assert not is_outcome_number(number)
