"""Whoever came into a room is told of entering and of leaving, each once, however short it was."""

from __future__ import annotations

import pytest

from console.core import outbox
from console.core.models import OutboxRow, OutboxState
from sandbox.calls import sweep
from sandbox.conferences import services, tasks
from sandbox.conferences.models import Member
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.conferences.conftest import FRIEND, PHONE, room
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
LOBBY = "<Conference callbackUrl='/told/' action='/done/'>Lobby</Conference>"
MPC = (
    "<MultiPartyCall role='agent' stayAlone='true' statusCallbackUrl='/status/'>Support"
    "</MultiPartyCall>"
)


def told(server, call_uuid=None) -> list[str]:
    """Which actions the callback URL was told, of one call or of all."""
    found = [got.params for got in server.received if got.path == "/told/"]
    mine = [one for one in found if call_uuid is None or one["CallUUID"] == str(call_uuid)]
    return [one["ConferenceAction"] for one in mine]


@pytest.fixture
def hasty(account, frozen):
    """Lets a phone call into a room whose own words to the calls in it are still on their way."""

    def call(from_: str = PHONE):
        line = call_in(account, frozen, from_=from_)
        drain(frozen, seconds=1, leave=("room.tell",))
        assert Member.objects.filter(call__call_uuid=line.call_uuid).exists()
        return line

    return call


def test_who_hangs_up_before_the_room_has_spoken_has_entered_and_left(server, answers, hasty):
    answers(LOBBY)
    line = hasty()
    line.hang_up()
    line.live(1, leave=("room.tell",)).live(1)
    assert told(server) == ["enter", "exit"]
    assert [one for one in line.kinds if one in ("room_joined", "room_left")] == [
        "room_joined",
        "room_left",
    ]


def test_who_is_hung_up_before_the_room_has_spoken_has_entered_and_left(
    account, server, answers, caller, hasty
):
    answers(LOBBY)
    caller(FRIEND)
    line = hasty()
    services.hang_up_members(account=account, room_uuid=room().room_uuid, members="2")
    orders = OutboxRow.objects.filter(kind="room.tell", state=OutboxState.PENDING)
    # As any of two workers may: the newest word of the room comes first.
    order = orders.order_by("-created_at").first()
    outbox.run(order.pk)
    line.live(1)
    assert told(server, line.call_uuid) == ["enter", "exit"]
    assert line.cdr.hangup_code == 4000


def test_what_is_told_of_entering_is_what_was_so_then(server, answers, hasty):
    answers(LOBBY)
    hasty().hang_up().live(1, leave=("room.tell",)).live(1)
    enter, leave = (got.params for got in server.received if got.path == "/told/")
    assert (enter["CallStatus"], enter["ConferenceMemberID"]) == ("in-progress", "1")
    assert (leave["CallStatus"], leave["ConferenceLastMember"]) == ("completed", "true")


def test_a_participant_hung_up_at_once_has_joined_and_left_its_story_too(server, answers, hasty):
    answers(MPC)
    line = hasty()
    line.hang_up().live(1, leave=("room.tell",)).live(1)
    names = [got.params["EventName"] for got in server.received if got.path == "/status/"]
    assert [one for one in names if one.startswith("Participant")] == [
        "ParticipantJoin",
        "ParticipantExit",
    ]
    assert {"room_joined", "room_left"} <= set(line.kinds)


def test_who_finds_the_room_full_has_neither_entered_nor_left(server, answers, caller):
    answers(
        phone="<Conference maxMembers='1'>Lobby</Conference>",
        friend=f"{LOBBY}<Wait length='30'/>",
    )
    caller(PHONE)
    caller(FRIEND).hang_up().live(1)
    assert told(server) == []


def test_a_call_that_ended_by_force_is_told_to_have_left(server, answers, caller):
    answers(LOBBY)
    line = caller(PHONE)
    sweep.end_by_force(line.call_uuid)
    tasks.mend_rooms()
    line.live(1)
    tasks.mend_rooms()
    line.live(1)
    assert told(server) == ["enter", "exit"]
