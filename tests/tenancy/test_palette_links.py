"""What the palette and the side bar lead to is there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from console.core import clock
from console.home import palette
from console.records import services as records
from sandbox.calls.models import Call, Direction
from tests.tenancy.things import DID, OWNED, PHONE

NOT_YET = {"records:exports"}


def _record(account, **given):
    now = clock.now()
    facts = {"call_uuid": uuid4(), "leg": "A", "direction": "inbound", "state": "BUSY"}
    facts |= {"from_number": PHONE, "to_number": DID, "initiated_at": now, "ended_at": now}
    records.write_cdr(account=account, **(facts | given))
    return (facts | given)["call_uuid"]


def test_every_action_of_the_palette_leads_to_a_page():
    for _, route, *_ in palette._ACTIONS:
        if route not in NOT_YET:
            assert reverse(route).startswith("/")


def test_a_pasted_call_id_leads_to_its_story(client, account, owner):
    client.force_login(owner)
    first = _record(account)
    second = _record(account, leg="B", parent_call_uuid=first)
    for pasted in (first, second):
        page = client.get("/palette/", {"q": str(pasted)}).content.decode()
        assert f'href="/calls/{first}/"' in page


def _living_leg(account):
    call = Call.objects.create(
        account=account,
        direction=Direction.INBOUND,
        from_number=PHONE,
        to_number=DID,
        wake_by=clock.now(),
    )
    call.legs.create(direction=Direction.INBOUND, from_number=PHONE, to_number=DID)
    leg = call.legs.create(child=1, direction=Direction.OUTBOUND, from_number=DID, to_number=PHONE)
    return call.call_uuid, leg.call_uuid


def test_a_pasted_id_of_a_living_leg_leads_to_its_call(client, account, owner):
    client.force_login(owner)
    call, leg = _living_leg(account)
    page = client.get("/palette/", {"q": str(leg)}).content.decode()
    assert f'href="/calls/{call}/"' in page


PASTED = [
    ("api request", "api:request"),
    ("export", "exports:detail"),
    ("endpoint", "endpoints:detail"),
]


@pytest.mark.parametrize(("kind", "route"), PASTED)
def test_a_pasted_id_leads_to_its_object(client, account, owner, kind, route):
    client.force_login(owner)
    ids = OWNED[kind](account, owner)
    page = client.get("/palette/", {"q": str(*ids.values())}).content.decode()
    assert f'href="{reverse(route, kwargs=ids)}"' in page


@pytest.mark.parametrize(("kind", "route"), PASTED)
def test_ten_04_a_strangers_id_finds_nothing(client, account, owner, stranger, kind, route):
    ids = OWNED[kind](account, owner)
    client.force_login(stranger)
    page = client.get("/palette/", {"q": str(*ids.values())}).content.decode()
    assert reverse(route, kwargs=ids) not in page


def test_ten_04_a_strangers_living_leg_finds_nothing(client, account, stranger):
    call, leg = _living_leg(account)
    client.force_login(stranger)
    assert str(call) not in client.get("/palette/", {"q": str(leg)}).content.decode()


def test_ten_04_a_strangers_call_id_finds_nothing(client, account, stranger):
    theirs = _record(account)
    client.force_login(stranger)
    assert (
        "/calls/" + str(theirs) not in client.get("/palette/", {"q": str(theirs)}).content.decode()
    )
