"""Credit that runs out in the middle of calls ends them (cause 1010)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.accounts.models import Account
from console.records.models import Cdr
from sandbox.calls import bills
from sandbox.calls.models import Call
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import FRIEND, act, call_in, credit_of, ringing_at

pytestmark = pytest.mark.django_db
ON = '<Response><Speak loop="0">On and on.</Speak></Response>'


def leave(credit: str) -> None:
    Account.objects.update(credit=credit)


def test_a_call_ends_when_the_next_minute_cannot_be_paid(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: ON
    leave("0.025")  # two and a half minutes at a cent
    line = call_in(account, frozen).live(119)
    assert not line.call.is_over
    line.live(2)
    record = line.cdr
    assert (record.hangup_code, record.hangup_source) == (1010, "Plivo")
    assert (record.duration, record.amount) == (120, Decimal("0.02"))
    assert credit_of(account) == Decimal("0.005")
    assert line.phone.state == "ended"


def test_the_minute_that_has_begun_is_owed(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: ON
    leave("0.001")
    line = call_in(account, frozen).live(59)
    assert not line.call.is_over
    line.live(2)
    assert line.cdr.hangup_code == 1010


def test_legs_that_run_at_once_are_counted_together(frozen, account, proved, did, server):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{FRIEND}</Number></Dial></Response>"
    )
    leave("0.06")  # two minutes at a cent in and two cents out
    line = call_in(account, frozen).live(1)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(118)
    assert not line.call.is_over
    line.live(4)
    assert line.cdr.hangup_code == 1010
    assert sum(one.amount for one in Cdr.objects.all()) == Decimal("0.06")
    assert ringing_at(FRIEND).state == "ended"


def test_credit_that_was_added_meanwhile_carries_the_call_on(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: ON
    leave("0.01")
    line = call_in(account, frozen).live(30)
    leave("0.05")
    line.live(60)
    assert not line.call.is_over
    line.live(215)
    assert line.cdr.hangup_code == 1010
    assert line.cdr.duration == 300


def test_all_calls_of_the_account_end_and_nobody_elses(frozen, account, other_account, did, server):
    server.answers["/answer/"] = lambda got: ON
    leave("0.02")
    Account.objects.filter(pk=other_account.pk).update(credit="10")
    first = call_in(account, frozen)
    second = call_in(account, frozen, from_="+12025550177")
    first.live(70)
    assert not Call.objects.exclude(phase="ended").exists()
    assert {first.cdr.hangup_code, second.cdr.hangup_code} == {1010}


def test_what_is_charged_is_gone_from_the_account_in_hand_too(account):
    account.refresh_from_db()
    bills.charge(account, Decimal("0.25"))
    assert account.credit == credit_of(account)
