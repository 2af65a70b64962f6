"""Speak, Play, Wait, Redirect, Hangup, PreAnswer and DTMF as they run."""

import pytest

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import (
    Answer,
    CancelTimer,
    Fetch,
    HangUp,
    Play,
    SendDtmf,
    Speak,
    StartTimer,
    StopPrompt,
)

from .line import Line

SAY = "<Speak>after</Speak>"


def test_speak_says_its_text_and_estimates_its_time():
    speak = Line().run('<Speak voice="MAN" language="en-GB" loop="2">hello</Speak>').one(Speak)
    assert (speak.text, speak.voice, speak.language, speak.loop) == ("hello", "MAN", "en-GB", 2)
    assert speak.seconds == pytest.approx(0.6)


def test_a_speak_without_end_has_no_time():
    assert Line().run('<Speak loop="0">hello</Speak>').one(Speak).seconds is None


def test_the_next_element_waits_for_the_end_of_the_prompt():
    line = Line().run("<Speak>one</Speak><Speak>two</Speak>")
    assert [one.text for one in line.of(Speak)] == ["one"]
    assert [one.text for one in line.said().of(Speak)] == ["two"]


def test_the_end_of_another_prompt_moves_nothing():
    line = Line().run("<Speak>one</Speak><Speak>two</Speak>")
    before = line.state
    assert line.send(events.PromptFinished(999)).state == before


def test_a_speak_without_words_is_passed_over_with_a_note():
    line = Line().run(f"<Speak/>{SAY}")
    assert line.one(Speak).text == "after"
    assert line.notes("nothing_to_say")


def test_play_plays_and_a_file_that_cannot_be_had_is_passed_over():
    line = Line().run(f'<Play loop="3">tune.mp3#ct=100</Play>{SAY}')
    play = line.one(Play)
    assert (play.url, play.settings, play.loop) == (
        "https://app.example.com/voice/tune.mp3",
        "ct=100",
        3,
    )
    line.said(failed="status 404")
    assert line.notes("audio_failed") == [{"reason": "status 404"}]
    assert line.one(Speak).text == "after"


def test_a_play_url_that_may_not_be_asked_is_passed_over():
    line = Line().run(f"<Play>file:///etc/passwd</Play>{SAY}")
    assert line.of(Play) == []
    assert line.one(Speak).text == "after"


def test_wait_waits():
    line = Line().run(f'<Wait length="7"/>{SAY}')
    assert line.one(StartTimer, lambda one: one.purpose == "wait").seconds == 7
    assert line.fire("wait").one(Speak).text == "after"


def test_wait_ends_early_after_enough_silence_and_a_voice_begins_it_anew():
    line = Line().run(f'<Wait length="60" silence="true" minSilence="1500"/>{SAY}')
    assert line.one(StartTimer, lambda one: one.purpose == "silence").seconds == 1.5
    line.send(events.Heard("voice"))
    assert line.of(CancelTimer)
    assert line.one(StartTimer).purpose == "silence"
    assert line.fire("silence").one(Speak).text == "after"
    assert "wait" not in [timer.purpose for timer in line.state.timers]


def test_silence_is_counted_from_the_end_of_what_is_said():
    line = Line().run(f'<Wait length="60" silence="true" minSilence="1500"/>{SAY}')
    line.send(events.SpeechHeard("You have reached Anna.", 0, 4))
    assert "silence" not in [timer.purpose for timer in line.state.timers]
    line.fire("talking")
    assert line.one(StartTimer).seconds == 1.5
    assert line.fire("silence").one(Speak).text == "after"


def test_a_wait_that_begins_while_somebody_talks_hears_the_end_of_it():
    line = Line().run(
        "<Speak>before</Speak>", '<Wait length="60" silence="true" minSilence="900"/>'
    )
    line.send(events.SpeechHeard("You have reached Anna.", 0, 9)).said()
    assert "silence" not in [timer.purpose for timer in line.state.timers]
    assert line.fire("talking").one(StartTimer).seconds == 0.9


