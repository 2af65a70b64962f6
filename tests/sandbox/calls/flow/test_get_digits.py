"""GetDigits, rule by rule (compat/xml.md section 3)."""

import pytest

from sandbox.calls.flow import events, hides_digits
from sandbox.calls.flow.commands import (
    Beep,
    Fetch,
    Notify,
    Play,
    Speak,
    StartTimer,
    StopPrompt,
    StoryNote,
)

from .line import Line

AFTER = "<Speak>after</Speak>"


def ask(attributes: str = "", prompts: str = "", action: str = "/digits") -> Line:
    xml = f'<GetDigits action="{action}" {attributes}>{prompts}</GetDigits>'
    return Line().run(xml, AFTER)


def sent(line: Line) -> dict[str, str]:
    """The parameters the action was just asked with."""
    return dict(line.one(Fetch).extra)


def moved_on(line: Line) -> bool:
    return [one.text for one in line.of(Speak)] == ["after"]


def test_the_first_key_is_awaited_from_the_end_of_the_prompts():
    line = ask('timeout="7"', "<Speak>press</Speak><Play>/beep.mp3</Play><Wait/>")
    assert "first_digit" not in [timer.purpose for timer in line.state.timers]
    line.said().said().fire("wait")
    assert line.one(StartTimer).seconds == 7


def test_without_prompts_the_first_key_is_awaited_at_once():
    assert ask().one(StartTimer, lambda one: one.purpose == "first_digit").seconds == 5


def test_the_action_gets_the_digits_when_all_are_there():
    line = ask('numDigits="3" method="GET"').press("12")
    assert line.of(Fetch) == []
    fetch = line.press("3").one(Fetch)
    assert sent(line) == {"Digits": "123"}
    assert (fetch.purpose, fetch.method, fetch.event) == ("action", "GET", "Redirect")


def test_the_finish_key_ends_and_is_left_out():
    assert sent(ask().press("12#")) == {"Digits": "12"}


def test_any_of_several_finish_keys_ends():
    assert sent(ask('finishOnKey="*0"').press("120")) == {"Digits": "12"}


@pytest.mark.parametrize("none", ["none", "", "None"])
def test_without_a_finish_key_every_key_is_a_digit(none):
    line = ask(f'finishOnKey="{none}" numDigits="2"').press("1#")
    assert sent(line) == {"Digits": "1#"}


def test_the_time_between_digits_ends_what_was_collected():
    line = ask('digitTimeout="4"').press("12")
    assert line.of(StartTimer)[-1].seconds == 4
    assert sent(line.fire("next_digit")) == {"Digits": "12"}


def test_no_key_in_time_runs_the_next_element_and_asks_no_action():
    line = ask().fire("first_digit")
    assert moved_on(line)
    assert line.of(Fetch) == line.of(Notify) == []


def test_prompts_are_replayed_for_each_attempt():
    line = ask('retries="3"', "<Speak>press</Speak>").said()
    for _ in range(2):
        assert line.fire("first_digit").one(Speak).text == "press"
        line.said()
    assert moved_on(line.fire("first_digit"))


def test_a_key_interrupts_the_prompt():
    line = ask("", "<Speak>press</Speak>")
    prompt_id = line.one(Speak).prompt_id
    line.press("1")
    assert line.one(StopPrompt).prompt_id == prompt_id
    assert line.one(StartTimer).purpose == "next_digit"
    before = line.state
    assert line.send(events.PromptFinished(prompt_id)).state == before


def test_a_key_interrupts_a_wait_among_the_prompts():
    line = ask("", '<Wait length="60"/>').press("1")
    assert [timer.purpose for timer in line.state.timers] == ["time_limit", "next_digit"]


def test_the_beep_comes_after_the_prompts():
    line = ask('playBeep="true"', "<Speak>press</Speak>")
    assert line.of(Beep) == []
    assert line.said().of(Beep)


def test_a_key_that_is_not_valid_plays_its_sound_and_loses_the_attempt():
    line = ask('validDigits="12" invalidDigitsSound="/no.mp3" retries="2"', "<Speak>press</Speak>")
    line.press("19")
    assert line.one(Play).url == "https://app.example.com/no.mp3"
    line.press("1")  # nobody listens while the sound plays
    assert line.of(Fetch) == []
    assert line.said().one(Speak).text == "press"
    assert moved_on(line.press("9").said())


def test_a_key_that_is_not_valid_without_a_sound_loses_the_attempt_at_once():
    assert moved_on(ask('validDigits="12"').press("13"))


def test_keys_of_a_lost_attempt_do_not_count_for_the_next():
    line = ask('validDigits="12" retries="2" numDigits="2"').press("19").press("2")
    assert line.of(Fetch) == []
    assert sent(line.press("1")) == {"Digits": "21"}


def test_the_finish_key_counts_though_it_is_not_valid():
    assert sent(ask('validDigits="12"').press("1#")) == {"Digits": "1"}


def test_the_finish_key_alone_brings_nothing():
    assert moved_on(ask().press("#"))


def test_without_redirect_the_action_is_told_and_the_next_element_runs():
    line = ask('redirect="false" numDigits="1"').press("1")
    notify = line.one(Notify)
    assert (notify.purpose, dict(notify.extra)) == ("action", {"Digits": "1"})
    assert moved_on(line)


def test_without_an_action_the_digits_are_dropped_and_the_next_element_runs():
    line = ask('numDigits="1"', action="").press("1")
    assert line.of(Fetch) == line.of(Notify) == []
    assert moved_on(line)


def test_log_false_masks_the_digits_wherever_they_could_be_seen():
    line = ask('log="false" numDigits="4" validDigits="1234"')
    assert hides_digits(line.state)
    line.press("1").press("234")
    assert line.one(Fetch).secret == ("Digits",)
    shown = [one for one in line.all if isinstance(one, StoryNote)]
    assert not any(digit in repr([note.data for note in shown]) for digit in ("'1'", "234"))
    assert any("••••" in repr(note.data) for note in shown)


def test_digits_are_shown_when_nobody_asked_to_hide_them():
    line = ask('numDigits="2"')
    assert not hides_digits(line.state)
    assert line.press("12").notes("digits_collected") == [{"digits": "12"}]


def test_keys_of_other_scripts_are_no_digits():
    line = ask('numDigits="1"').press("١").press("１")
    assert line.of(Fetch) == []


def test_keys_after_the_last_digit_are_dropped():
    assert sent(ask('numDigits="2"').press("12345")) == {"Digits": "12"}


def test_a_hangup_while_collecting_asks_nothing():
    line = ask().press("12").hang_up()
    assert line.ended_with == 4000
    assert line.of(Fetch) == line.of(Notify) == []


def test_a_timer_that_comes_late_changes_nothing():
    line = ask()
    timer = line.one(StartTimer, lambda one: one.purpose == "first_digit").timer_id
    line.press("1")
    before = line.state
    assert line.send(events.TimerFired(timer)).state == before


def test_get_digits_before_the_answer_leaves_the_call_ringing():
    line = Line().run('<PreAnswer><GetDigits action="/d" numDigits="1"/></PreAnswer>').press("1")
    assert line.one(Fetch).call_status == "ringing"
