"""Dial, Number and User (compat/xml.md section 4, compat/callbacks.md Dial callback)."""

import pytest

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import (
    Answer,
    Bridge,
    DialLeg,
    Fetch,
    HangUp,
    HangupLeg,
    Notify,
    Ringback,
    Speak,
    StartTimer,
    StopPrompt,
    Unbridge,
)

from .dialling import BOTH, ONE, answers, child, dial, ends, rings, told
from .line import AGENT, CALLER, OTHER, OURS, Line


def callbacks(line: Line) -> list[tuple[str, str]]:
    found = [one for one in line.ever(Notify) if one.purpose == "dial_callback"]
    return [(one.event, dict(one.extra)["DialBLegPosition"]) for one in found]


def test_all_children_ring_at_once():
    line = dial(BOTH, 'timeout="30" callerId="+13035550102" callerName="Shop"')
    assert [(leg.position, leg.kind, leg.target) for leg in line.of(DialLeg)] == [
        (1, "number", AGENT),
        (2, "number", OTHER),
    ]
    assert {(leg.caller_id, leg.caller_name) for leg in line.of(DialLeg)} == {
        ("+13035550102", "Shop")
    }
    assert line.one(StartTimer, lambda one: one.purpose == "dial_ring").seconds == 30


def test_a_child_may_have_a_caller_id_of_its_own_and_keys_to_send():
    line = dial(f'<Number callerId="+13035550199" sendDigits="1w2">{AGENT}</Number>')
    leg = line.one(DialLeg)
    assert (leg.caller_id, leg.send_digits) == ("+13035550199", "1w2")


def test_a_user_is_dialled_as_an_endpoint():
    leg = dial('<User sipHeaders="a=b">sip:amy@phone.example.com</User>').one(DialLeg)
    assert (leg.kind, leg.target, leg.sip_headers) == ("user", "sip:amy@phone.example.com", "a=b")


def test_without_a_timeout_it_rings_for_two_minutes():
    assert dial().one(StartTimer, lambda one: one.purpose == "dial_ring").seconds == 120


def test_dial_leaves_an_inbound_call_ringing_until_somebody_answers():
    line = dial()
    assert line.ever(Answer) == []
    answers(rings(line))
    kinds = [type(one) for one in line.last]
    assert kinds.index(Answer) < kinds.index(Bridge)
    assert line.one(Bridge).child == child(line)


def test_the_first_to_answer_wins_and_the_others_lose_the_race():
    line = answers(dial(BOTH), position=2)
    assert line.one(Bridge).child == child(line, 2)
    lost = line.one(HangupLeg)
    assert (lost.child, lost.cause, lost.source) == (child(line, 1), 9000, "Plivo")
    before = line.state
    answers(line, position=1)  # a late answer of the loser
    assert line.state == before


def test_when_the_other_side_hangs_up_the_action_is_asked():
    line = ends(answers(rings(dial())))
    assert told(line) == {
        "DialStatus": "completed",
        "DialRingStatus": "true",
        "DialHangupCause": "NORMAL_CLEARING",
    }
    assert line.one(Fetch).child == child(line)
    assert line.one(Unbridge).child == child(line)


def test_without_an_action_the_next_element_runs():
    assert ends(answers(dial(attributes=""))).one(Speak).text == "after"


def test_without_redirect_the_action_is_told_and_the_next_element_runs():
    line = ends(answers(dial(attributes='action="/done" redirect="false"')))
    assert line.one(Notify).purpose == "action"
    assert line.one(Speak).text == "after"


@pytest.mark.parametrize(
    ("cause", "status", "telephony"),
    [
        (3010, "busy", "USER_BUSY"),
        (3020, "failed", "CALL_REJECTED"),
        (3000, "no-answer", "NO_ANSWER"),
        (2020, "failed", "USER_NOT_REGISTERED"),
        (3030, "failed", "NORMAL_TEMPORARY_FAILURE"),
        (5020, "failed", "NETWORK_OUT_OF_ORDER"),
    ],
)
def test_the_action_hears_why_nobody_answered(cause, status, telephony):
    line = ends(dial(), cause)
    assert told(line) == {
        "DialStatus": status,
        "DialRingStatus": "false",
        "DialHangupCause": telephony,
    }
    assert line.one(Fetch).child == 0


def test_one_child_that_fails_leaves_the_others_ringing():
    line = ends(dial(BOTH), 3010)
    assert line.of(Fetch) == []
    assert told(ends(line, 3000, position=2))["DialStatus"] == "no-answer"


