"""What may go wrong around an event: twice, late, two at once, a worker killed, a lost row."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from console.core import clock, outbox
from console.core.models import OutboxRow, OutboxState
from console.records.models import Cdr
from sandbox.calls import dialling, engine, fetches, incoming, sweep, tasks
from sandbox.calls.flow import events
from sandbox.calls.models import Call, CallEvent
from sandbox.network.models import HandsetCaption
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, act, call_in, credit_of, ringing_at
from tests.sandbox.calls.test_dialling import dials  # noqa: F401 - a fixture
from tests.support.drain import drain
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
MENU = (
    "<Response><GetDigits action='/keys/' numDigits='1' timeout='9'><Speak>Press.</Speak>"
    "</GetDigits></Response>"
)


@pytest.fixture
def menu(server, did):
    server.answers["/answer/"] = lambda got: MENU
    server.answers["/keys/"] = lambda got: "<Response><Speak>Thanks.</Speak></Response>"
    return server


def run_twice(row: OutboxRow) -> None:
    """What happens when a worker dies after its effect and before the row is done."""
    tasks_by_kind = outbox.HANDLERS[row.kind]
    tasks_by_kind(row.payload, row)
    tasks_by_kind(row.payload, row)


def everything_twice(still: clock.FrozenClock, seconds: float) -> None:
    """As `drain`, every handler twice."""
    until = still.moment + timedelta(seconds=seconds)
    waiting = OutboxRow.objects.filter(state=OutboxState.PENDING)
    while row := waiting.filter(next_at__lte=until).order_by("next_at", "pk").first():
        still.moment = max(still.moment, row.next_at)
        run_twice(row)
        OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.DONE)
    still.moment = until


def test_rel_06_every_handler_run_twice_gives_one_effect(frozen, account, proved, dials):  # noqa: F811
    dials(FRIEND)
    line = call_in(account, frozen)
    everything_twice(frozen, 3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    everything_twice(frozen, 10)
    line.hang_up()
    everything_twice(frozen, 5)
    assert Cdr.objects.count() == 2
    assert len(line.legs) == 2
    texts = [one.shown() for one in HandsetCaption.objects.all()]
    assert sorted(texts) == sorted(
        ["ringing", "You are talking with +12025550142.", f"You are talking with {FRIEND}."]
    )
    assert credit_of(account) == 10 - sum(one.amount for one in Cdr.objects.all())
    seqs = [one.seq for one in line.story]
    assert seqs == list(range(1, len(seqs) + 1))


def test_keys_told_twice_are_pressed_once(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    event = events.Digits("7")
    assert engine.apply(line.call_uuid, event, key="phone-0-a")
    assert not engine.apply(line.call_uuid, event, key="phone-0-a")
    line.live(5)
    assert [one.params["Digits"] for one in menu.seen("/keys/")] == ["7"]


def test_an_event_after_the_end_changes_nothing(frozen, account, menu):
    line = call_in(account, frozen).live(2).hang_up().live(1)
    before = CallEvent.objects.count(), line.call.version
    late = [
        events.Digits("1"),
        events.LegEnded(),
        events.HangupAsked(),
        events.TimerFired(1),
        events.DocumentFetched(1, "<Response/>"),
    ]
    for number, event in enumerate(late):
        assert not engine.apply(line.call_uuid, event, key=f"late-{number}")
    assert (CallEvent.objects.count(), line.call.version) == before
    assert Cdr.objects.count() == 1


def test_an_event_of_an_unknown_call_is_nothing(db):
    assert not engine.apply(UUID(int=1), events.Digits("1"), key="a")


def test_what_a_rolled_back_event_did_never_happened(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    before = CallEvent.objects.count(), OutboxRow.objects.count(), line.phone.version

    class Killed(Exception):
        pass

    with pytest.raises(Killed), transaction.atomic():
        engine.apply(line.call_uuid, events.Digits("1"), key="phone-0-x")
        raise Killed
    assert (CallEvent.objects.count(), OutboxRow.objects.count(), line.phone.version) == before
    assert engine.apply(line.call_uuid, events.Digits("1"), key="phone-0-x")
    line.live(5)
    assert line.heard == ["Press.", "Thanks."]


def test_a_call_comes_in_once_however_often_its_row_runs(frozen, account, menu):
    line = call_in(account, frozen)
    row = OutboxRow.objects.get(kind="call.incoming")
    run_twice(row)
    assert Call.objects.count() == 1
    assert line.kinds.count("call_started") == 1


def test_a_hangup_that_overtakes_the_call_waits_for_it(frozen, account, menu):
    line = call_in(account, frozen).hang_up()
    row = OutboxRow.objects.get(kind="call.phone_event")
    with pytest.raises(outbox.Later):
        tasks.phone_event(row.payload, row)
    line.live(5)
    assert line.cdr.hangup_code == 1000


def test_a_fetch_whose_row_died_ends_the_call_all_the_same(frozen, account, menu):
    line = call_in(account, frozen)
    drain(frozen, leave=("call.fetch",))
    OutboxRow.objects.filter(kind="call.fetch").update(state=OutboxState.DEAD)
    sweep.take_up_lost_calls()
    assert not line.call.is_over
    frozen.advance(seconds=200)
    sweep.take_up_lost_calls()
    line.live(5)
    assert line.cdr.hangup_code == 7011


def test_a_call_that_nothing_would_wake_ends_with_5010(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    OutboxRow.objects.filter(kind="call.timer").update(state=OutboxState.DEAD)
    frozen.advance(seconds=120)
    sweep.take_up_lost_calls()
    assert line.cdr.hangup_code == 5010
    assert line.phone.state == "ended"


def test_rel_02_while_the_workers_are_gone_no_call_is_given_up(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    frozen.advance(seconds=300)
    sweep.take_up_lost_calls()
    assert not line.call.is_over
    line.live(60)
    assert line.cdr.hangup_code == 4010
    assert line.heard == ["Press."]


def test_a_call_that_nobody_takes_up_for_a_quarter_of_an_hour_is_ended(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    frozen.advance(seconds=1100)
    sweep.take_up_lost_calls()
    assert line.cdr.hangup_code == 5010


def test_a_call_whose_state_cannot_be_read_is_ended_by_force(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    Call.objects.update(flow={"state": {"t": "Nonsense"}})
    frozen.advance(seconds=900)
    sweep.take_up_lost_calls()
    assert line.cdr.hangup_code == 5010
    assert line.call.is_over
    assert line.phone.state == "ended"


def test_gate_09_suspending_an_account_ends_its_calls(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    account.state = "suspended"
    account.save(update_fields=["state"])
    sweep.end_calls_of_closed_accounts()
    assert line.cdr.hangup_code == 3040


def test_a_living_call_is_left_alone_by_the_sweep(frozen, account, server, did):
    server.answers["/answer/"] = lambda got: "<Response><Wait length='500'/></Response>"
    line = call_in(account, frozen)
    for _ in range(40):
        line.live(10)
        sweep.take_up_lost_calls()
    assert not line.call.is_over


def test_a_fetch_of_an_ended_call_is_not_sent(frozen, account, menu):
    line = call_in(account, frozen)
    drain(frozen, leave=("call.fetch",))
    row = OutboxRow.objects.get(kind="call.fetch")
    line.hang_up()
    drain(frozen, leave=("call.fetch",))
    fetches.carry_out(line.call_uuid, row.payload["fetch_id"])
    assert not menu.seen("/answer/")


def test_a_dial_of_an_ended_leg_does_not_ring(frozen, account, proved, dials):  # noqa: F811
    dials(FRIEND)
    line = call_in(account, frozen)
    drain(frozen, leave=("call.dial",))
    line.hang_up()
    drain(frozen, leave=("call.dial",))
    assert not dialling.dial(line.call_uuid, line.legs[1].child)
    assert ringing_at(FRIEND) is None


def test_no_payload_holds_what_was_pressed(frozen, account, menu):
    menu.answers["/answer/"] = lambda got: MENU.replace("<GetDigits", "<GetDigits log='false'")
    menu.answers["/keys/"] = lambda got: "<Response><Wait length='3'/></Response>"
    line = call_in(account, frozen).live(1).press("9").live(2)
    ours = OutboxRow.objects.filter(kind__in=["call.fetch", "call.timer", "call.dial"])
    assert not any("Digits" in str(row.payload) for row in ours)
    line.hang_up().live(1)


def test_a_plain_event_costs_few_queries(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    with CaptureQueriesContext(connection) as asked:
        engine.apply(line.call_uuid, events.Digits("1"), key="phone-0-a")
    plain = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(plain) <= 6, plain


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_event_apply_it_once(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    same = [
        lambda: engine.apply(line.call_uuid, events.Digits("7"), key="phone-0-a") for _ in range(8)
    ]
    outcomes = at_once(*same)
    assert sorted(outcomes) == [False] * 7 + [True]
    assert line.kinds.count("digits") == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_with_different_events_lose_none(frozen, account, menu):
    menu.answers["/answer/"] = lambda got: (
        "<Response><GetDigits action='/keys/' numDigits='50' timeout='9'/></Response>"
    )
    line = call_in(account, frozen).live(2)
    acts = [
        lambda number=number: engine.apply(
            line.call_uuid, events.Digits(str(number)), key=f"phone-0-{number}"
        )
        for number in range(8)
    ]
    assert at_once(*acts) == [True] * 8
    seqs = [one.seq for one in line.story]
    assert seqs == list(range(1, len(seqs) + 1))
    line.live(30)
    (got,) = menu.seen("/keys/")
    assert sorted(got.params["Digits"]) == sorted("01234567")


@pytest.mark.django_db(transaction=True)
def test_two_workers_ending_a_call_write_one_record(frozen, account, menu):
    line = call_in(account, frozen).live(2)
    acts = [
        lambda number=number: engine.apply(
            line.call_uuid, events.HangupAsked(), key=f"ask-{number}"
        )
        for number in range(6)
    ]
    assert sorted(at_once(*acts)) == [False] * 5 + [True]
    assert line.cdr.hangup_code == 4000
    assert credit_of(account) == 10 - line.cdr.amount


@pytest.mark.django_db(transaction=True)
def test_gate_09_calls_that_come_at_once_cannot_overrun_the_cap(frozen, account, menu):
    lines = [call_in(account, frozen) for _ in range(6)]
    arrivals = [
        lambda line=line: incoming.arrive(
            call_uuid=line.call_uuid, auth_id=account.auth_id, from_=PHONE, to=DID
        )
        for line in lines
    ]
    assert at_once(*arrivals) == [True] * 6
    assert Call.objects.exclude(phase="ended").count() == 2
    assert Cdr.objects.filter(hangup_code=5030).count() == 4
