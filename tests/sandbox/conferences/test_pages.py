"""/calls/rooms/ over HTTP: who is there, and what its buttons do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.conferences.models import Member
from tests.sandbox.conferences.conftest import FRIEND, PHONE, room, there

pytestmark = pytest.mark.django_db
LOBBY = "<Conference>Lobby &lt;b&gt;</Conference>"
MPC = "<MultiPartyCall role='customer' startMpcOnEnter='false'>Support</MultiPartyCall>"


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def press(client, deed: str, member: str = "1"):
    url = f"/calls/rooms/{room().room_uuid}/{deed}/"
    return client.post(url, {"member": member}, follow=True).content.decode()


def test_without_a_room_the_page_says_what_to_do(signed_in):
    page = signed_in.get("/calls/rooms/").content.decode()
    assert "Nobody is in a room now." in page


def test_the_page_shows_rooms_and_members(answers, caller, signed_in):
    answers(phone=LOBBY, friend=MPC)
    caller(PHONE), caller(FRIEND)
    page = signed_in.get("/calls/rooms/").content.decode()
    for text in ("Lobby &lt;b&gt;", "+1 202 555 0142", "Talks", "Support", "Customer", "Waits"):
        assert text in page
    assert "<c-" not in page


def test_only_who_may_change_things_sees_buttons(answers, caller, client, analyst):
    answers(LOBBY)
    caller(PHONE)
    client.force_login(analyst)
    page = client.get("/calls/rooms/").content.decode()
    assert "+1 202 555 0142" in page
    assert "Hang up" not in page
    url = f"/calls/rooms/{room().room_uuid}/mute/"
    assert client.post(url, {"member": "1"}).status_code == 403


def test_muting_and_holding_show_on_the_page(answers, caller, signed_in):
    answers(MPC.replace(" startMpcOnEnter='false'", ""))
    caller(PHONE)
    assert "Muted" in press(signed_in, "mute")
    assert "On hold" in press(signed_in, "hold")
    page = press(signed_in, "unmute")
    assert "Muted" not in page
    press(signed_in, "unhold")
    assert not Member.objects.filter(hold=True).exists()


def test_removing_leaves_the_call_and_hanging_up_ends_it(answers, caller, signed_in):
    answers(f"{LOBBY}<Wait length='60'/>")
    first, second = caller(PHONE), caller(FRIEND)
    press(signed_in, "remove", "1")
    press(signed_in, "hangup", "2")
    first.live(1)
    assert there() == []
    assert (first.call.is_over, second.call.is_over) == (False, True)


def test_a_waiting_multiparty_call_can_be_started_and_ended(answers, caller, signed_in):
    answers(MPC)
    line = caller(PHONE)
    press(signed_in, "start")
    assert room().state == "active"
    press(signed_in, "end")
    line.live(1)
    assert line.cdr.hangup_code == 4020


def test_a_member_that_has_gone_is_said_to_be_gone(answers, caller, signed_in):
    answers(LOBBY)
    caller(PHONE)
    assert "is not there any more" in press(signed_in, "remove", "7")


def test_an_unknown_deed_is_not_found(answers, caller, signed_in):
    answers(LOBBY)
    caller(PHONE)
    url = f"/calls/rooms/{room().room_uuid}/shout/"
    assert signed_in.post(url, {"member": "1"}).status_code == 404


def test_the_story_of_a_call_tells_of_the_room(answers, caller, signed_in):
    answers(LOBBY)
    first, second = caller(PHONE), caller(FRIEND)
    second.hang_up().live(1)
    page = signed_in.get(f"/calls/{first.call_uuid}/").content.decode()
    for text in ("as member 1", "Hears +1 202 555 0143 join.", "Hears +1 202 555 0143 leave."):
        assert text in page
    assert "Room view" not in page
    page = signed_in.get(f"/calls/{second.call_uuid}/").content.decode()
    assert "It hung up." in page


def test_the_page_costs_the_same_however_many_are_there(answers, caller, signed_in):
    answers(LOBBY)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/calls/rooms/")
        return len(queries)

    caller(PHONE)
    cost()
    alone = cost()
    caller(FRIEND)
    assert cost() == alone <= 9
