"""Play and Speak of the API with `mix` false: their leg hears nobody else meanwhile (rest.md)."""

from __future__ import annotations

import pytest

from console.core import clock
from sandbox.calls import control
from sandbox.calls.sentences import say
from sandbox.network.models import HandsetCaption
from sandbox.network.phones import Deed
from sandbox.recordings.sound.mix import CALLER, PLATFORM
from sandbox.recordings.timeline import of_legs
from tests.sandbox.calls.conftest import FRIEND, Line, act, ringing_at
from tests.sandbox.calls.test_control import line, talk  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
ASIDE = "An aside of about fifty characters, three seconds."


def heard_by_friend() -> list[str]:
    captions = HandsetCaption.objects.filter(call=ringing_at(FRIEND).pk, mine=False)
    return [one.shown() for one in captions.order_by("id")]


def friend_says(text: str) -> None:
    act(ringing_at(FRIEND), Deed.SAY, text=text)


def spoken(talk: Line, track: int) -> list[str]:  # noqa: F811
    """What a recording of the call has on one of its tracks."""
    legs = [talk.call_uuid]
    soundings = of_legs(legs, call_uuid=talk.call_uuid, until=clock.now())
    return [one.text for one in soundings if one.track == track]


@pytest.fixture
def aside(account, talk):  # noqa: F811
    """The caller hears the API alone for about three seconds."""
    control.speak(account=account, call_uuid=talk.call_uuid, text=ASIDE, mix=False)
    return talk


def test_the_other_leg_is_not_heard_until_the_text_is_over(aside):
    friend_says("Are you there?")
    aside.live(1)
    assert "Are you there?" not in aside.heard
    aside.live(5)
    friend_says("Hello again?")
    aside.live(1)
    assert aside.heard[-1] == "Hello again?"


def test_the_leg_that_hears_it_is_heard_all_the_same(aside):
    act(aside.phone, Deed.SAY, text="One moment.")
    aside.live(1)
    assert heard_by_friend()[-1] == "One moment."


def test_with_both_legs_nobody_hears_anybody(account, talk):  # noqa: F811
    control.speak(account=account, call_uuid=talk.call_uuid, text=ASIDE, mix=False, legs="both")
    act(talk.phone, Deed.SAY, text="Hear me?")
    friend_says("And me?")
    talk.live(1)
    assert "And me?" not in talk.heard
    assert "Hear me?" not in heard_by_friend()


def test_mixed_with_the_talk_everybody_is_heard(account, talk):  # noqa: F811
    control.speak(account=account, call_uuid=talk.call_uuid, text=ASIDE)
    friend_says("Still here.")
    talk.live(1)
    assert "Still here." in talk.heard


def test_stopping_it_lets_the_other_leg_be_heard(account, talk):  # noqa: F811
    control.speak(account=account, call_uuid=talk.call_uuid, text=ASIDE, mix=False, loop=True)
    control.stop_speaking(account=account, call_uuid=talk.call_uuid)
    friend_says("Back?")
    talk.live(1)
    assert talk.heard[-1] == "Back?"


def test_a_file_is_heard_alone_from_the_moment_that_it_is_asked_for(account, server, talk):  # noqa: F811
    url = f"{server.url}/a.mp3"
    control.play(account=account, call_uuid=talk.call_uuid, urls=[url], mix=False, length=5)
    friend_says("Hello?")
    talk.live(6)
    assert "Hello?" not in talk.heard
    friend_says("And now?")
    talk.live(1)
    assert talk.heard[-1] == "And now?"


def test_the_recording_has_the_words_on_the_line_of_whom_they_came_from_alone(aside):
    friend_says("Lost words.")
    act(aside.phone, Deed.SAY, text="Kept words.")
    aside.live(1)
    assert "Lost words." not in spoken(aside, PLATFORM)
    assert "Kept words." in spoken(aside, CALLER)
    aside.live(5)
    friend_says("Found words.")
    aside.live(1)
    assert "Found words." in spoken(aside, PLATFORM)


def test_the_story_says_that_words_were_not_heard(aside):
    friend_says("Lost words.")
    aside.live(1)
    lost = aside.line("speech_heard")
    assert lost["unheard"] is True
    assert "does not hear it" in say("speech_heard", lost, None).more
    aside.live(5)
    friend_says("Found words.")
    aside.live(1)
    assert "unheard" not in aside.line("speech_heard")
