"""Rooms when things happen twice, at once, to a stranger's room, or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from console.accounts.models import Account
from console.core.errors import DomainError, NotFound
from console.core.models import OutboxRow
from sandbox.calls import tasks as call_tasks
from sandbox.conferences import services
from sandbox.conferences.models import Kind, Member, Room
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.calls.test_engine import everything_twice
from tests.sandbox.conferences.conftest import FRIEND, OTHER, PHONE, room, there
from tests.support.drain import drain
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
LOBBY = "<Conference enterSound='beep:1'>Lobby</Conference>"


def test_rel_06_everything_told_twice_is_heard_once(account, frozen, answers):
    answers(LOBBY)
    first, second = call_in(account, frozen), call_in(account, frozen, from_=FRIEND)
    everything_twice(frozen, 1)
    first.press("5")
    everything_twice(frozen, 1)
    assert Member.objects.count() == 2
    assert sorted(first.heard + second.heard) == sorted(
        [
            "You are in Lobby, alone.",
            "You are in Lobby, with 1 more.",
            "+1 202 555 0143 joined.",
            "beep",
            "5",
        ]
    )
    second.hang_up()
    everything_twice(frozen, 1)
    assert first.heard[-1] == "+1 202 555 0143 left."


@pytest.mark.django_db(transaction=True)
def test_two_calls_that_make_a_room_at_once_meet_in_it(account, frozen, answers):
    answers(LOBBY)
    lines = [call_in(account, frozen), call_in(account, frozen, from_=FRIEND)]
    drain(frozen, leave=("call.fetch",))
    rows = list(OutboxRow.objects.filter(kind="call.fetch", state="pending"))
    assert len(rows) == 2
    outcomes = at_once(*(lambda row=row: call_tasks.fetch(row.payload, row) for row in rows))
    assert outcomes == [None, None]
    assert Room.objects.unscoped("a test").count() == 1
    assert sorted(there()) == [PHONE, FRIEND]
    drain(frozen, seconds=1)
    assert all("You are in Lobby" in line.heard[0] for line in lines)


@pytest.mark.django_db(transaction=True)
def test_all_members_leaving_at_once_end_the_room_once(account, frozen, answers, caller):
    answers("<MultiPartyCall role='agent' stayAlone='true'>Support</MultiPartyCall>")
    lines = [caller(PHONE), caller(FRIEND), caller(OTHER)]
    for line in lines:
        line.hang_up()
    rows = list(OutboxRow.objects.filter(kind="call.phone_event", state="pending"))
    outcomes = at_once(*(lambda row=row: call_tasks.phone_event(row.payload, row) for row in rows))
    assert outcomes == [None, None, None]
    assert room().is_over
    assert there() == []


def test_the_database_holds_one_living_room_a_name(account):
    Room.objects.create(kind=Kind.CONFERENCE, account=account, name="Lobby")
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(kind=Kind.CONFERENCE, account=account, name="Lobby")
    Room.objects.create(kind=Kind.MPC, account=account, name="Lobby")


def test_ten_02_a_stranger_finds_no_room_and_changes_none(account, answers, caller):
    answers(LOBBY)
    caller(PHONE)
    stranger = Account.objects.create(name="Stranger", credit="1")
    where = {"account": stranger, "room_uuid": room().room_uuid}
    for act in (
        services.kick_members,
        services.hang_up_members,
        services.update_members,
        services.silence_members,
        services.end_room,
        services.start_room,
    ):
        with pytest.raises(NotFound):
            act(**where)
    with pytest.raises(NotFound):
        services.find_room(account=stranger, kind=Kind.CONFERENCE, name="Lobby")
    assert services.living_rooms(account=stranger) == []
    assert there() == [PHONE]


@pytest.mark.parametrize("members", ["2", "1,2", "", "x", "1" * 40])
def test_a_member_that_is_not_there_changes_nothing(account, answers, caller, members):
    answers(LOBBY)
    caller(PHONE)
    with pytest.raises(NotFound):
        services.kick_members(account=account, room_uuid=room().room_uuid, members=members)
    assert there() == [PHONE]


@pytest.mark.parametrize("url", ["", "ftp://x.example.com/a", "javascript:alert(1)"])
def test_only_a_web_address_can_be_played(account, answers, caller, url):
    answers(LOBBY)
    caller(PHONE)
    with pytest.raises(DomainError):
        services.play_to_members(account=account, room_uuid=room().room_uuid, url=url)


def test_an_ended_room_takes_no_orders(account, answers, caller):
    answers(LOBBY)
    caller(PHONE).hang_up().live(1)
    with pytest.raises(NotFound):
        services.end_room(account=account, room_uuid=room().room_uuid)


def test_what_a_room_costs_does_not_grow_with_its_members(account, answers, caller):
    answers(LOBBY)
    caller(PHONE)
    where = {"account": account, "room_uuid": room().room_uuid}

    def cost() -> int:
        muted = not Member.objects.filter(muted=True).exists()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.update_members(**where, muted=muted)
        return len(queries)

    alone = cost()
    caller(FRIEND), caller(OTHER)
    services.update_members(**where, muted=False)
    assert cost() == alone <= 10
