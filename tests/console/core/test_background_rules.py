"""How work is handed to workers, and who leads (BG-01, BG-07, BG-08, BG-11)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction

from console.celery import QUEUES, app
from console.core import outbox, periodic
from console.core.models import LEASE_LENGTH, OutboxRow, OutboxState, Queue


def _enqueue(**more) -> OutboxRow | None:
    return outbox.enqueue(kind="x", queue=Queue.OTP, payload={"n": 1}, **more)


@pytest.fixture
def published(monkeypatch) -> list[tuple[object, dict]]:
    """What the broker was told, instead of telling it."""
    told: list[tuple[object, dict]] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: told.append((args, more))
    )
    return told


def test_bg_01_what_is_rolled_back_leaves_no_row_and_tells_nobody(
    db, frozen, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        _enqueue()
        transaction.set_rollback(True)
    assert (OutboxRow.objects.count(), published) == (0, [])


def test_bg_01_the_broker_is_told_the_rows_id_and_nothing_else(
    db, frozen, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        row = _enqueue()
        assert published == []
    assert [args for args, _ in published] == [[str(row.pk)]]
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_bg_07_a_wait_of_over_half_a_minute_stays_in_the_row(
    db, frozen, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        _enqueue(delay=timedelta(seconds=31))
        _enqueue(delay=timedelta(seconds=30))
    assert [more["countdown"] for _, more in published] == [30]


def test_bg_07_a_worker_that_dies_gives_its_task_back_and_keeps_no_results():
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert conf.worker_prefetch_multiplier == 1
    assert (conf.task_soft_time_limit, conf.task_time_limit) == (45, 60)
    assert (conf.task_ignore_result, conf.result_backend) == (True, None)
    assert conf.worker_cancel_long_running_tasks_on_connection_loss
    assert conf.worker_soft_shutdown_timeout == 25
    assert [one.name for one in conf.task_queues] == list(QUEUES) == list(Queue.values)
    assert settings.TRUST.outbox_lease >= conf.task_time_limit


def test_bg_11_of_two_beats_one_leads_until_its_lease_runs_out(db, frozen):
    first, second = uuid.uuid4(), uuid.uuid4()
    assert periodic.lead(first)
    assert not periodic.lead(second)
    frozen.advance(seconds=LEASE_LENGTH.total_seconds() - 1)
    assert periodic.lead(first)  # which keeps it
    frozen.advance(seconds=2)
    assert not periodic.lead(second)
    frozen.advance(seconds=LEASE_LENGTH.total_seconds())
    assert periodic.lead(second)
    assert not periodic.lead(first)


def test_bg_11_a_job_that_fails_stops_no_other_and_is_not_run_twice(db, frozen, monkeypatch):
    ran: list[str] = []

    def broken() -> None:
        ran.append("broken")
        raise RuntimeError

    jobs = {
        name: periodic.Job(name=name, every=timedelta(minutes=1), run=run)
        for name, run in (("broken", broken), ("sound", lambda: ran.append("sound")))
    }
    monkeypatch.setattr(periodic, "JOBS", jobs)
    periodic.run_due_jobs()
    periodic.run_due_jobs()
    assert ran == ["broken", "sound"]
    frozen.advance(seconds=3600)  # sixty ticks were missed: it runs once
    periodic.run_due_jobs()
    assert ran == ["broken", "sound"] * 2


def test_bg_08_a_beat_without_a_database_goes_on_and_ends_when_told(tmp_path):
    """REL-04: nobody has to start it again when the database comes back."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "DATABASE_URL"))}
    command = [sys.executable, "manage.py", "beat"]
    with subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**kept, "RINGFENCE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "console.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as beat:
        try:
            assert beat.stdout is not None
            complaints = (line for line in beat.stdout if "beat_database_unreachable" in line)
            assert next(complaints)
            assert next(complaints)
            beat.send_signal(signal.SIGTERM)
            beat.stdout.read()
            assert beat.wait(timeout=60) == 0
        finally:
            beat.kill()


def test_rel_13_a_row_that_kills_its_worker_each_time_is_dead_and_its_neighbour_runs(
    db, frozen, monkeypatch
):
    ran: list[int] = []
    monkeypatch.setitem(outbox.HANDLERS, "x", lambda payload, row: ran.append(payload["n"]))
    lost = OutboxRow.objects.create(
        kind="x", queue=Queue.CALLS, dedupe_key="killer", payload={"n": 0},
        state=OutboxState.LEASED, attempts=settings.TRUST.outbox_claims,
        lease_until=frozen.now() - timedelta(seconds=1),
    )  # fmt: skip
    neighbour = OutboxRow.objects.create(
        kind="x", queue=Queue.CALLS, dedupe_key="neighbour", payload={"n": 1}
    )
    for row_id, _ in list(outbox.due_rows(overdue_by=timedelta(0))):
        outbox.run(row_id)
    states = dict(OutboxRow.objects.values_list("pk", "state"))
    assert states == {lost.pk: OutboxState.DEAD, neighbour.pk: OutboxState.DONE}
    assert ran == [1]
