"""Documents of the platform's own: at the start of a call, or given to one that runs."""

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import Fetch, Speak, StopPrompt

from .line import Line

OWN = "<Response><Speak>ours</Speak></Response>"


def test_a_call_with_a_document_asks_no_answer_url():
    line = Line(direction="outbound", document=OWN).begin()
    assert not line.ever(Fetch)
    assert line.one(Speak).text == "ours"


def test_a_document_that_is_given_replaces_what_runs():
    line = Line().run("<Speak>theirs</Speak>", "<Speak>next</Speak>")
    line.send(events.DocumentGiven(OWN))
    assert line.of(StopPrompt)
    assert line.one(Speak).text == "ours"
    assert line.said().ended_with == 4010


def test_a_call_that_rings_takes_no_document():
    line = Line().send(events.IncomingCall())
    assert line.send(events.DocumentGiven(OWN)).last == ()


def test_a_document_that_cannot_be_read_ends_the_call():
    line = Line().run("<Wait/>").send(events.DocumentGiven("<Nonsense/>"))
    assert line.ended_with == 8011


# A key that comes first


def confirmed(**more) -> Line:
    """A call that has been answered and waits for the key 5."""
    sound = {"confirm_sound": "https://app.example.com/press", **more}
    return Line(direction="outbound", document=OWN, confirm_key="5", **sound).begin()


def test_whoever_answers_hears_the_sound_and_the_key_lets_the_document_run():
    line = confirmed()
    fetch = line.one(Fetch)
    assert (fetch.purpose, fetch.method) == ("confirm_sound", "GET")
    line.reply("<Speak>press five</Speak><Speak>now</Speak>")
    assert line.one(Speak).text == "press five"
    line.said()
    prompt = line.one(Speak)
    assert prompt.text == "now"
    line.press("5")
    assert line.one(StopPrompt).prompt_id == prompt.prompt_id
    assert line.one(Speak).text == "ours"
    assert line.notes("leg_confirmed")
    assert line.said().ended_with == 4010


def test_the_key_may_come_before_the_sound():
    line = confirmed().press("5")
    assert line.one(Speak).text == "ours"
    late = line.the_last(Fetch).fetch_id
    assert line.send(events.DocumentFetched(late, OWN)).last == ()


def test_a_wrong_key_ends_the_call_with_9110():
    line = confirmed().press("6")
    assert not line.ever(Speak)
    assert line.ended_with == 9110


def test_no_key_in_time_ends_the_call_with_9110():
    line = confirmed().reply("<Wait length='2'/><Speak>press</Speak>")
    line.fire("wait").said()
    assert not line.state.is_over
    assert line.fire("confirm").ended_with == 9110


def test_a_sound_that_cannot_be_had_leaves_the_key_to_be_pressed():
    line = confirmed().fail()
    assert not line.state.is_over
    assert line.press("5").one(Speak).text == "ours"


def test_a_key_without_a_sound_is_waited_for_in_silence():
    line = confirmed(confirm_sound="")
    assert not line.ever(Fetch)
    assert line.press("5").one(Speak).text == "ours"


def test_who_hangs_up_instead_of_the_key_ends_the_call():
    assert confirmed().reply("<Speak>press</Speak>").hang_up().ended_with == 4000


def test_the_story_says_which_key_is_waited_for_and_that_it_came():
    line = confirmed()
    assert line.notes("confirm_asked") == [{"digit": "5"}]
    line.press("5")
    assert line.notes("leg_confirmed") == [{}]
    assert line.notes("document_started") == [{"url": ""}]


def test_a_sound_that_comes_twice_is_played_once():
    line = confirmed()
    fetch = line.one(Fetch).fetch_id
    line.reply("<Speak>press five</Speak>")
    assert line.send(events.DocumentFetched(fetch, OWN)).last == ()


def test_a_wait_among_the_sounds_is_no_end_of_patience():
    line = confirmed().reply("<Wait/><Speak>press five</Speak>")
    assert line.fire("wait").one(Speak).text == "press five"


def test_the_key_must_come_from_the_phone_that_was_called():
    assert confirmed().press("5", 7).last == ()


def test_a_sound_that_nobody_asked_for_is_not_played():
    line = confirmed()
    assert line.send(events.DocumentFetched(line.one(Fetch).fetch_id + 1, OWN)).last == ()


def test_nothing_of_the_sounds_is_armed_once_the_key_came():
    line = confirmed().reply('<Wait length="9"/>').press("5")
    assert [one.purpose for one in line.state.timers] == ["time_limit"]


def test_a_wait_that_is_over_leaves_no_timer_behind():
    line = confirmed().reply('<Wait length="9" silence="true" minSilence="900"/>').fire("silence")
    assert [one.purpose for one in line.state.timers] == ["time_limit", "confirm"]
