"""The audit log (ACC-12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from console.accounts import audit
from console.accounts.audit_triggers import OFF, ON
from console.accounts.models import AuditEvent, AuditHead
from console.core import clock


@pytest.fixture
def unguarded(db):
    """The triggers are off, as for someone who owns the database."""
    with connection.cursor() as cursor:
        for statement in OFF[connection.vendor]:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in ON[connection.vendor]:
            cursor.execute(statement)


def _three(account, owner):
    return [
        audit.record(action=f"test.{n}", actor=owner, account=account, data={"n": n, "b": [1, "é"]})
        for n in range(3)
    ]


def test_acc_12_an_event_says_who_did_what_from_where(account, owner):
    event = audit.record(
        action="token.rotated",
        actor=owner,
        account=account,
        object_type="account",
        object_id=account.auth_id,
        ip="2001:DB8::1",
    )
    event.refresh_from_db()
    assert (event.actor_name, event.actor_id) == (owner.email, owner.public_id)
    assert (event.object_id, event.ip) == (account.auth_id, "2001:db8::1")


def test_acc_12_each_event_carries_the_hash_of_the_one_before(account, owner):
    first, second, third = _three(account, owner)
    assert first.previous_hash == audit.START
    assert second.previous_hash == first.own_hash
    assert third.previous_hash == second.own_hash


def test_acc_12_accounts_have_chains_of_their_own(account, other_account, owner):
    audit.record(action="a", actor=owner, account=account)
    event = audit.record(action="b", actor="system", account=other_account)
    assert (event.chain, event.sequence) == (other_account.auth_id, 1)


def test_acc_12_a_whole_log_is_proved(account, owner, capsys):
    _three(account, owner)
    audit.record(action="platform.started", actor="system")
    call_command("audit_verify")
    assert "whole: 2 chains" in capsys.readouterr().out


@pytest.mark.parametrize("doing", ["update", "delete"])
def test_acc_12_the_database_refuses_to_change_an_event(account, owner, doing):
    _three(account, owner)
    rows = AuditEvent.objects.for_account(account)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(action="forged") if doing == "update" else rows.delete()
    assert rows.count() == 3


def test_acc_12_an_account_can_go_and_its_events_stay(account, owner):
    _three(account, owner)
    chain = account.auth_id
    account.delete()
    assert AuditEvent.objects.filter(chain=chain).count() == 3


def _verify_fails(capsys) -> str:
    with pytest.raises(CommandError):
        call_command("audit_verify")
    return capsys.readouterr().out


def test_acc_12_a_changed_event_shows(account, owner, unguarded, capsys):
    events = _three(account, owner)
    AuditEvent.objects.filter(pk=events[1].pk).update(actor_name="someone@example.com")
    assert "#2: was changed" in _verify_fails(capsys)


def test_acc_12_a_missing_event_shows(account, owner, unguarded, capsys):
    events = _three(account, owner)
    AuditEvent.objects.filter(pk=events[1].pk).delete()
    assert "event 2 is missing" in _verify_fails(capsys)


def test_acc_12_a_cut_off_end_shows(account, owner, unguarded, capsys):
    events = _three(account, owner)
    AuditEvent.objects.filter(pk=events[2].pk).delete()
    assert "ends at event 2, not at 3" in _verify_fails(capsys)


def test_acc_12_a_chain_without_its_head_shows(account, owner, unguarded, capsys):
    _three(account, owner)
    AuditHead.objects.all().delete()
    assert "no head" in _verify_fails(capsys)


def test_acc_12_what_is_rolled_back_leaves_no_gap(account, owner):
    _three(account, owner)
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record(action="lost", actor=owner, account=account)
        raise RuntimeError
    assert audit.record(action="next", actor=owner, account=account).sequence == 4
    assert list(audit.breaks()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_a_test_with_real_transactions_can_empty_the_log(time):
    audit.record(action="platform.started", actor="system")
    assert AuditEvent.objects.count() == 1


def _long_ago() -> clock.FrozenClock:
    return clock.FrozenClock(datetime(2020, 1, 1, tzinfo=UTC))


def test_priv_03_events_past_their_retention_go_and_the_rest_still_proves(account, owner):
    with clock.use(_long_ago()):
        _three(account, owner)
    fresh = audit.record(action="new", actor=owner, account=account)
    assert audit.forget_old() == 3
    assert list(AuditEvent.objects.for_account(account)) == [fresh]
    assert list(audit.breaks()) == []
    assert audit.forget_old() == 0


def test_acc_12_what_retention_left_cannot_be_cut_further(account, owner, unguarded):
    with clock.use(_long_ago()):
        _three(account, owner)
    fresh = audit.record(action="new", actor=owner, account=account)
    audit.record(action="newer", actor=owner, account=account)
    audit.forget_old()
    AuditEvent.objects.filter(pk=fresh.pk).delete()
    assert [one.reason for one in audit.breaks()] == ["event 4 is missing"]


@pytest.mark.django_db(transaction=True)
def test_acc_12_events_written_at_once_make_one_unbroken_chain(account, owner):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads cannot share SQLite's database in memory")

    def write(number: int) -> None:
        try:
            audit.record(action=f"parallel.{number}", actor="system", account=account)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert AuditEvent.objects.for_account(account).count() == 40
    assert list(audit.breaks()) == []


def test_the_owner_reads_what_happened_in_words():
    data = {"numbers": ["+12025550150", "+12025550151"], "is_on": False, "was": {"from": None}}
    told = AuditEvent(data=data).details
    assert told == "numbers: +12025550150, +12025550151 · is on: no · was: from none"
