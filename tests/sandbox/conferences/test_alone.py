"""A member that hears the API alone (`mix` false) does not hear its room meanwhile."""

from __future__ import annotations

import pytest

from sandbox.calls import control
from sandbox.calls.sentences import say
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import act
from tests.sandbox.conferences.conftest import FRIEND, OTHER, PHONE

pytestmark = pytest.mark.django_db
ASIDE = "An aside of about fifty characters, three seconds."


@pytest.fixture
def three(account, answers, caller):
    """Three members; the first hears the API alone for about three seconds."""
    answers("<Conference>Lobby</Conference>")
    lines = [caller(PHONE), caller(FRIEND), caller(OTHER)]
    lines[0].live(1)
    control.speak(account=account, call_uuid=lines[0].call_uuid, text=ASIDE, mix=False)
    return lines


def test_words_and_keys_of_the_room_pass_it_by(three):
    alone, speaks, listens = three
    act(speaks.phone, Deed.SAY, text="Good morning.")
    speaks.press("7").live(1)
    assert alone.heard[-1] == ASIDE
    assert {"+1 202 555 0143: Good morning.", "7"} <= set(listens.heard)


def test_it_is_heard_itself(three):
    alone, others = three[0], three[1:]
    act(alone.phone, Deed.SAY, text="One moment.")
    alone.live(1)
    assert all(one.heard[-1] == "+1 202 555 0142: One moment." for one in others)


def test_it_hears_the_room_again_when_the_text_is_over(three):
    alone, speaks, _ = three
    alone.live(5)
    act(speaks.phone, Deed.SAY, text="Good morning.")
    alone.live(1)
    assert alone.heard[-1] == "+1 202 555 0143: Good morning."


def test_the_story_tells_whom_it_did_not_hear(three):
    alone, speaks, _ = three
    act(speaks.phone, Deed.SAY, text="Good morning.")
    alone.live(1)
    told = say("room_unheard", alone.line("room_unheard"), None).text
    assert told.startswith("Does not hear +1 202 555 0143")
    assert "room_heard_words" not in alone.kinds
