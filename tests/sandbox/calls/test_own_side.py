"""A phone shows its owner what was said into it, so that a call reads as a conversation."""

from __future__ import annotations

import pytest

from console.core.outcomes import MACHINE_GREETING
from sandbox.network import services
from sandbox.network.models import HandsetCaption
from sandbox.network.phones import Deed
from sandbox.recordings.timeline import of_legs
from tests.sandbox.calls.conftest import FRIEND, PHONE, act, call_in, ringing_at
from tests.sandbox.calls.test_dialling import dials  # noqa: F401 - a fixture
from tests.sandbox.calls.test_loops import second  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
THERE = "+12065550151"
MACHINE = "+15005550130"


def said_at(call_uuid) -> list[str]:
    """The phone's own side of a call."""
    captions = HandsetCaption.objects.filter(call=call_uuid, mine=True)
    return [one.shown() for one in captions.order_by("id")]


def heard_at(call_uuid) -> list[str]:
    """The other side."""
    captions = HandsetCaption.objects.filter(call=call_uuid, mine=False)
    return [one.shown() for one in captions.order_by("id")]


@pytest.fixture
def asks(server, did):
    """The application asks for words or keys."""

    def how(element: str):
        server.answers["/answer/"] = lambda got: f"<Response>{element}</Response>"
        server.answers["/said/"] = lambda got: "<Response><Speak>Thanks.</Speak></Response>"
        return server

    return how


def test_words_said_to_get_input_stand_between_question_and_answer(frozen, account, asks):
    asks("<GetInput action='/said/' inputType='speech'><Speak>What?</Speak></GetInput>")
    line = call_in(account, frozen).live(1)
    act(line.phone, Deed.SAY, text="A table for two")
    line.live(5)
    captions = HandsetCaption.objects.filter(call=line.call_uuid).order_by("id")
    assert [(one.mine, one.shown()) for one in captions] == [
        (False, "What?"),
        (True, "A table for two"),
        (False, "Thanks."),
    ]


def test_words_that_the_document_hides_are_dots_on_the_phone(frozen, account, asks):
    asks("<GetInput action='/said/' inputType='speech' log='false'/>")
    line = call_in(account, frozen).live(1)
    act(line.phone, Deed.SAY, text="open sesame")
    line.live(1)
    assert said_at(line.call_uuid) == ["•" * 11]
    assert not HandsetCaption.objects.filter(text__contains="sesame").exists()


def test_keys_that_the_document_hides_are_dots_on_the_phone(frozen, account, asks):
    asks(
        "<GetDigits action='/pin/' numDigits='1' timeout='60'/>"
        "<GetDigits log='false' numDigits='9' timeout='60'/>"
    ).answers["/pin/"] = lambda got: (
        "<Response><GetDigits log='false' numDigits='9' timeout='60'/></Response>"
    )
    line = call_in(account, frozen).live(1)
    line.press("1").live(1).press("12").press("1").live(1)
    assert line.phone.digits_sent == "1•••"


def test_keys_of_a_call_that_hides_nothing_are_shown(frozen, account, asks):
    asks("<GetDigits numDigits='9' timeout='60'/>")
    line = call_in(account, frozen).live(1).press("12").live(1)
    assert line.phone.digits_sent == "12"


def test_a_key_or_a_word_that_is_told_twice_is_shown_once(frozen, account, asks):
    asks("<GetInput inputType='speech'/>")
    line = call_in(account, frozen).live(1)
    for _ in range(2):
        services.open_handset(account=account, number=PHONE)
        services.say(account=account, number=PHONE, text="Hello", action_id="once")
    line.live(1)
    assert said_at(line.call_uuid) == ["Hello"]


def test_barge_in_silences_the_platform_and_not_the_phones_own_words(frozen, account, asks):
    asks(f"<GetInput inputType='speech'><Speak>{'On and on. ' * 50}</Speak></GetInput>")
    line = call_in(account, frozen).live(1)
    act(line.phone, Deed.SAY, text="Stop")
    line.live(1)
    act(line.phone, Deed.SAY, text="please")
    line.live(1)
    captions = HandsetCaption.objects.filter(call=line.call_uuid).order_by("id")
    assert [(one.mine, one.stopped_at is None) for one in captions] == [
        (False, False),
        (True, True),
        (True, True),
    ]


def test_two_phones_that_are_connected_read_each_other(frozen, account, proved, dials):  # noqa: F811
    dials(FRIEND)
    line = call_in(account, frozen).live(3)
    other = ringing_at(FRIEND)
    act(other, Deed.ANSWER)
    line.live(1)
    act(line.phone, Deed.SAY, text="Is it you?")
    line.live(1)
    act(other, Deed.SAY, text="It is.")
    line.live(1)
    assert said_at(line.call_uuid) == ["Is it you?"]
    assert heard_at(line.call_uuid)[-1:] == ["It is."]
    assert said_at(other.pk) == ["It is."]
    assert heard_at(other.pk)[-1:] == ["Is it you?"]


def test_words_reach_an_own_number_that_answers(
    frozen,
    account,
    proved,
    second,  # noqa: F811
    server,
):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{THERE}</Number></Dial></Response>"
    )
    server.answers["/second/"] = lambda got: (
        "<Response><GetInput action='/said/' inputType='speech'/></Response>"
    )
    server.answers["/said/"] = lambda got: "<Response><Hangup/></Response>"
    line = call_in(account, frozen).live(3)
    act(line.phone, Deed.SAY, text="Sales please")
    line.live(5)
    (got,) = server.seen("/said/")
    assert got.params["Speech"] == "Sales please"


def test_the_recording_of_a_connected_call_holds_each_word_once(
    frozen,
    account,
    proved,
    dials,  # noqa: F811
):
    dials(FRIEND)
    line = call_in(account, frozen).live(3)
    other = ringing_at(FRIEND)
    act(other, Deed.ANSWER)
    line.live(1)
    act(other, Deed.SAY, text="Once.")
    line.live(1)
    found = of_legs([line.call_uuid], call_uuid=line.call_uuid, until=frozen.moment)
    assert [one.text for one in found].count("Once.") == 1


def test_a_machine_at_the_other_end_is_heard_with_its_beep(
    frozen,
    account,
    proved,
    dials,  # noqa: F811
):
    dials(MACHINE)
    line = call_in(account, frozen).live(15)
    other = ringing_at(MACHINE)
    assert heard_at(line.call_uuid)[-2:] == [MACHINE_GREETING, "beep"]
    assert said_at(other.pk) == [MACHINE_GREETING, "beep"]


def test_the_beep_of_a_machine_is_in_the_recording(frozen, account, proved, dials):  # noqa: F811
    dials(MACHINE)
    line = call_in(account, frozen).live(15)
    found = of_legs([line.call_uuid], call_uuid=line.call_uuid, until=frozen.moment)
    assert [(one.kind, one.text) for one in found if one.text == "beep"] == [("tone", "beep")]
