"""What the palette and the side bar lead to is there."""

from __future__ import annotations

from uuid import uuid4

from django.urls import reverse

from console.core import clock
from console.home import palette
from console.records import services as records
from tests.tenancy.things import DID, PHONE

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


def test_ten_04_a_strangers_call_id_finds_nothing(client, account, stranger):
    theirs = _record(account)
    client.force_login(stranger)
    assert (
        "/calls/" + str(theirs) not in client.get("/palette/", {"q": str(theirs)}).content.decode()
    )