def test_what_another_leg_says_is_no_sound_for_a_wait():
    line = Line().run(f'<Wait length="60" silence="true" minSilence="1500"/>{SAY}')
    line.send(events.SpeechHeard("elsewhere", 7, 4))
    assert line.fire("silence").one(Speak).text == "after"


def test_wait_ends_early_on_a_beep_when_it_listens_for_one():
    deaf = Line().run(f'<Wait length="60"/>{SAY}').send(events.Heard("beep"))
    assert deaf.of(Speak) == []
    keen = Line().run(f'<Wait length="60" beep="true"/>{SAY}').send(events.Heard("beep"))
    assert keen.one(Speak).text == "after"


def test_redirect_replaces_the_document_and_leaves_the_call_unanswered():
    line = Line().run(f'<Redirect method="get">/next</Redirect>{SAY}')
    fetch = line.one(Fetch)
    assert (fetch.purpose, fetch.method, fetch.event, fetch.call_status) == (
        "redirect",
        "GET",
        "Redirect",
        "ringing",
    )
    assert line.ever(Answer) == []
    assert line.reply("<Speak>new</Speak>").one(Speak).text == "new"


@pytest.mark.parametrize(
    "xml",
    ["<Speak>x</Speak>", "<Play>/a.mp3</Play>", "<Wait/>", "<GetDigits/>", "<DTMF>1</DTMF>"],
)
def test_the_first_element_answers_an_inbound_call(xml):
    line = Line().run(xml)
    assert line.of(Answer)
    assert line.state.answered


def test_an_outbound_call_is_not_answered_again():
    assert Line(direction="outbound").run(SAY).ever(Answer) == []


@pytest.mark.parametrize(("reason", "code"), [("busy", 3010), ("rejected", 3020)])
def test_hangup_with_a_reason_refuses_an_unanswered_call(reason, code):
    line = Line().run(f'<Hangup reason="{reason}"/>')
    assert line.ended_with == code
    hangup = line.one(HangUp)
    assert (hangup.source, hangup.answered) == ("Answer XML", False)


def test_hangup_with_a_reason_is_a_normal_hangup_after_the_answer():
    line = Line().run('<Speak>x</Speak><Hangup reason="busy"/>').said()
    assert line.ended_with == 4000


def test_hangup_ends_the_call_by_the_answer_xml():
    line = Line(direction="outbound").run("<Hangup/>")
    hangup = line.one(HangUp)
    assert (hangup.cause, hangup.source, hangup.call_status) == (4000, "Answer XML", "completed")
    assert hangup.drop_line is True


def test_a_scheduled_hangup_lets_the_call_go_on_and_fires_later():
    line = Line().run('<Hangup schedule="30"/><Speak loop="0">for ever</Speak>')
    assert line.one(StartTimer, lambda one: one.purpose == "scheduled_hangup").seconds == 30
    assert line.of(Speak)
    line.fire("scheduled_hangup")
    assert line.ended_with == 6000
    assert line.of(StopPrompt)


def test_a_later_scheduled_hangup_takes_the_place_of_the_first():
    line = Line().run('<Hangup schedule="30"/><Hangup schedule="60"/><Wait length="9"/>')
    assert [one.purpose for one in line.state.timers].count("scheduled_hangup") == 1


def test_pre_answer_runs_before_the_answer_and_what_follows_answers():
    line = Line().run("<PreAnswer><Speak>ring ring</Speak><Wait/></PreAnswer>", SAY)
    assert line.one(Speak).text == "ring ring"
    assert line.said().fire("wait").of(Answer)
    assert line.one(Speak).text == "after"


def test_pre_answer_leaves_the_call_ringing():
    line = Line().run("<PreAnswer><Speak>x</Speak><Redirect>/n</Redirect></PreAnswer>").said()
    assert line.one(Fetch).call_status == "ringing"
    assert line.ever(Answer) == []


def test_a_call_that_only_pre_answers_ends_unanswered():
    line = Line().run("<PreAnswer><Speak>x</Speak></PreAnswer>").said()
    assert line.ended_with == 4010
    assert line.one(HangUp).answered is False


