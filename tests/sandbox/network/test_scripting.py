"""Scripts are checked before a phone follows them."""

from __future__ import annotations

import pytest

from console.core.errors import DomainError, NotFound
from console.core.outcomes import MACHINE_GREETING
from sandbox.network import automata, scripting
from sandbox.network.models import HandsetScript
from tests.sandbox.network.conftest import events, live_on, ring

GOOD = {
    "on_ring": "answer",
    "after": 2,
    "then": [{"after": 1, "digits": "1"}, {"after": 0.5, "hangup": True}],
}


def test_a_script_comes_back_as_it_was_sent(account, phone):
    script = scripting.set_script(account=account, number=phone, **GOOD)
    assert scripting.script_json(script) == GOOD
    assert scripting.get_script(account=account, number=phone).pk == script.pk


def test_a_second_script_takes_the_place_of_the_first(account, phone):
    scripting.set_script(account=account, number=phone, **GOOD)
    scripting.set_script(account=account, number=phone, on_ring="busy")
    assert scripting.script_json(HandsetScript.objects.get()) == {
        "on_ring": "busy",
        "after": 0.0,
        "then": [],
    }


def test_a_removed_script_moves_nothing_and_removing_again_is_nothing(account, phone, frozen):
    scripting.set_script(account=account, number=phone, **GOOD)
    for _ in range(2):
        scripting.remove_script(account=account, number=phone)
    call = ring(account)
    live_on(frozen, 60)
    assert events(call) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_ring": "dance"},
        {"on_ring": None},
        {"on_ring": ["answer"]},
        {"after": -1},
        {"after": 601},
        {"after": "2"},
        {"after": True},
        {"after": float("nan")},
        {"after": float("inf")},
        {"after": 10**400},
        {"then": "1"},
        {"then": {"after": 1}},
        {"then": [1]},
        {"then": [{}]},
        {"then": [{"digits": ""}]},
        {"then": [{"digits": "x"}]},
        {"then": [{"digits": "１"}]},
        {"then": [{"digits": 1}]},
        {"then": [{"digits": "1", "hangup": True}]},
        {"then": [{"hangup": "yes"}]},
        {"then": [{"after": 1, "digits": "1", "more": 1}]},
        {"then": [{"digits": "1"}] * 21},
        {"then": [{"say": ""}]},
        {"then": [{"say": " \n "}]},
        {"then": [{"say": 1}]},
        {"then": [{"say": "x" * 501}]},
        {"then": [{"say": "a\0b"}]},
        {"then": [{"say": "\ud800"}]},
        {"then": [{"say": "Hello", "digits": "1"}]},
        {"then": [{"say": "Hello", "seconds": -1}]},
        {"then": [{"say": "Hello", "seconds": 601}]},
        {"then": [{"digits": "1", "seconds": 1}]},
        {"then": [{"beep": "loud"}]},
        {"then": [{"beep": False}]},
        {"machine": "yes"},
    ],
)
def test_a_script_that_no_phone_can_follow_is_refused_and_the_old_one_stays(account, phone, wrong):
    scripting.set_script(account=account, number=phone, on_ring="ignore")
    with pytest.raises(DomainError) as refused:
        scripting.set_script(account=account, number=phone, **{**GOOD, **wrong})
    assert refused.value.code == "invalid_script"
    assert HandsetScript.objects.get().on_ring == "ignore"


def deeds(call) -> list[tuple]:
    """What the phone did, and how many seconds after noon."""
    return [(one["event"], one["text"], one["seconds"], one["at"][17:19]) for one in events(call)]


def test_a_phone_says_words_beeps_and_waits_for_the_end_of_each(account, phone, frozen):
    then = [
        {"after": 1, "say": "  You have\nreached Anna.  ", "seconds": 4},
        {"after": 0.5, "beep": True},
        {"after": 2, "say": "x" * 50},
        {"after": 0, "hangup": True},
    ]
    scripting.set_script(account=account, number=phone, on_ring="answer", then=then)
    call = ring(account)
    live_on(frozen, 20)
    assert deeds(call) == [
        ("answered", "", 0, "00"),
        ("said", "You have reached Anna.", 4, "01"),
        ("beeped", "", 0, "05"),
        ("said", "x" * 50, 3, "07"),
        ("hung_up", "", 0, "10"),
    ]


def test_a_machine_without_words_greets_and_beeps_before_its_steps(account, phone, frozen):
    then = [{"after": 1, "hangup": True}]
    scripting.set_script(account=account, number=phone, on_ring="answer", machine=True, then=then)
    call = ring(account)
    live_on(frozen, 20)
    greeting = ("said", MACHINE_GREETING, 3.96, "00")
    assert deeds(call)[1:] == [greeting, ("beeped", "", 0, "03"), ("hung_up", "", 0, "04")]


def test_a_machine_says_its_own_words_and_beeps_only_when_told_to(account, phone, frozen):
    then = [{"after": 0, "say": "Leave a message."}]
    scripting.set_script(account=account, number=phone, on_ring="answer", machine=True, then=then)
    call = ring(account)
    live_on(frozen, 20)
    assert [one[:2] for one in deeds(call)] == [("answered", ""), ("said", "Leave a message.")]


def test_the_answer_tells_what_will_be_said_before_the_beep(account, phone):
    then = [
        {"after": 1, "say": "You have reached", "seconds": 2},
        {"after": 0.5, "digits": "1"},
        {"after": 0.5, "say": "Anna.", "seconds": 1},
        {"after": 0, "beep": True},
        {"after": 0, "say": "Thank you."},
    ]
    scripting.set_script(account=account, number=phone, on_ring="answer", then=then)
    assert events(ring(account))[0]["greeting"] == [[1, 2, 3], [4, 1, 1]]


def test_what_was_planned_before_phones_could_speak_is_still_done(account, phone):
    call = ring(account)
    row = {"call_uuid": str(call.pk), "deed": "answer", "action_id": "ring", "digits": ""}
    automata.run({**row, "cause": None, "machine": False})
    assert [one["event"] for one in events(call)] == ["answered"]


def test_ten_02_a_stranger_scripts_nothing(account, other_account, phone):
    with pytest.raises(NotFound):
        scripting.set_script(account=other_account, number=phone, **GOOD)
    assert not HandsetScript.objects.exists()
