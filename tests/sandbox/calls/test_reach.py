"""SIP addresses that are called, routes that fail, tones and music."""

from __future__ import annotations

import pytest

from console.core.outcomes import OUTCOMES, CallFate
from console.endpoints.models import Endpoint
from console.records.models import Cdr
from sandbox.calls.sentences import say
from sandbox.network.models import Carrier, HandsetCaption, Rate, Route
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, act, call_in, ringing_at

pytestmark = pytest.mark.django_db
REAL = "dialMusic='real'"
HELLO = "<Response><Speak>Hello.</Speak></Response>"


@pytest.fixture
def hello(server, did):
    server.answers["/answer/"] = lambda got: HELLO
    return server


def dial(server, *numbers: str, attributes: str = "") -> None:
    inside = "".join(f"<Number>{one}</Number>" for one in numbers)
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial {attributes}>{inside}</Dial></Response>"
    )


def b_record() -> Cdr:
    return Cdr.objects.get(leg="B")


def fated(fate: CallFate) -> str:
    return next(one.number for one in OUTCOMES if one.call.fate is fate)


def test_an_application_answers_at_its_own_sip_address(frozen, account, application, hello):
    line = call_in(account, frozen, to=application.sip_uri).live(30)
    assert line.heard == ["Hello."]
    assert line.cdr.to_number == application.sip_uri
    assert line.cdr.app_id == application.app_id


def test_an_endpoint_is_answered_by_its_application(frozen, account, application, hello):
    endpoint = Endpoint.objects.create(
        account=account,
        username="desk123456789012",
        alias="Desk",
        ha1="0" * 32,
        application=application,
    )
    line = call_in(account, frozen, to=endpoint.sip_uri).live(30)
    assert line.heard == ["Hello."]
    assert line.cdr.amount == 0


def test_somebody_elses_sip_address_is_nobodys(frozen, account, other_account, hello, settings):
    Endpoint.objects.create(
        account=other_account, username="desk123456789012", alias="Desk", ha1="0" * 32
    )
    for address in (
        f"sip:desk123456789012@{settings.SIP_DOMAIN}",
        "sip:12345678901234567@app.elsewhere.example",
    ):
        assert call_in(account, frozen, to=address).live(5).cdr.hangup_code == 3050


def test_a_disabled_application_is_none(frozen, account, application, hello):
    application.enabled = False
    application.save(update_fields=["enabled"])
    line = call_in(account, frozen).live(5)
    assert line.cdr.hangup_code == 7011
    assert "no_application" in line.kinds


def test_a_number_released_meanwhile_is_unallocated(frozen, account, did, hello):
    line = call_in(account, frozen)
    did.released_at = frozen.now()
    did.save(update_fields=["released_at"])
    assert line.live(5).cdr.hangup_code == 3050


def test_a_call_without_a_rate_is_carried_for_nothing(frozen, account, did, hello):
    Rate.objects.all().delete()
    line = call_in(account, frozen).live(30)
    assert line.heard == ["Hello."]
    assert line.cdr.amount == 0


def test_a_leg_without_a_rate_is_never_rung(frozen, account, proved, did, server):
    Rate.objects.all().delete()
    dial(server, FRIEND)
    call_in(account, frozen).live(30)
    assert b_record().hangup_code == 5020
    assert ringing_at(FRIEND) is None


def test_a_leg_without_a_route_ends_with_5020(frozen, account, proved, did, server):
    Route.objects.all().delete()
    dial(server, FRIEND)
    call_in(account, frozen).live(30)
    assert b_record().hangup_code == 5020


def test_when_every_carrier_fails_the_leg_ends_with_3080(frozen, account, proved, did, server):
    dial(server, fated(CallFate.ALL_CARRIERS_FAIL))
    line = call_in(account, frozen).live(30)
    assert b_record().hangup_code == 3080
    assert [step["outcome"] for step in line.line("routed")["steps"]] == ["failed"]


