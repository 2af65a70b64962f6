"""Calls to the account's own numbers and endpoints, and calls from endpoints (GATE-05)."""

from __future__ import annotations

import pytest

from console.core import clock
from console.core.errors import DomainError
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber
from console.records.models import Cdr
from sandbox.calls import outbound
from sandbox.calls.models import Call
from sandbox.network import outgoing, registration
from sandbox.network.models import HandsetCall, Permit
from sandbox.network.phones import Deed
from tests.console.numbers.conftest import put_in_stock
from tests.sandbox.calls.conftest import DID, FRIEND, Line, act, call_in, credit_of, ringing_at
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
OTHER = "+12065550151"


@pytest.fixture
def second(account, application, did) -> RentedNumber:
    """Another number of the account, with an application of its own on the same server."""
    from console.applications.models import Application

    url = application.answer_url.replace("/answer/", "/second/")
    app = Application.objects.create(
        account=account, name="Second", answer_url=url, hangup_url=application.hangup_url
    )
    return RentedNumber.objects.create(
        account=account,
        stock=put_in_stock(OTHER),
        number=OTHER,
        application=app,
        renewal_date=clock.now().date(),
    )


@pytest.fixture
def desk(account, application) -> Endpoint:
    """An endpoint of the account."""
    return Endpoint.objects.create(
        account=account,
        username="Desk123456789012",
        alias="Desk",
        ha1="0" * 32,
        application=application,
    )


def the_second_call() -> Call:
    return Call.objects.get(hops=1)


def test_a_dial_to_an_own_number_is_answered_by_that_numbers_application(
    frozen, account, proved, second, server
):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial action='/dialled/'><Number>{OTHER}</Number></Dial></Response>"
    )
    server.answers["/second/"] = lambda got: (
        "<Response><GetDigits action='/pressed/' numDigits='1' timeout='30'>"
        "<Speak>Press one.</Speak></GetDigits></Response>"
    )
    server.answers["/pressed/"] = lambda got: "<Response><Hangup/></Response>"
    server.answers["/dialled/"] = lambda got: "<Response><Speak>Back.</Speak></Response>"
    line = call_in(account, frozen).live(3)
    (got,) = server.seen("/second/")
    assert got.params.items() >= {"Direction": "inbound", "To": OTHER}.items()
    assert f"You are talking with {OTHER}." in line.heard
    assert "Press one." in line.heard
    line.press("1").live(3)
    (got,) = server.seen("/pressed/")
    assert got.params["Digits"] == "1"
    assert line.heard[-1] == "Back."
    line.live(10)
    (got,) = server.seen("/dialled/")
    assert got.params["DialStatus"] == "completed"
    b_leg = Cdr.objects.get(leg="B")
    assert (b_leg.to_number, b_leg.hangup_code) == (OTHER, 4000)
    other = Cdr.objects.get(call_uuid=the_second_call().call_uuid)
    assert (other.direction, other.leg, other.state) == ("inbound", "A", "ANSWER")
    assert Permit.objects.exclude(consumed_at=None).count() == 1
    spent = sum(one.amount for one in Cdr.objects.all())
    assert credit_of(account) == 10 - spent


def test_an_api_call_to_an_own_number_meets_its_application(
    frozen, account, proved, second, server
):
    server.answers["/answer/"] = lambda got: (
        '<Response><DTMF>5</DTMF><Wait length="30"/></Response>'
    )
    server.answers["/second/"] = lambda got: (
        "<Response><GetDigits action='/pressed/' numDigits='1' timeout='30'/></Response>"
    )
    server.answers["/pressed/"] = lambda got: "<Response><Hangup/></Response>"
    outbound.place_calls(
        account=account,
        from_=DID,
        to=OTHER,
        answer_url=f"{server.url}/answer/",
        sip_headers="Order=17",
    )
    drain(frozen, seconds=5)
    (got,) = server.seen("/second/")
    assert got.params["X-PH-Order"] == "17"
    (got,) = server.seen("/pressed/")
    assert got.params["Digits"] == "5"
    drain(frozen, seconds=5)
    codes = set(Cdr.objects.values_list("direction", "hangup_code"))
    assert codes == {("outbound", 4000), ("inbound", 4000)}


def test_a_caller_who_hangs_up_ends_both_calls(frozen, account, proved, second, server):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{OTHER}</Number></Dial></Response>"
    )
    server.answers["/second/"] = lambda got: '<Response><Wait length="60"/></Response>'
    line = call_in(account, frozen).live(3)
    line.hang_up().live(3)
    assert the_second_call().is_over
    assert not HandsetCall.objects.exclude(state="ended").exists()