def test_the_ring_timeout_ends_all_children():
    line = dial(BOTH).fire("dial_ring")
    assert {(one.cause, one.source) for one in line.of(HangupLeg)} == {(6010, "Plivo")}
    assert told(line)["DialStatus"] == "timeout"


def test_dials_in_turn_ring_one_after_the_other():
    line = Line().run(
        f"<Dial>{ONE}</Dial><Dial><Number>{OTHER}</Number></Dial>",
    )
    assert [leg.target for leg in line.of(DialLeg)] == [AGENT]
    assert [leg.target for leg in ends(line, 3010).of(DialLeg)] == [OTHER]
    answers(line)
    assert line.one(Bridge).child == line.the_last(DialLeg).child


def test_events_of_an_earlier_dial_do_not_touch_the_next():
    line = Line().run(f"<Dial>{ONE}</Dial><Dial><Number>{OTHER}</Number></Dial>")
    first = child(line)
    ends(line, 3010)
    before = line.state
    line.send(events.LegAnswered(first)).send(events.LegEnded(first))
    assert line.state == before


def test_the_time_limit_counts_from_the_answer_and_ends_the_other_leg():
    line = answers(dial(attributes='action="/done" timeLimit="60"'))
    assert line.one(StartTimer, lambda one: one.purpose == "dial_limit").seconds == 60
    line.fire("dial_limit")
    assert (line.one(HangupLeg).cause, line.one(HangupLeg).source) == (6000, "Plivo")
    assert told(line)["DialStatus"] == "completed"


def test_a_time_limit_above_a_day_is_cut_to_a_day():
    line = answers(dial(attributes='timeLimit="100000"'))
    assert line.one(StartTimer, lambda one: one.purpose == "dial_limit").seconds == 86_400


def test_the_star_drops_the_other_leg_only_when_asked_for():
    assert answers(dial()).press("*").of(HangupLeg) == []
    line = answers(dial(attributes='action="/done" hangupOnStar="true"')).press("1*2")
    assert (line.one(HangupLeg).cause, line.one(HangupLeg).source) == (4000, "Caller")
    assert told(line)["DialStatus"] == "completed"


def test_the_star_cancels_a_dial_that_still_rings():
    line = dial(attributes='action="/done" hangupOnStar="true"').press("*")
    assert line.one(HangupLeg).cause == 1000
    assert told(line)["DialStatus"] == "cancel"


def test_when_the_caller_hangs_up_ringing_legs_are_canceled_and_the_action_is_told():
    line = rings(dial(BOTH)).hang_up()
    assert [(one.cause, one.source) for one in line.of(HangupLeg)] == [(1000, "Caller")] * 2
    action = line.one(Notify, lambda one: one.purpose == "action")
    assert dict(action.extra) == {
        "DialStatus": "cancel",
        "DialRingStatus": "true",
        "DialHangupCause": "ORIGINATOR_CANCEL",
    }
    assert line.ended_with == 1000


def test_when_the_caller_hangs_up_a_connected_leg_is_hung_up_and_the_action_is_told():
    line = answers(dial()).hang_up()
    assert (line.one(HangupLeg).cause, line.one(HangupLeg).source) == (4000, "Caller")
    action = line.one(Notify, lambda one: one.purpose == "action")
    assert dict(action.extra)["DialStatus"] == "completed"
    assert (action.child, action.call_status) == (child(line), "completed")


def test_when_the_call_meets_its_time_limit_the_other_leg_does_too():
    line = answers(dial()).fire("time_limit")
    assert line.one(HangupLeg).cause == 6000
    assert line.ended_with == 6000


@pytest.mark.parametrize("number", [CALLER, "1 (202) 555-0101", OURS, "12025550101"])
def test_dialling_the_caller_or_the_number_called_is_a_loop(number):
    line = dial(f"<Number>{number}</Number>")
    assert line.one(DialLeg).refused_cause == 2060
    assert told(line)["DialStatus"] == "failed"


def test_an_outbound_call_may_dial_its_own_caller_id():
    line = dial(f"<Number>{OURS}</Number>", direction="outbound")
    assert line.one(DialLeg).refused_cause == 0
    line = dial(f"<Number>{CALLER}</Number>", direction="outbound")
    assert line.one(DialLeg).refused_cause == 2060


def test_an_empty_number_is_an_invalid_destination():
    assert dial("<Number> </Number>").one(DialLeg).refused_cause == 2000


