"""Answering machines at the other end: waiting for their beep or silence, finding them out."""

from __future__ import annotations

import pytest

from console.core.errors import DomainError
from sandbox.calls.flow.events import LegAnswered
from sandbox.calls.models import Leg
from sandbox.calls.phone import event_of
from sandbox.network import scripting
from sandbox.network.events import PhoneEvent
from tests.sandbox.calls.conftest import FRIEND
from tests.sandbox.calls.test_outbound import call, on  # noqa: F401 - a fixture
from tests.sandbox.calls.test_own_side import said_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaves_message(server):
    """The application leaves its message after this Wait."""

    def how(attributes: str) -> None:
        server.answers["/answer/"] = lambda got: (
            f"<Response><Wait length='60' {attributes}/><Speak>It is ready.</Speak></Response>"
        )

    return how


def voicemail(account, *, seconds: float, beep: bool = True) -> None:
    """The friend's phone is an answering machine."""
    then: list[dict[str, object]] = [{"say": "You have reached Anna.", "seconds": seconds}]
    scripting.set_script(
        account=account,
        number=FRIEND,
        on_ring="answer",
        machine=True,
        then=[*then, {"after": 1, "beep": True}] if beep else then,
    )


def test_a_wait_for_the_beep_leaves_the_message_after_it(frozen, account, call, leaves_message):  # noqa: F811
    leaves_message("beep='true'")
    voicemail(account, seconds=7)
    line = on(account, frozen, call()).live(7)
    assert "It is ready." not in line.heard
    line.live(2)
    assert said_at(line.call_uuid) == ["You have reached Anna.", "beep"]
    assert line.heard == ["It is ready."]
    assert {"heard", "beep_heard"} <= set(line.kinds)


def test_a_wait_for_silence_leaves_the_message_when_the_greeting_is_over(
    frozen,
    account,
    call,  # noqa: F811
    leaves_message,
):
    leaves_message("silence='true' minSilence='3000'")
    voicemail(account, seconds=7, beep=False)
    line = on(account, frozen, call()).live(9)
    assert "It is ready." not in line.heard
    line.live(2)
    assert line.heard[-1] == "It is ready."


def test_without_a_beep_the_wait_lasts_its_length(frozen, account, call, leaves_message):  # noqa: F811
    leaves_message("beep='true'")
    voicemail(account, seconds=2, beep=False)
    line = on(account, frozen, call()).live(59)
    assert "It is ready." not in line.heard
    line.live(3)
    assert line.heard[-1] == "It is ready."


def answers_with(account, *steps: dict[str, object]) -> None:
    """The friend's phone answers, and does this."""
    scripting.set_script(account=account, number=FRIEND, on_ring="answer", then=steps)


NINE_WORDS = {"say": "Hello, this is Anna, who is it that calls?", "seconds": 1.2}


def test_a_person_who_says_little_is_no_machine(frozen, account, call):  # noqa: F811
    answers_with(account, {"after": 0.5, "say": "Hello?"})
    line = on(account, frozen, call(machine_detection="hangup")).live(30)
    assert line.cdr.hangup_code == 4010


@pytest.mark.parametrize(
    ("step", "knob", "value"),
    [
        (NINE_WORDS, "maximum_words", 10),
        ({"say": "Hello", "seconds": 3}, "initial_greeting", 4000),
        ({"after": 3, **NINE_WORDS}, "initial_silence", 2000),
    ],
)
def test_whether_it_is_a_machine_goes_by_what_the_request_asks(
    frozen,
    account,
    call,  # noqa: F811
    server,
    step,
    knob,
    value,
):
    server.answers["/answer/"] = lambda got: '<Response><Wait length="20"/></Response>'
    answers_with(account, step)
    usual = on(account, frozen, call(machine_detection="hangup")).live(40)
    assert usual.cdr.hangup_code == 9100
    asked = {"machine_detection": "hangup", f"machine_detection_{knob}": value}
    other = on(account, frozen, call(**asked)).live(40)
    assert other.cdr.hangup_code == 4010


def test_the_longest_utterance_makes_a_machine_too(frozen, account, call, server):  # noqa: F811
    server.answers["/answer/"] = lambda got: '<Response><Wait length="20"/></Response>'
    answers_with(account, {"say": "Hello", "seconds": 3})
    asked = {"machine_detection_initial_greeting": 4000}
    asked["machine_detection_maximum_speech_length"] = 2500
    line = on(account, frozen, call(machine_detection="hangup", **asked)).live(40)
    assert line.cdr.hangup_code == 9100
    assert line.line("machine_detected")["because"] == "speech"


@pytest.mark.parametrize("silence", [500, 5000])
def test_a_pause_as_long_as_asked_for_shows_a_person(
    frozen,
    account,
    call,  # noqa: F811
    server,
    silence,
):
    server.answers["/answer/"] = lambda got: '<Response><Wait length="20"/></Response>'
    answers_with(account, {"say": "Hello?"}, {"after": 1, **NINE_WORDS})
    asked = {"machine_detection": "hangup", "machine_detection_silence": silence}
    line = on(account, frozen, call(**asked)).live(40)
    assert line.cdr.hangup_code == (4010 if silence == 500 else 9100)


@pytest.mark.parametrize("name", ["maximum_words", "initial_silence", "silence"])
def test_a_figure_out_of_its_range_is_refused(account, call, name):  # noqa: F811
    with pytest.raises(DomainError) as refused:
        call(**{f"machine_detection_{name}": 99_999})
    assert refused.value.field == f"machine_detection_{name}"


def test_an_answer_told_by_an_older_version_is_one_without_a_greeting():
    assert event_of(Leg(child=2), PhoneEvent.ANSWERED, {"machine": True}) == LegAnswered(2)