def test_an_empty_pre_answer_is_passed_over():
    assert Line().run(f"<PreAnswer/>{SAY}").one(Speak).text == "after"


def test_pre_answer_on_an_answered_call_is_a_plain_container():
    line = Line(direction="outbound").run("<PreAnswer><Speak>x</Speak></PreAnswer>", SAY)
    assert line.said().one(Speak).text == "after"


def test_dtmf_sends_its_tones_and_goes_on_at_once():
    line = Line().run(f"<DTMF>12w#</DTMF>{SAY}")
    assert line.one(SendDtmf).digits == "12w#"
    assert line.one(Speak).text == "after"


def test_dtmf_waits_for_its_tones_when_asked_to():
    line = Line().run(f'<DTMF async="false">1W</DTMF>{SAY}')
    assert line.of(Speak) == []
    assert line.one(StartTimer, lambda one: one.purpose == "dtmf").seconds == 1.25
    assert line.fire("dtmf").one(Speak).text == "after"


def test_keys_nobody_asked_for_are_counted_and_not_shown():
    line = Line().run(SAY).press("4711")
    assert line.notes("digits_ignored") == [{"count": 4}]
    assert "4711" not in repr(line.last)


def test_the_story_says_where_each_element_began_and_ended():
    line = Line().begin().body("<Response>\n  <Speak>x</Speak>\n  <Wait/></Response>").said()
    notes = [one for one in line.all if getattr(one, "kind", "").startswith("element_")]
    assert [(one.kind, one.element, one.line, one.column) for one in notes] == [
        ("element_started", "Speak", 2, 3),
        ("element_ended", "Speak", 2, 3),
        ("element_started", "Wait", 3, 3),
    ]


def test_a_voice_does_not_end_a_wait_for_a_beep():
    line = Line().run(f'<Wait length="60" beep="true"/>{SAY}').send(events.Heard("voice"))
    assert line.last == ()


def test_nothing_of_a_wait_is_armed_after_it_heard_its_beep():
    wait = '<Wait length="60" beep="true" silence="true" minSilence="900"/>'
    line = Line().run(wait, SAY).send(events.Heard("beep"))
    assert [one.purpose for one in line.state.timers] == ["time_limit"]


def test_a_hangup_that_is_yet_to_come_leaves_the_call_unanswered():
    line = Line().run('<Hangup schedule="9"/>', "<Redirect>/next</Redirect>")
    assert line.ever(Answer) == []
    assert line.one(Fetch).call_status == "ringing"


def test_dtmf_may_stand_in_an_attribute():
    assert Line().run('<DTMF digits="12"/>').one(SendDtmf).digits == "12"
    assert Line().run('<DTMF digits="12">34</DTMF>').one(SendDtmf).digits == "34"


def test_a_wait_does_not_hear_that_another_leg_talks_when_it_begins():
    line = Line().run("<Speak>before</Speak>", '<Wait length="9" silence="true" minSilence="900"/>')
    line.send(events.SpeechHeard("elsewhere", 7, 4)).said()
    assert "silence" in [timer.purpose for timer in line.state.timers]


def test_each_leg_talks_for_its_own_time():
    line = Line().run('<Speak loop="0">music</Speak>')
    line.send(events.SpeechHeard("one", 0, 4)).send(events.SpeechHeard("two", 7, 4))
    line.send(events.SpeechHeard("three", 0, 4))
    talking = [timer.child for timer in line.state.timers if timer.purpose == "talking"]
    assert sorted(talking) == [0, 7]


def test_nothing_is_sent_when_there_are_no_tones():
    assert Line().run('<DTMF async="false"/>', SAY).ever(SendDtmf) == []


def test_tones_that_a_transfer_cuts_short_leave_no_timer_behind():
    line = Line().run('<DTMF async="false">1W</DTMF>', SAY)
    line.send(events.TransferAsked("https://app.example.com/on"))
    assert [one.purpose for one in line.state.timers] == ["time_limit"]