def test_a_refused_child_leaves_the_others_ringing():
    line = dial(f"<Number>{CALLER}</Number>{ONE}")
    assert [leg.refused_cause for leg in line.of(DialLeg)] == [2060, 0]
    assert line.of(Fetch) == []


def test_the_callback_url_hears_every_step_of_every_leg():
    line = dial(BOTH, 'callbackUrl="/live" callbackMethod="GET"')
    ends(answers(rings(rings(line), 2), 2), 0, 2)
    assert callbacks(line) == [
        ("DialRing", "1"),
        ("DialRing", "2"),
        ("DialAnswer", "2"),
        ("DialHangup", "1"),
        ("DialConnected", "2"),
        ("DialHangup", "2"),
    ]
    lost = next(one for one in line.ever(Notify) if one.event == "DialHangup")
    assert (lost.method, lost.child) == ("GET", child(line, 1))
    assert dict(lost.extra) == {
        "DialAction": "hangup",
        "DialBLegStatus": "hangup",
        "DialBLegPosition": "1",
        "DialBLegHangupCause": "LOSE_RACE",
        "DialBLegHangupCauseName": "Lost Race",
        "DialBLegHangupCauseCode": "9000",
        "DialBLegHangupSource": "Plivo",
    }


def test_a_callback_url_that_cannot_be_asked_is_noted_and_nothing_waits():
    line = rings(dial(attributes='callbackUrl="ftp://example.com"'))
    assert line.ever(Notify) == []
    assert line.notes("notify_skipped")


def test_patterns_of_keys_are_reported_for_each_side():
    line = answers(dial(attributes='callbackUrl="/l" digitsMatch="12,*9" digitsMatchBLeg="7"'))
    line.press("1").press("2")
    match = dict(line.one(Notify).extra)
    assert (match["DialDigitsMatch"], match["DialDigitsPressedBy"]) == ("12", "ALeg")
    line.press("7", child(line))
    match = dict(line.one(Notify).extra)
    assert (match["DialDigitsMatch"], match["DialDigitsPressedBy"]) == ("7", "BLeg")


def test_the_far_end_is_heard_ringing_once_it_rings():
    line = dial(BOTH, 'dialMusic="real"')
    assert not line.ever(Ringback)
    assert rings(line).one(Ringback).style == "real"
    assert not rings(line, 2).of(Ringback)
    assert answers(line, 2).one(Ringback).style == "off"


def test_a_tone_is_heard_from_the_start_and_not_again_when_it_rings():
    line = dial(BOTH)
    assert line.one(Ringback).style == "tone"
    assert not rings(line).of(Ringback)


def test_the_caller_hears_a_tone_or_music():
    assert dial().one(Ringback).style == "tone"
    line = dial(attributes='dialMusic="/music"')
    assert line.one(Fetch).purpose == "dial_music"
    assert line.reply("<Speak>la</Speak><Speak>li</Speak>").one(Speak).text == "la"
    assert [one.text for one in (line.said().one(Speak), line.said().one(Speak))] == ["li", "la"]
    assert answers(line).of(StopPrompt)


def test_music_that_cannot_be_had_is_a_tone():
    assert dial(attributes='dialMusic="/m"').fail().one(Ringback).style == "tone"
    assert dial(attributes='dialMusic="/m"').reply("<Hangup/>").one(Ringback).style == "tone"
    assert dial(attributes='dialMusic="ftp://x"').one(Ringback).style == "tone"


def test_a_transfer_ends_the_dial_without_its_action():
    line = answers(dial()).send(events.TransferAsked("https://app.example.com/t"))
    assert (line.one(HangupLeg).cause, line.one(HangupLeg).source) == (4000, "API Request")
    assert line.one(Fetch).purpose == "transfer"
    assert line.of(Notify) == []


def test_an_answered_leg_without_a_cause_of_its_own_ended_normally_by_its_side():
    line = ends(answers(dial(attributes='callbackUrl="/l"')))
    hangup = dict(line.one(Notify).extra)
    assert hangup["DialBLegHangupCauseCode"] == "4000"
    assert hangup["DialBLegHangupSource"] == "Callee"


def test_the_call_goes_on_after_a_dial_that_failed():
    line = ends(dial(attributes=""), 3010)
    assert line.one(Speak).text == "after"
    assert line.of(Answer)
    assert line.said().one(HangUp).cause == 4010
