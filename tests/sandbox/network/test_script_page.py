"""Telling a handset in the browser what to do by itself."""

from __future__ import annotations

import pytest

from sandbox.network import scripting
from sandbox.network.models import HandsetScript
from tests.sandbox.network.conftest import PHONE

PATH = f"/handsets/{PHONE}/script/"
GOOD = {"on_ring": "answer", "after": "3", "digits": "1#", "digits_after": "2", "hangup_after": "5"}


@pytest.fixture
def signed_in(client, owner, phone):
    client.force_login(owner)
    return client


def test_a_script_is_saved_and_shown_again(signed_in):
    assert signed_in.post(PATH, GOOD).status_code == 302
    assert scripting.script_json(HandsetScript.objects.get()) == {
        "on_ring": "answer",
        "after": 3,
        "then": [{"after": 2, "digits": "1#"}, {"after": 5, "hangup": True}],
    }
    shown = signed_in.get(PATH).text
    assert 'value="1#"' in shown
    assert "cannot show" not in shown


def test_a_machine_is_saved_and_shown_again(signed_in):
    machine = {
        **GOOD,
        "on_ring": "machine",
        "words": "Leave a message.",
        "words_after": "0.5",
        "words_seconds": "6",
        "beep": "on",
    }
    assert signed_in.post(PATH, machine).status_code == 302
    assert scripting.script_json(HandsetScript.objects.get()) == {
        "on_ring": "answer",
        "machine": True,
        "after": 3,
        "then": [
            {"after": 0.5, "say": "Leave a message.", "seconds": 6},
            {"after": 0, "beep": True},
            {"after": 2, "digits": "1#"},
            {"after": 5, "hangup": True},
        ],
    }
    shown = signed_in.get(PATH).text
    assert '<option value="machine" selected>' in shown
    assert 'value="Leave a message."' in shown
    assert "cannot show" not in shown


@pytest.mark.parametrize(
    "script",
    [
        {"then": [{"digits": "1"}, {"say": "Hello"}]},
        {"then": [{"say": "Hello"}, {"after": 1, "beep": True}]},
        {"then": [{"beep": True}]},
    ],
)
def test_what_the_form_has_no_place_for_is_shown_as_it_is(signed_in, account, phone, script):
    scripting.set_script(account=account, number=phone, on_ring="answer", **script)
    assert "cannot show" in signed_in.get(PATH).text


def test_waiting_for_me_takes_the_script_away(signed_in):
    signed_in.post(PATH, GOOD)
    signed_in.post(PATH, {**GOOD, "on_ring": ""})
    assert not HandsetScript.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_ring": "dance"},
        {"after": "-1"},
        {"after": "601"},
        {"after": "nan"},
        {"after": "x" * 5000},
        {"digits": "12a"},
        {"digits": "１"},
        {"digits": "1" * 33},
        {"hangup_after": "1e9"},
        {"on_ring": "reject"},
        {"words": "x" * 501},
        {"words_seconds": "601", "words": "Hello"},
        {"words_seconds": "5"},
        {"beep": "on"},
    ],
)
def test_a_wrong_script_is_refused_beside_its_field_and_keeps_what_was_typed(signed_in, wrong):
    answer = signed_in.post(PATH, {**GOOD, **wrong})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert not HandsetScript.objects.exists()


def test_a_script_that_the_form_cannot_show_is_shown_as_it_is(signed_in, account, phone):
    keys = [{"after": 1, "digits": "1"}] * 3
    scripting.set_script(account=account, number=phone, on_ring="answer", then=keys)
    assert "cannot show" in signed_in.get(PATH).text


def test_ten_02_a_strangers_script_is_404(client, stranger, phone):
    client.force_login(stranger)
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, GOOD).status_code == 404


def test_an_analyst_sets_no_script(client, analyst, phone):
    client.force_login(analyst)
    assert client.post(PATH, GOOD).status_code == 403
