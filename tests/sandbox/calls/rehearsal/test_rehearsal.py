"""A rehearsal runs a document in virtual time, and nothing else happens."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from console.core import clock
from sandbox.calls.rehearsal import rehearse
from sandbox.calls.rehearsal.plan import Does, Move, MoveKind, Outcome, Party, Plan, Reply
from sandbox.calls.rehearsal.stage import MOST_LINES
from sandbox.calls.telling import all_lines

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AGENT = "14155550103"
OTHER = "14155550104"
MENU = (
    '<Response><GetDigits action="/chosen/" numDigits="1"><Speak>Press 1.</Speak></GetDigits>'
    "<Speak>We heard nothing.</Speak></Response>"
)
BYE = Reply("<Response><Speak>Bye.</Speak></Response>")


def run(*xml: str, **plan):
    document = (
        f"<Response>{''.join(xml)}</Response>" if xml and xml[0][:9] != "<Response" else xml[0]
    )
    return rehearse(Plan(document, **plan), now=NOON)


def keys(digits: str, at: float | None = None, who: int = 0) -> Move:
    return Move(MoveKind.KEYS, digits, at, who)


def told(found) -> list[str]:
    return [line.text for line in all_lines(found.call, found.legs, found.story)]


def at(found, kind: str) -> list[float]:
    """The seconds at which lines of that kind happened."""
    return [round((one.at - NOON).total_seconds(), 2) for one in found.story if one.kind == kind]


def data(found, kind: str) -> dict:
    return [one.data for one in found.story if one.kind == kind][-1]


def dial(children: str, attributes: str = "") -> str:
    return f"<Dial {attributes}>{children}</Dial>"


def number(target: str) -> str:
    return f"<Number>{target}</Number>"


def test_what_is_said_comes_in_order_with_its_time():
    found = run("<Speak>One.</Speak>", '<Wait length="3"/>', "<Speak>Two.</Speak>")
    assert "Says: “One.”" in told(found)
    assert at(found, "said") == [0.1, 3.34]
    assert "Says nothing for 3 s." in told(found)
    assert found.legs[0].cause == 4010
    assert found.request is None
    assert not found.is_cut


def test_a_key_without_a_time_is_pressed_when_the_document_listens():
    found = run(MENU, moves=(keys("1"),))
    assert at(found, "digits") == [1.58]
    assert found.request.url == "https://app.example.com/chosen/"
    assert dict(found.request.params)["Digits"] == "1"


def test_a_key_with_a_time_interrupts_the_prompt():
    found = run(MENU, moves=(keys("1", at=0.2),))
    assert at(found, "digits") == [0.2]


def test_nobody_presses_anything_and_the_next_element_runs():
    assert "Says: “We heard nothing.”" in told(run(MENU))


def test_a_request_stops_the_run_until_it_is_answered():
    found = run(MENU, moves=(keys("1"),))
    assert (found.request.method, found.request.purpose) == ("POST", "action")
    assert not found.call.is_over
    went_on = run(MENU, moves=(keys("1"),), replies=(BYE,))
    assert "Says: “Bye.”" in told(went_on)
    assert went_on.request is None
    assert went_on.used == 1


def test_an_answer_is_given_only_to_the_request_that_it_was_meant_for():
    asked = run(MENU, moves=(keys("1"),)).request
    reply = Reply(BYE.body, asked=asked.key)
    assert run(MENU, moves=(keys("1"),), replies=(reply,)).used == 1
    other = run(MENU, moves=(keys("2"),), replies=(reply,))
    assert other.used == 0
    assert other.request.earlier == BYE.body


def test_an_action_that_fails_ends_the_call_with_its_cause():
    for outcome in (Outcome.ERROR, Outcome.TIMEOUT):
        found = run(MENU, moves=(keys("1"),), replies=(Reply(outcome=outcome),))
        assert found.legs[0].cause == 7012, outcome


def test_a_document_that_cannot_be_run_asks_the_fallback_url():
    found = run("<Response><Dail/></Response>", fallback_url="https://app.example.com/plan-b/")
    assert (found.request.purpose, found.request.url) == (
        "fallback",
        "https://app.example.com/plan-b/",
    )


def test_a_document_that_cannot_be_run_ends_the_call_and_names_the_line():
    found = run("<Response>\n<Dail/></Response>")
    assert any("Line 2, column 1" in line for line in told(found))
    assert found.legs[0].cause == 8011


def test_the_first_dialled_phone_is_busy_and_the_second_talks():
    found = run(
        dial(number(AGENT)),
        dial(number(OTHER)),
        parties=(Party(Does.BUSY, 1), Party(Does.ANSWERS, 3, 7)),
    )
    assert [leg.cause for leg in found.legs[1:]] == [3010, 4000]
    assert at(found, "legs_connected") == [4.1]
    assert at(found, "legs_separated") == [11.1]


@pytest.mark.parametrize(
    ("does", "cause"),
    [(Does.NO_ANSWER, 6010), (Does.REJECTS, 3020), (Does.UNREACHABLE, 2010)],
)
def test_a_phone_that_does_not_take_the_call_ends_with_its_cause(does, cause):
    found = run(dial(number(AGENT), 'timeout="20"'), parties=(Party(does, 2),))
    assert found.legs[1].cause == cause


def test_an_outcome_number_does_what_its_table_says():
    found = run(dial(number("15005550164")), parties=(Party(Does.BUSY),))
    assert at(found, "leg_answered") == [2.1]
    assert at(found, "legs_separated") == [6.1]


def test_what_the_action_of_a_dial_would_be_told():
    found = run(dial(number(AGENT), 'action="/after/"'), parties=(Party(Does.BUSY),))
    params = dict(found.request.params)
    assert (params["DialStatus"], params["DialRingStatus"]) == ("busy", "true")
    assert params["DialALegUUID"] == str(found.call.call_uuid)
    assert params["DialBLegUUID"] == ""


def test_a_dialled_phone_confirms_with_its_key():
    document = dial(number(AGENT), 'confirmSound="/sound/" confirmKey="5"')
    sound = Reply("<Response><Speak>Press 5.</Speak></Response>")
    found = run(document, moves=(keys("5", who=1),), replies=(sound,))
    assert at(found, "legs_connected")
    assert not found.missed


@pytest.mark.parametrize(("preanswer", "when"), [("false", 4.1), ("true", 0.1)])
def test_a_dialled_phone_is_sent_its_digits(preanswer, when):
    to = f'<Number sendDigits="42#" sendOnPreanswer="{preanswer}">{AGENT}</Number>'
    found = run(dial(to))
    assert at(found, "tones_sent") == [when]
    assert data(found, "tones_sent") == {"digits": "42#"}


def test_a_recording_ends_with_its_key_and_its_action_hears_of_it():
    found = run('<Record action="/done/"/>', moves=(keys("#", at=4),))
    params = dict(found.request.params)
    assert params["RecordingEndReason"] == "FinishedOnKey"
    assert params["RecordingDurationMs"] == "3900"
    assert params["RecordUrl"].endswith(".mp3")
    assert "Beeps." in told(found)


def test_words_that_are_said_go_to_the_action():
    document = '<GetInput action="/said/" inputType="speech"><Speak>Yes?</Speak></GetInput>'
    found = run(document, moves=(Move(MoveKind.WORDS, "the weather"),))
    assert dict(found.request.params)["Speech"] == "the weather"


@pytest.mark.parametrize(("machine", "cause"), [("hangup", 9100), ("continue", 4010), ("", 4010)])
def test_a_machine_answers_a_call_that_goes_out(machine, cause):
    found = run(
        "<Speak>Hello, this is a long message.</Speak>",
        outbound=True,
        machine=machine,
        callee=Party(Does.MACHINE, 3, None),
    )
    assert at(found, "leg_answered") == [3.0]
    assert found.legs[0].cause == cause
    assert bool(at(found, "machine_detected")) == bool(machine)


@pytest.mark.parametrize("number", ["+12025550199", "+15005550130"])
def test_a_machine_that_is_dialled_greets_and_beeps(number):
    document = f"<Dial><Number>{number}</Number></Dial>"
    found = run(document, parties=(Party(Does.MACHINE, 4, 20),))
    (greeted,), (beeped,) = at(found, "speech_heard"), at(found, "heard")
    assert beeped - greeted == pytest.approx(3.96)


def test_a_wait_for_the_beep_ends_at_it():
    document = "<Wait length='60' beep='true'/><Speak>Your parcel waits.</Speak>"
    found = run(document, outbound=True, callee=Party(Does.MACHINE, 3, None))
    assert at(found, "beep_heard") == [pytest.approx(3 + 3.96)]


def test_the_caller_hangs_up_and_the_hangup_url_hears_of_it():
    found = run(
        "<Play loop='0'>https://app.example.com/music.mp3</Play>",
        moves=(Move(MoveKind.HANG_UP, at=30),),
        hangup_url="https://app.example.com/bye/",
    )
    assert found.seconds == 30
    assert data(found, "notified")["params"]["HangupCauseCode"] == "4000"


def test_a_room_is_empty_and_the_key_leaves_it():
    document = '<Conference hangupOnStar="true" action="/left/">Standup</Conference>'
    found = run(document, moves=(keys("*", at=20),))
    assert dict(found.request.params)["ConferenceName"] == "Standup"


def test_a_stream_is_not_opened_and_taken_to_end():
    stream = '<Stream keepCallAlive="true">wss://app.example.com/audio</Stream>'
    assert run(stream, "<Speak>After.</Speak>").seconds == pytest.approx(10.46)


def test_a_text_would_be_sent():
    message = '<Message src="14155550100" dst="14155550101">Hi</Message>'
    assert any("Would text 14155550101" in line for line in told(run(message)))


def test_what_nobody_could_do_is_said():
    moves = (keys("1", at=90), keys("2", who=1, at=0.3), keys("3"))
    found = run("<Speak>Hello.</Speak>", moves=moves)
    assert set(found.missed) == set(moves)


def test_keys_that_a_document_hides_are_dots_in_story_and_request():
    document = '<GetDigits log="false" action="/pin/" numDigits="4"/>'
    found = run(document, moves=(keys("4711"),))
    shown = str([(one.kind, one.data) for one in found.story]) + str(found.request)
    assert "4711" not in shown
    assert data(found, "digits")["digits"] == "••••"


def test_a_hidden_answer_is_dots_in_what_was_sent_too():
    document = '<GetDigits log="false" action="/pin/" numDigits="4"/>'
    found = run(document, moves=(keys("4711"),), replies=(BYE,))
    assert "4711" not in str([one.data for one in found.story])


def test_the_same_plan_gives_the_same_run():
    plan = {"moves": (keys("1"),), "replies": (BYE,)}
    assert told(run(MENU, **plan)) == told(run(MENU, **plan))


def test_xml_02_documents_that_go_round_end_the_call():
    found = run(
        "<Redirect>/again/</Redirect>",
        replies=(Reply("<Response><Redirect>/again/</Redirect></Response>"),) * 20,
    )
    assert data(found, "hung_up")["reason"] == "xml_loop"


@pytest.mark.parametrize(
    "document",
    [
        '<Response><Speak loop="0">round</Speak></Response>',
        "<Response>" + '<GetDigits retries="100" timeout="3600"/>' * 199 + "</Response>",
        "<Response>" + "<Wait/>" * 199 + "</Response>",
        "<Response><Dial>" + number(AGENT) * 198 + "</Dial></Response>",
        "<Response>" + '<Hangup schedule="86400"/>' * 150 + "</Response>",
        "<Response>" + "<Speak>a</Speak>" * 199 + "</Response>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><Response/>",
        "<Response>" * 5000,
        "\ud800",
        "",
        "\0",
    ],
)
def test_xml_01_a_hostile_document_costs_little_and_shows_little(document):
    began = time.process_time()
    found = rehearse(Plan(document, moves=(keys("1"),) * 12), now=NOON)
    assert time.process_time() - began < 2
    assert len(found.story) <= MOST_LINES
    assert found.seconds <= 14_400 + 1


def test_music_that_goes_round_for_ever_ends_and_is_told_once():
    music = Reply("<Response><Speak>a</Speak></Response>")
    found = run(
        dial(number(AGENT), 'dialMusic="/music/" timeout="3600"'),
        parties=(Party(Does.NO_ANSWER),),
        replies=(music,),
    )
    assert found.is_cut
    assert told(found).count("Says: “a”") == 1


class NoClock:
    """Nobody may ask it."""

    def now(self):
        raise AssertionError("the real time was asked for")


def test_nothing_is_asked_of_the_database_nor_of_its_clock(db, django_assert_num_queries):
    with clock.use(NoClock()), django_assert_num_queries(0):
        run(
            '<Record recordSession="true" callbackUrl="/file/"/>',
            dial(number(AGENT), 'callbackUrl="/events/"'),
            "<MultiPartyCall role='agent' onExitActionUrl='/left/'>Room</MultiPartyCall>",
            hangup_url="https://app.example.com/bye/",
            moves=(Move(MoveKind.HANG_UP, at=60),),
        )
