"""Jobs that run by themselves, started by `manage.py beat` on one leader (BG-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from console.core import clock
from console.core.models import LEASE_LENGTH, Lease, PeriodicRun

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A function without arguments that tolerates a double start and a missed tick.

    `forgets` says that all it does is to delete what is too old, files on commit only, so that
    `manage.py retention` can run it and take it back (PRIV-03).
    """

    name: str
    every: timedelta
    run: Callable[[], None]
    forgets: bool = False


JOBS: dict[str, Job] = {}


def periodic(
    *, every: timedelta, forgets: bool = False
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Registers the function to run about every `every`; keep it short and idempotent.

    `forgets`: see `Job`.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        name = f"{function.__module__}.{function.__name__}"
        JOBS[name] = Job(name=name, every=every, run=function, forgets=forgets)
        return function

    return register


def lead(holder: UUID, name: str = "beat") -> bool:
    """Takes or keeps the lease (one or two queries); False while another process leads."""
    now = clock.now()
    until = now + LEASE_LENGTH
    if Lease.objects.filter(name=name, holder=holder).update(until=until):
        return True
    if Lease.objects.filter(name=name, until__lt=now).update(holder=holder, until=until):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=until)
    except IntegrityError:
        return False
    return True


def run_due_jobs() -> list[str]:
    """Runs each job whose time has come and gives their names; a failure is logged only."""
    ran = []
    last = dict(PeriodicRun.objects.values_list("name", "last_run"))
    for job in JOBS.values():
        now = clock.now()
        if job.name in last and now - last[job.name] < job.every:
            continue
        PeriodicRun.objects.update_or_create(name=job.name, defaults={"last_run": now})
        try:
            job.run()
        except Exception:
            log.exception("periodic_job_failed", job=job.name)
        ran.append(job.name)
    return ran
