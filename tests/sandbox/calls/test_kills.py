"""REL-01, REL-06: a worker killed at any statement loses nothing and repeats nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q

from console.core import clock, outbox
from console.core.models import OutboxRow, OutboxState
from console.records.models import Cdr
from sandbox.calls import control, outbound
from sandbox.network.models import HandsetCaption, Permit
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import (
    DID,
    FRIEND,
    PHONE,
    Line,
    act,
    call_in,
    credit_of,
    ringing_at,
)

pytestmark = pytest.mark.django_db
OURS = (
    *("call.incoming", "call.phone_event", "call.timer", "call.fetch", "call.dial"),
    *("call.start", "call.overlay", "call.credit"),
)
DOCUMENT = (
    "<Response><GetDigits action='/dial/' numDigits='1' timeout='9'><Speak>Press.</Speak>"
    "</GetDigits></Response>"
)
DIAL = f"<Response><Dial><Number>{FRIEND}</Number></Dial><Speak>Bye.</Speak></Response>"


class Killed(BaseException):
    """As `kill -9`: no handler gets to clean up."""


class Killer:
    """Dies at the n-th statement."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute, sql, params, many, context) -> Any:
        self.left -= 1
        if self.left == 0:
            raise Killed
        return execute(sql, params, many, context)


def run_killed_everywhere(row: OutboxRow) -> int:
    """Runs the row's handler again and again, killed one statement later each time."""
    for place in range(1, 400):
        try:
            # What was not committed when the worker died is gone.
            with transaction.atomic(), connection.execute_wrapper(Killer(place)):
                outbox.HANDLERS[row.kind](row.payload, row)
        except Killed:
            continue
        except outbox.Later:
            continue
        return place
    raise AssertionError(f"{row.kind} takes more than 400 statements")


def live(still: clock.FrozenClock, seconds: float, *, killing: bool) -> int:
    """As `drain`, with every worker killed at every statement of our handlers."""
    until, kills = still.moment + timedelta(seconds=seconds), 0
    waiting = OutboxRow.objects.filter(state=OutboxState.PENDING, next_at__lte=until)
    while row := waiting.order_by("next_at", "pk").first():
        still.moment = max(still.moment, row.next_at)
        if killing and row.kind in OURS:
            kills += run_killed_everywhere(row)
            OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.DONE)
        else:
            outbox.run(row.pk)
    still.moment = until
    return kills


def a_call(account, still, *, killing: bool) -> tuple[Line, int]:
    """A call with keys, a dialled leg, and an end."""
    line = call_in(account, still)
    kills = live(still, 1, killing=killing)
    line.press("1", "one")
    kills += live(still, 2, killing=killing)
    act(ringing_at(FRIEND), Deed.ANSWER)
    kills += live(still, 20, killing=killing)
    act(ringing_at(FRIEND), Deed.HANG_UP)
    kills += live(still, 700, killing=killing)
    return line, kills


def outcome(line: Line) -> dict[str, Any]:
    """All that a user can see of a call."""
    records = Cdr.objects.filter(call_uuid__in=[leg.call_uuid for leg in line.legs])
    columns = ("leg", "state", "duration", "billed_duration", "amount", "hangup_code")
    other = line.legs[1].call_uuid
    return {
        "heard": line.heard,
        "heard there": [
            one.shown() for one in HandsetCaption.objects.filter(call=other).order_by("id")
        ],
        "records": list(records.order_by("leg").values_list(*columns)),
        "story": [(one.seq, one.kind, one.child > 0) for one in line.story],
    }


def test_rel_01_a_worker_killed_at_every_statement_gives_the_same_call(
    frozen, account, proved, server, did
):
    server.answers["/answer/"] = lambda got: DOCUMENT
    server.answers["/dial/"] = lambda got: DIAL
    plain, _ = a_call(account, frozen, killing=False)
    before = credit_of(account)
    spent = sum(one.amount for one in Cdr.objects.all())
    killed, kills = a_call(account, frozen, killing=True)
    assert kills > 150
    assert outcome(killed) == outcome(plain)
    assert before - credit_of(account) == spent
    assert Permit.objects.exclude(consumed_at=None).count() == 2
    assert Permit.objects.count() == 2


def an_outbound_call(account, still, server, *, killing: bool) -> tuple[Line, int]:
    """A call that waits its turn, is answered, hears the API, is moved with its B leg, and ends."""
    url = f"{server.url}/answer/"
    (uuid,) = outbound.place_calls(
        account=account, from_=DID, to=FRIEND, answer_url=url, send_digits="12"
    )
    line = Line(account, still, uuid)
    kills = live(still, 2, killing=killing)
    act(ringing_at(FRIEND), Deed.ANSWER)
    kills += live(still, 2, killing=killing)
    act(ringing_at(PHONE), Deed.ANSWER)
    kills += live(still, 1, killing=killing)
    control.speak(account=account, call_uuid=uuid, text="Aside.", request_id=str(uuid))
    kills += live(still, 2, killing=killing)
    control.transfer(
        account=account,
        call_uuid=uuid,
        legs="both",
        aleg_url=f"{server.url}/a/",
        bleg_url=f"{server.url}/b/",
    )
    kills += live(still, 700, killing=killing)
    return line, kills


def test_rel_01_an_outbound_call_survives_a_kill_at_every_statement(
    frozen, account, proved, server, did
):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{PHONE}</Number></Dial></Response>"
    )
    server.answers["/a/"] = lambda got: "<Response><Speak>Moved.</Speak></Response>"
    server.answers["/b/"] = lambda got: "<Response><Speak>Parted.</Speak></Response>"

    def seen(line: Line) -> list[object]:
        ends = Cdr.objects.filter(Q(call_uuid=line.call_uuid) | Q(parent_call_uuid=line.call_uuid))
        columns = ("leg", "state", "duration", "billed_duration", "amount", "hangup_code")
        story = [(one.seq, one.kind, one.child > 0) for one in line.story]
        there = ends.exclude(call_uuid=line.call_uuid).get().call_uuid
        captions = HandsetCaption.objects.filter(call=there).order_by("id")
        heard = [one.shown() for one in captions]
        return [line.heard, heard, list(ends.order_by("leg").values_list(*columns)), story]

    plain, _ = an_outbound_call(account, frozen, server, killing=False)
    before = credit_of(account)
    spent = sum(one.amount for one in Cdr.objects.all())
    killed, kills = an_outbound_call(account, frozen, server, killing=True)
    assert kills > 150
    assert seen(killed) == seen(plain)
    assert before - credit_of(account) == spent
    assert Permit.objects.exclude(consumed_at=None).count() == 4
    assert Permit.objects.count() == 4