def test_when_the_first_carrier_fails_the_second_connects(frozen, account, proved, did, server):
    second = Carrier.objects.create(code="two", name="Simulated Two")
    Route.objects.create(prefix="+", carrier=second, priority=2, cost="0.01")
    dial(server, fated(CallFate.FIRST_CARRIER_FAILS))
    line = call_in(account, frozen).live(10)
    assert line.legs[1].failed_over
    line.hang_up().live(5)
    assert b_record().carrier == "Simulated Two"


def test_a_leg_to_a_number_that_somebody_else_rents_ends_with_2010(
    frozen, account, other_account, proved, did, server, stock
):
    from console.accounts.models import Account, AccountState
    from console.core import clock
    from console.numbers.models import RentedNumber

    Account.objects.update(state=AccountState.ACTIVE)  # a trial may not call it at all
    other = next(one for one in stock if one.number != DID)
    RentedNumber.objects.create(
        account=other_account, stock=other, number=other.number, renewal_date=clock.now().date()
    )
    dial(server, other.number)
    call_in(account, frozen).live(30)
    assert b_record().hangup_code == 2010


@pytest.fixture
def stock(db):
    from tests.console.numbers.conftest import put_in_stock

    return [put_in_stock("+12065550151")]


def test_a_beep_and_tones_are_heard(frozen, account, hello):
    hello.answers["/answer/"] = lambda got: (
        "<Response><DTMF>12#</DTMF><GetDigits playBeep='true' timeout='1'>"
        "<Speak>After the tone.</Speak></GetDigits></Response>"
    )
    line = call_in(account, frozen).live(30)
    assert line.heard == ["12#", "After the tone.", "beep"]


def test_dial_music_is_heard_while_it_rings(frozen, account, proved, did, server):
    dial(server, FRIEND, attributes="dialMusic='/music/'")
    server.answers["/music/"] = lambda got: "<Response><Speak>One moment.</Speak></Response>"
    line = call_in(account, frozen).live(2)
    assert line.heard[0] == "One moment."
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(1)
    assert line.heard[-1] == f"You are talking with {FRIEND}."
    stopped = HandsetCaption.objects.filter(call=line.call_uuid).order_by("id").first()
    assert stopped.stopped_at is not None


@pytest.mark.parametrize(
    ("attributes", "style", "words"),
    [("", "tone", "a ringing tone"), (REAL, "real", "the far end")],
)
def test_ringing_is_heard_until_the_answer_and_stands_in_the_story(
    frozen, account, proved, did, server, attributes, style, words
):
    dial(server, FRIEND, attributes=attributes)
    line = call_in(account, frozen).live(2)
    assert line.heard == ["ringing"]
    assert line.line("ringback") == {"style": style}
    assert words in say("ringback", line.line("ringback"), None).text
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(1)
    (tone,) = HandsetCaption.objects.filter(call=line.call_uuid, text="ringing")
    assert tone.stopped_at is not None


def test_keys_to_send_are_heard_by_the_other_phone(frozen, account, proved, did, server):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number sendDigits='42#'>{FRIEND}</Number></Dial></Response>"
    )
    line = call_in(account, frozen).live(2)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(1)
    heard = HandsetCaption.objects.filter(call=ringing_at(FRIEND)).order_by("id")
    assert [one.shown() for one in heard] == ["42#", f"You are talking with {PHONE}."]


def test_a_key_interrupts_what_is_said(frozen, account, hello):
    hello.answers["/answer/"] = lambda got: (
        "<Response><GetDigits action='/keys/' numDigits='1'>"
        f"<Speak>{'A long speech. ' * 20}</Speak></GetDigits></Response>"
    )
    hello.answers["/keys/"] = lambda got: HELLO
    line = call_in(account, frozen).live(1).press("1").live(1)
    speech, hello_there = HandsetCaption.objects.filter(call=line.call_uuid).order_by("id")
    assert speech.stopped_at is not None
    assert hello_there.shown() == "Hello."
