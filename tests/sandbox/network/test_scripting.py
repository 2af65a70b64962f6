"""Scripts are checked before a phone follows them."""

from __future__ import annotations

import pytest

from console.core.errors import DomainError, NotFound
from sandbox.network import scripting
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
    ],
)
def test_a_script_that_no_phone_can_follow_is_refused_and_the_old_one_stays(account, phone, wrong):
    scripting.set_script(account=account, number=phone, on_ring="ignore")
    with pytest.raises(DomainError) as refused:
        scripting.set_script(account=account, number=phone, **{**GOOD, **wrong})
    assert refused.value.code == "invalid_script"
    assert HandsetScript.objects.get().on_ring == "ignore"


def test_ten_02_a_stranger_scripts_nothing(account, other_account, phone):
    with pytest.raises(NotFound):
        scripting.set_script(account=other_account, number=phone, **GOOD)
    assert not HandsetScript.objects.exists()
