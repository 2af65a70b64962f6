"""A Dial whose connected leg goes its own way, and other ends that are not the usual ones."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import (
    DialLeg,
    Fetch,
    HangUp,
    HangupLeg,
    Notify,
    Ringback,
    Speak,
    StopPrompt,
    Unbridge,
)

from .dialling import BOTH, ONE, answers, child, dial, ends, rings, told
from .line import CALLER, Line

COMPLETED = {
    "DialStatus": "completed",
    "DialRingStatus": "true",
    "DialHangupCause": "NORMAL_CLEARING",
}


def test_a_connected_leg_that_goes_its_own_way_ends_the_dial():
    line = answers(dial())
    line.send(events.LegLeft(child(line)))
    assert told(line) == COMPLETED
    assert line.one(Unbridge).child == child(line)
    assert line.of(HangupLeg) == []
    assert line.notes("leg_parted") == [{"child": child(line)}]


def test_a_leg_that_is_not_connected_cannot_go_its_own_way():
    line = answers(dial(BOTH), 2)
    assert line.send(events.LegLeft(child(line, 1))).last == ()
    ringing = rings(dial())
    assert ringing.send(events.LegLeft(child(ringing))).last == ()


def test_a_transfer_that_spares_the_connected_leg_does_not_hang_it_up():
    line = answers(dial(attributes='callbackUrl="/live"'))
    line.send(events.TransferAsked("https://app.example.com/on", spare=child(line)))
    assert line.one(Fetch).purpose == "transfer"
    assert line.one(Unbridge).child == child(line)
    assert (line.of(HangupLeg), line.of(Notify)) == ([], [])
    assert line.notes("leg_parted") == [{"child": child(line)}]


def test_a_transfer_spares_no_leg_that_is_not_connected():
    line = rings(dial(direction="outbound"))
    line.send(events.TransferAsked("https://app.example.com/on", spare=child(line)))
    assert line.one(HangupLeg).child == child(line)
    assert line.notes("leg_parted") == []


@pytest.mark.parametrize(
    ("children", "telephony"),
    [
        (f"<Number/><Number>{CALLER}</Number>", "NORMAL_TEMPORARY_FAILURE"),
        (f"<Number>{CALLER}</Number><Number/>", "UNALLOCATED_NUMBER"),
    ],
)
def test_of_children_that_are_all_refused_the_last_says_why(children, telephony):
    assert told(dial(children))["DialHangupCause"] == telephony


def test_a_far_end_that_is_busy_everywhere_is_busy():
    assert told(ends(dial(), 3100))["DialStatus"] == "busy"


@pytest.mark.parametrize(
    ("source", "expected"), [("", "Carrier"), ("Callee", "Callee"), ("Plivo", "Plivo")]
)
def test_a_leg_that_ends_unanswered_without_a_cause_was_not_answered(source, expected):
    line = dial()
    line.send(events.LegEnded(child(line), 0, source))
    assert told(line)["DialStatus"] == "no-answer"
    assert line.notes("leg_ended")[0]["source"] == expected


@pytest.mark.parametrize("cause", [1, 4001])
def test_a_cause_nobody_knows_is_the_usual_one(cause):
    assert told(ends(answers(dial()), cause))["DialHangupCause"] == "NORMAL_CLEARING"


def test_a_leg_that_ends_for_unknown_reasons_says_so():
    line = dial()
    line.send(events.LegEnded(child(line), 0, "Unknown"))
    assert line.notes("leg_ended")[0]["cause"] == 0


@pytest.mark.parametrize(
    "target",
    [
        "sip:ann@phone.example.com",
        "sips:ann@phone.example.com;transport=tls",
        "SIP:Ann@phone.example.com",
    ],
)
def test_an_endpoint_that_dials_itself_is_a_loop_however_it_is_written(target):
    line = dial(f"<User>{target}</User>", from_number="sip:ann@phone.example.com")
    assert line.one(DialLeg).refused_cause == 2060


def test_an_endpoint_may_be_led_to_what_it_dialled():
    line = dial(
        f"<Number>{CALLER}</Number>", from_number="sip:ann@phone.example.com", to_number=CALLER
    )
    assert line.one(DialLeg).refused_cause == 0


def test_music_goes_on_after_a_wait_in_it():
    line = dial(attributes='dialMusic="/music"').reply('<Wait length="2"/>', "<Speak>soon</Speak>")
    assert line.fire("wait").one(Speak).text == "soon"
    line.said()
    assert [one.purpose for one in line.state.timers].count("wait") == 1


def test_music_stops_when_somebody_answers():
    line = dial(attributes='dialMusic="/music"').reply("<Speak>soon</Speak>")
    music = line.one(Speak).prompt_id
    assert answers(line).one(StopPrompt).prompt_id == music
    assert line.of(Ringback) == []


def test_music_that_comes_after_the_answer_is_not_played():
    line = dial(attributes='dialMusic="/music"')
    fetch = line.the_last(Fetch).fetch_id
    answers(line)
    line.send(events.DocumentFetched(fetch, "<Response><Speak>late</Speak></Response>"))
    assert line.last == ()


def test_the_tone_goes_silent_when_somebody_answers():
    assert answers(dial()).one(Ringback).style == "off"


def test_the_star_of_a_connected_call_is_a_normal_hangup_by_the_caller():
    line = answers(dial(attributes='action="/done" hangupOnStar="true"')).press("*")
    gone = line.one(HangupLeg)
    assert (gone.cause, gone.source) == (4000, "Caller")
    assert line.notes("star_pressed") == [{}]
    assert told(line) == COMPLETED


def test_the_star_of_a_call_that_rings_cancels_it():
    line = rings(dial(attributes='action="/done" hangupOnStar="true"')).press("*")
    gone = line.one(HangupLeg)
    assert (gone.cause, gone.source) == (1000, "Caller")
    assert told(line)["DialStatus"] == "cancel"


def test_a_call_that_is_hung_up_by_the_api_ends_its_legs_with_that_source():
    line = answers(dial()).send(events.HangupAsked())
    gone = line.one(HangupLeg)
    assert (gone.cause, gone.source) == (4000, "API Request")
    assert line.one(HangUp).source == "API Request"


def test_patterns_of_keys_are_reported_only_once_connected():
    line = rings(dial(ONE, 'callbackUrl="/live" digitsMatch="1" digitsMatchBLeg="2"'))
    assert line.press("1").of(Notify) == []
    assert line.press("2", child(line)).of(Notify) == []


def test_keys_count_towards_a_pattern_from_before_the_answer():
    line: Line = answers(rings(dial(ONE, 'callbackUrl="/live" digitsMatch="12"')).press("1"))
    match = dict(line.press("2").one(Notify).extra)
    assert match == {
        "DialAction": "digits",
        "DialBLegPosition": "1",
        "DialDigitsMatch": "12",
        "DialDigitsPressedBy": "ALeg",
    }


def test_a_dial_that_failed_leaves_no_timer_behind():
    line = ends(rings(dial(attributes="")), 3010)
    assert [one.purpose for one in line.state.timers] == ["time_limit"]


def test_only_the_star_drops_the_other_leg():
    line = answers(dial(attributes='hangupOnStar="true"')).press("1#")
    assert line.of(HangupLeg) == []


def test_keys_after_the_star_are_for_what_comes_next():
    line = answers(dial(attributes='hangupOnStar="true" action="/done"')).press("*1")
    assert line.one(Fetch).purpose == "action"
    assert line.state.activity.fetch_id == line.one(Fetch).fetch_id


def test_a_caller_who_hangs_up_a_dial_without_an_action_leaves_no_note():
    line = answers(dial(attributes="")).hang_up()
    assert (line.of(Notify), line.notes("notify_skipped")) == ([], [])


def test_a_dial_that_is_over_leaves_no_time_limit_behind():
    line = ends(answers(dial(attributes="")))
    assert [one.purpose for one in line.state.timers] == ["time_limit"]


def test_music_and_tone_go_silent_when_nobody_answers():
    assert ends(dial(), 3010).one(Ringback).style == "off"
    line = dial(attributes='dialMusic="/music"').reply("<Speak>soon</Speak>")
    music = line.one(Speak).prompt_id
    assert ends(line, 3010).one(StopPrompt).prompt_id == music


def test_the_action_of_a_caller_who_hangs_up_is_told_as_a_redirect():
    told_now = answers(dial()).hang_up().one(Notify)
    assert (told_now.purpose, told_now.event) == ("action", "Redirect")
