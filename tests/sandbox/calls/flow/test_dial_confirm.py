"""confirmSound, confirmKey and confirmTimeout of Dial (compat/xml.md section 4)."""

import pytest

from sandbox.calls.flow.commands import Bridge, Fetch, HangupLeg, Speak, StopPrompt
from sandbox.calls.flow.events import DocumentFetched, PromptFinished

from .dialling import BOTH, ONE, answers, child, dial, told
from .line import Line

CONFIRM = 'action="/done" confirmSound="/confirm" confirmKey="5" confirmTimeout="9"'


def confirming(attributes: str = CONFIRM, children: str = ONE) -> Line:
    line = answers(dial(children, attributes))
    fetch = line.one(Fetch)
    assert (fetch.purpose, fetch.method, fetch.child) == ("confirm_sound", "POST", child(line))
    return line


def test_the_confirm_sound_is_played_to_the_leg_that_answered():
    speak = confirming().reply("<Speak>press five</Speak>").one(Speak)
    assert speak.child != 0


def test_the_right_key_connects_even_while_the_sound_plays():
    line = confirming().reply("<Speak>press five</Speak>")
    line.press("5", child(line))
    assert line.of(StopPrompt)
    assert line.one(Bridge).child == child(line)


def test_a_wrong_key_ends_the_leg_with_its_cause():
    line = confirming()
    line.press("6", child(line))
    assert line.one(HangupLeg).cause == 9110
    assert told(line)["DialStatus"] == "failed"


def test_no_key_in_time_ends_the_leg_with_its_cause():
    line = confirming()
    assert [one.purpose for one in line.state.timers].count("confirm") == 1
    assert line.fire("confirm").one(HangupLeg).cause == 9110


def test_without_a_key_the_end_of_the_sound_connects():
    line = confirming('confirmSound="/confirm"').reply("<Speak>a call for you</Speak>", "<Wait/>")
    assert line.said().of(Bridge) == []
    assert line.fire("wait").of(Bridge)


@pytest.mark.parametrize("reply", ["<Response/>", "rubbish", "<Response><Hangup/></Response>"])
def test_without_a_key_a_sound_that_cannot_be_played_connects(reply):
    assert confirming('confirmSound="/confirm"').body(reply).of(Bridge)


def test_with_a_key_a_missing_sound_still_waits_for_the_key():
    line = confirming().fail()
    assert line.of(Bridge) == []
    assert line.press("5", child(line)).of(Bridge)


def test_a_confirm_url_that_cannot_be_asked_connects_at_once_without_a_key():
    line = answers(dial(attributes='confirmSound="ftp://example.com"'))
    assert line.of(Bridge)


def test_the_first_to_confirm_wins_not_the_first_to_answer():
    line = answers(answers(dial(BOTH, CONFIRM)), 2)
    line.press("5", child(line, 2))
    assert line.one(Bridge).child == child(line, 2)
    assert line.one(HangupLeg).cause == 9000


def test_the_ring_timeout_spares_a_leg_that_is_confirming():
    line = answers(dial(BOTH, CONFIRM)).fire("dial_ring")
    assert [one.child for one in line.of(HangupLeg)] == [child(line, 2)]
    assert line.press("5", child(line)).of(Bridge)


def test_each_leg_that_confirms_hears_its_own_sounds():
    line = confirming(children=BOTH).reply("<Speak>one</Speak><Speak>two</Speak>")
    first = line.one(Speak).prompt_id
    second = answers(line, 2).reply("<Speak>a</Speak><Speak>b</Speak>").one(Speak).prompt_id
    for prompt, text, position in ((second, "b", 2), (first, "two", 1)):
        said = line.send(PromptFinished(prompt)).one(Speak)
        assert (said.text, said.child) == (text, child(line, position))


def test_with_a_key_the_end_of_the_sound_still_waits_for_the_key():
    line = confirming().reply("<Speak>press five</Speak>").said()
    assert line.last == ()
    assert line.press("5", child(line)).one(Bridge)


def test_without_a_key_pressing_one_changes_nothing():
    line = confirming('confirmSound="/confirm"').reply("<Speak>a call for you</Speak>")
    assert line.press("5", child(line)).last == ()


def test_the_key_must_come_from_the_leg_that_confirms():
    assert confirming().press("5").of(Bridge) == []


def test_a_sound_that_comes_twice_is_played_once():
    line = confirming()
    fetch = line.one(Fetch).fetch_id
    line.reply("<Speak>press five</Speak>")
    assert line.send(DocumentFetched(fetch, "<Response><Speak>no</Speak></Response>")).last == ()


def test_the_story_says_that_a_leg_confirmed_and_what_sound_was_missing():
    line = confirming().fail("timeout")
    assert line.notes("fetch_failed")[0]["reason"] == "timeout"
    line.press("5", child(line))
    assert line.notes("leg_confirmed") == [{"child": child(line)}]