def test_an_own_number_that_rejects_is_a_leg_that_was_rejected(
    frozen, account, proved, second, server
):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{OTHER}</Number></Dial></Response>"
    )
    server.answers["/second/"] = lambda got: '<Response><Hangup reason="busy"/></Response>'
    call_in(account, frozen).live(5)
    assert Cdr.objects.get(leg="B").hangup_code == 3010


def test_numbers_that_call_each_other_for_ever_come_to_an_end(
    frozen, account, proved, second, server
):
    from console.accounts.models import Account

    Account.objects.update(state="active")
    for path, to in (("/answer/", OTHER), ("/second/", DID)):
        server.answers[path] = lambda got, to=to: (
            f"<Response><Dial><Number>{to}</Number></Dial></Response>"
        )
    call_in(account, frozen).live(60)
    assert Call.objects.count() == 4
    assert not Call.objects.exclude(phase="ended").exists()
    assert 2060 in set(Cdr.objects.values_list("hangup_code", flat=True))


def test_gate_05_an_endpoints_call_is_answered_by_its_application_whatever_it_dials(
    frozen, account, proved, did, desk, server
):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{got.params['To']}</Number></Dial></Response>"
    )
    uuid = outgoing.place_call(account=account, number=desk.sip_uri, to=FRIEND)
    line = Line(account, frozen, uuid).live(3)
    (got,) = server.seen("/answer/")
    assert (
        got.params.items()
        >= {
            "From": desk.sip_uri,
            "To": FRIEND,
            "Direction": "inbound",
        }.items()
    )
    phone = ringing_at(FRIEND)
    assert phone.from_number == desk.sip_uri
    act(phone, Deed.ANSWER)
    line.live(1)
    assert f"You are talking with {FRIEND}." in line.heard


def test_gate_05_what_an_endpoint_dials_is_held_to_the_fence(
    frozen, account, proved, did, desk, server
):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{got.params['To']}</Number></Dial></Response>"
    )
    uuid = outgoing.place_call(account=account, number=desk.sip_uri, to="+12025550199")
    Line(account, frozen, uuid).live(5)
    assert Cdr.objects.get(leg="B").hangup_code == 2040
    assert not Permit.objects.exists()


def test_an_endpoint_calls_another_and_an_applications_own_address(
    frozen, account, proved, did, desk, application, server
):
    server.answers["/answer/"] = lambda got: "<Response><Speak>Hello.</Speak></Response>"
    for to in ("sip:sister123456789012@phone.ringfence.example", application.sip_uri, "100"):
        uuid = outgoing.place_call(account=account, number=desk.sip_uri, to=to)
        line = Line(account, frozen, uuid).live(10)
        assert line.heard == ["Hello."]
        assert (line.cdr.to_number, line.cdr.amount) == (to, 0)


def test_an_endpoint_that_dials_nonsense_is_told(account, desk, did):
    for to in ("sip:nobody", "call me"):
        with pytest.raises(DomainError) as refused:
            outgoing.place_call(account=account, number=desk.sip_uri, to=to)
        assert refused.value.code == "invalid_number"


@pytest.fixture
def dials_desk(server, desk):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><User>{desk.sip_uri.lower()}</User></Dial></Response>"
    )


def test_an_endpoint_without_a_phone_is_not_registered(
    frozen, account, proved, did, desk, dials_desk
):
    call_in(account, frozen).live(5)
    assert Cdr.objects.get(leg="B").hangup_code == 2020


def test_a_registered_endpoint_rings_answers_and_costs_nothing(
    frozen, account, proved, did, desk, dials_desk
):
    registration.register(account=account, uri=desk.sip_uri)
    line = call_in(account, frozen).live(2)
    phone = ringing_at(desk.sip_uri)
    assert phone is not None
    act(phone, Deed.ANSWER)
    line.live(1)
    assert any(one.startswith("You are talking with sip:") for one in line.heard)
    act(phone, Deed.HANG_UP)
    line.live(5)
    record = Cdr.objects.get(leg="B")
    assert (record.state, record.amount, record.carrier) == ("ANSWER", 0, "")


def test_the_api_calls_a_registered_endpoint(frozen, account, proved, did, desk, server):
    registration.register(account=account, uri=desk.sip_uri)
    server.answers["/answer/"] = lambda got: "<Response><Speak>Hello.</Speak></Response>"
    (uuid,) = outbound.place_calls(
        account=account, from_=DID, to=desk.sip_uri, answer_url=f"{server.url}/answer/"
    )
    drain(frozen, seconds=1)
    act(ringing_at(desk.sip_uri), Deed.ANSWER)
    line = Line(account, frozen, uuid).live(10)
    assert line.heard == ["Hello."]
    assert line.cdr.to_number == desk.sip_uri
