"""The outbox: rows happen once, survive failures, and die after five claims."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from console.core import outbox, randomness
from console.core.models import OutboxRow, OutboxState, Queue


@pytest.fixture
def seen():
    """Payloads that the test's handler was given."""
    payloads = []
    outbox.HANDLERS["test.note"] = lambda payload, row: payloads.append(payload)
    yield payloads
    del outbox.HANDLERS["test.note"]


@pytest.fixture
def row(db, frozen):
    """A pending row of the test's kind."""
    return OutboxRow.objects.create(
        kind="test.note", queue=Queue.CALLS, dedupe_key="one", payload={"n": 1}
    )


def test_a_row_is_carried_out_and_marked_done(row, seen):
    assert outbox.run(row.id)
    row.refresh_from_db()
    assert (seen, row.state) == ([{"n": 1}], OutboxState.DONE)


def test_bg_02_a_second_delivery_claims_nothing(row, seen):
    outbox.run(row.id)
    assert not outbox.run(row.id)
    assert len(seen) == 1


def test_bg_02_a_row_whose_lease_ran_out_is_claimed_again(row, seen, frozen):
    OutboxRow.objects.filter(pk=row.pk).update(
        state=OutboxState.LEASED, lease_until=frozen.now() - timedelta(seconds=1)
    )
    assert outbox.run(row.id)


def test_a_row_is_not_run_before_its_time(row, seen, frozen):
    OutboxRow.objects.filter(pk=row.pk).update(next_at=frozen.now() + timedelta(seconds=5))
    assert not outbox.run(row.id)


def test_the_same_dedupe_key_is_one_row(db, frozen):
    with transaction.atomic():
        first = outbox.enqueue(kind="x", queue=Queue.OTP, payload={}, dedupe_key="same")
        second = outbox.enqueue(kind="x", queue=Queue.OTP, payload={}, dedupe_key="same")
    assert first is not None
    assert second is None
    assert OutboxRow.objects.count() == 1


def test_bg_06_a_failing_row_is_dead_after_five_claims(row, frozen):
    def fail(payload, row):
        raise RuntimeError("broken")

    outbox.HANDLERS["test.note"] = fail
    for _ in range(5):
        outbox.run(row.id)
        frozen.advance(hours=1)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.DEAD, 5)
    assert "broken" in row.last_error
    del outbox.HANDLERS["test.note"]


def test_later_does_not_count_as_a_failure(row, frozen):
    def wait(payload, row):
        raise outbox.Later(timedelta(seconds=7))

    outbox.HANDLERS["test.note"] = wait
    outbox.run(row.id)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    assert row.next_at == frozen.now() + timedelta(seconds=7)
    del outbox.HANDLERS["test.note"]


def test_bg_03_the_relay_finds_rows_that_nobody_woke(row, frozen):
    frozen.advance(seconds=3)
    assert [found for found, _ in outbox.due_rows(overdue_by=timedelta(seconds=1))] == [row.id]


def test_bg_03_of_very_many_rows_the_relay_wakes_those_that_are_not_published(
    db, frozen, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(outbox, "publish", lambda row_id, **_: told.append(row_id))
    made = [
        OutboxRow(kind="test.note", queue=Queue.CALLS, payload={}, next_at=frozen.now())
        for _ in range(outbox.WOKEN_AT_ONCE + 3)
    ]
    with django_capture_on_commit_callbacks(execute=True):
        outbox.enqueue_many(made)
    assert told == [one.id for one in made[: outbox.WOKEN_AT_ONCE]]
    frozen.advance(seconds=2)
    due = {row_id for row_id, _ in outbox.due_rows(overdue_by=timedelta(seconds=1))}
    assert due == {one.id for one in made}


def test_bg_03_a_crowd_in_one_queue_hides_no_row_of_another(db, frozen):
    for queue, count in ((Queue.WEBHOOKS, 4), (Queue.OTP, 1)):
        for _ in range(count):
            OutboxRow.objects.create(
                kind="test.note",
                queue=queue,
                payload={},
                next_at=frozen.now(),
                dedupe_key=str(randomness.new_uuid()),
            )
            frozen.advance(seconds=1)
    frozen.advance(seconds=2)
    found = [queue for _, queue in outbox.due_rows(overdue_by=timedelta(seconds=1), limit=2)]
    assert sorted(found) == ["otp", "webhooks", "webhooks"]
