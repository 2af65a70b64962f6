"""GATE-04: whatever document leads to a Dial, nothing rings without a permit of the fence."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from console.applications.models import Application
from console.core.errors import DomainError
from console.endpoints.models import Endpoint
from console.records.models import Cdr
from sandbox.calls import control, outbound
from sandbox.fence.models import FenceDenial, SandboxNumber
from sandbox.network import outgoing
from sandbox.network.models import HandsetCall, Permit
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, act, call_in, prove, ringing_at
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
UNVERIFIED = "+12025550144"
GEO_BLOCKED = "+81355550123"
ALLOWED = {FRIEND: True, UNVERIFIED: False, GEO_BLOCKED: False}


def number(to: str) -> str:
    return f"<Dial><Number>{to}</Number></Dial>"


def several(to: str) -> str:
    return f"<Dial><Number>{to}</Number><Number>{UNVERIFIED[:-1]}5</Number></Dial>"


def in_turn(to: str) -> str:
    return f"<Dial><Number>{UNVERIFIED[:-1]}5</Number></Dial>{number(to)}"


def sip_user(to: str) -> str:
    return f"<Dial><User>sip:{to.removeprefix('+')}@phone.ringfence.example</User></Dial>"


def outside_sip(to: str) -> str:
    return f"<Dial><User>sip:{to.removeprefix('+')}@elsewhere.example</User></Dial>"


WAYS: dict[str, Callable[[str], dict[str, str]]] = {
    "answer": lambda dial: {"/answer/": dial},
    "fallback": lambda dial: {"/answer/": "<Yodel/>", "/fallback/": dial},
    "redirect": lambda dial: {"/answer/": "<Redirect>/next/</Redirect>", "/next/": dial},
    "action": lambda dial: {
        "/answer/": "<GetDigits action='/next/' numDigits='1' timeout='9'/>",
        "/next/": dial,
    },
}


@pytest.mark.parametrize("to", [FRIEND, UNVERIFIED, GEO_BLOCKED])
@pytest.mark.parametrize("dial", [number, several, in_turn, sip_user, outside_sip])
@pytest.mark.parametrize("way", sorted(WAYS))
def test_gate_04_what_rings_has_a_permit_and_what_has_none_does_not_ring(
    frozen, account, proved, application, server, did, way, dial, to
):
    application.fallback_answer_url = f"{server.url}/fallback/"
    application.save(update_fields=["fallback_answer_url"])
    for path, inside in WAYS[way](dial(to)).items():
        server.answers[path] = lambda got, inside=inside: f"<Response>{inside}</Response>"
    line = call_in(account, frozen).live(1)
    if way == "action":
        line.press("1")
    line.live(2)
    rung = HandsetCall.objects.filter(direction="inbound")
    permits = Permit.objects.exclude(consumed_at=None)
    assert sorted(rung.values_list("number", flat=True)) == sorted(
        permits.values_list("to", flat=True)
    )
    assert {one.number for one in rung} == ({to} if ALLOWED[to] else set())
    if not line.call.is_over:
        line.hang_up()
    line.live(5)
    records = Cdr.objects.filter(leg="B")
    refused = records.exclude(to_number=FRIEND) if ALLOWED[to] else records
    assert records.exists()
    assert FenceDenial.objects.count() == refused.count()
    causes = set(refused.values_list("hangup_code", flat=True))
    assert causes <= {2000, 2030, 2040, 2050}


# GATE-04: what is not a document of an inbound call, but leads to a phone all the same.


def by_api(account, server, frozen, to: str, **more) -> None:
    url = f"{server.url}/answer/"
    outbound.place_calls(account=account, from_=DID, to=to, answer_url=url, **more)
    drain(frozen, seconds=3)


def one_call(account, server, frozen, to: str) -> None:
    by_api(account, server, frozen, to)


def several_calls(account, server, frozen, to: str) -> None:
    by_api(account, server, frozen, f"{FRIEND}<{to}")


def a_test_call(account, server, frozen, to: str) -> None:
    outbound.place_test_call(
        account=account, application=Application.objects.get(), from_=DID, to=to
    )
    drain(frozen, seconds=3)


def a_number_in_a_sip_address(account, server, frozen, to: str) -> None:
    by_api(account, server, frozen, f"sip:{to.removeprefix('+')}@elsewhere.example")


def a_queued_call_whose_number_was_proved_when_it_was_asked_for(
    account, server, frozen, to: str
) -> None:
    proof = None if to == FRIEND else prove(account, to)
    url = f"{server.url}/answer/"
    outbound.place_calls(account=account, from_=DID, to=to, answer_url=url)
    if proof is not None:
        SandboxNumber.objects.filter(pk=proof.pk).update(state="removed")
    drain(frozen, seconds=3)


def a_transfer_of_the_a_leg(account, server, frozen, to: str) -> None:
    line = call_in(account, frozen).live(1)
    server.answers["/moved/"] = lambda got: f"<Response>{number(to)}</Response>"
    control.transfer(account=account, call_uuid=line.call_uuid, aleg_url=f"{server.url}/moved/")
    line.live(3)


def a_transfer_of_the_b_leg(account, server, frozen, to: str) -> None:
    server.answers["/answer/"] = lambda got: f"<Response>{number(PHONE)}</Response>"
    line = call_in(account, frozen, from_=FRIEND).live(2)
    act(ringing_at(PHONE), Deed.ANSWER)
    line.live(1)
    server.answers["/moved/"] = lambda got: f"<Response>{number(to)}</Response>"
    control.transfer(
        account=account,
        call_uuid=line.call_uuid,
        legs="bleg",
        bleg_url=f"{server.url}/moved/",
    )
    line.live(3)


def an_endpoint_that_dials(account, server, frozen, to: str) -> None:
    desk = Endpoint.objects.create(
        account=account,
        username="desk123456789012",
        alias="Desk",
        ha1="0" * 32,
        application=Application.objects.get(),
    )
    server.answers["/answer/"] = lambda got: f"<Response>{number(got.params['To'])}</Response>"
    outgoing.place_call(account=account, number=desk.sip_uri, to=to)
    drain(frozen, seconds=3)


OTHER_WAYS = [
    one_call,
    several_calls,
    a_test_call,
    a_number_in_a_sip_address,
    a_transfer_of_the_a_leg,
    a_transfer_of_the_b_leg,
    an_endpoint_that_dials,
]


@pytest.mark.parametrize("to", [FRIEND, UNVERIFIED, GEO_BLOCKED])
@pytest.mark.parametrize("way", OTHER_WAYS, ids=lambda way: way.__name__)
def test_gate_04_every_other_way_to_a_phone_needs_a_permit_too(
    frozen, account, proved, application, server, did, way, to
):
    server.answers["/answer/"] = lambda got: '<Response><Wait length="60"/></Response>'
    with contextlib.suppress(DomainError):
        way(account, server, frozen, to)
    rung = HandsetCall.objects.filter(direction="inbound").values_list("number", flat=True)
    permits = Permit.objects.exclude(consumed_at=None).values_list("to", flat=True)
    assert sorted(rung) == sorted(permits)
    assert (to in rung) == ALLOWED[to]
    assert FenceDenial.objects.exists() == (not ALLOWED[to])


@pytest.mark.parametrize("to", [FRIEND, UNVERIFIED])
def test_gate_04_a_queued_call_is_judged_again_when_it_begins(
    frozen, account, proved, application, server, did, to
):
    a_queued_call_whose_number_was_proved_when_it_was_asked_for(account, server, frozen, to)
    assert (ringing_at(to) is not None) == ALLOWED[to]
    assert Permit.objects.count() == ALLOWED[to]
