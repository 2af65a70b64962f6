"""Jobs that run by themselves, started by `manage.py beat` on one leader (BG-11)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from console.core import clock
from console.core.models import LEASE_LENGTH, Lease, PeriodicRun

log = structlog.get_logger(__name__)
_SOURCES = re.compile(r"\s*\([^()]*\)")
# A tick that was missed, and a slow neighbour, are nothing to worry about.
_LATE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Job:
    """A function without arguments that tolerates a double start and a missed tick.

    `forgets` says that all it does is to delete what is too old, files on commit only, so that
    `manage.py retention` can run it and take it back (PRIV-03). `title` is what staff read.
    """

    name: str
    every: timedelta
    run: Callable[[], None]
    forgets: bool = False
    title: str = ""

    @property
    def does(self) -> str:
        """The first paragraph of its docstring for staff: without the sources in brackets."""
        first = (inspect.getdoc(self.run) or "").partition("\n\n")[0]
        return _SOURCES.sub("", " ".join(first.split()))

    @property
    def rhythm(self) -> str:
        """`15 s`, `10 min`, `1 h`, `1 d`: the time from one run to the next."""
        seconds = int(self.every.total_seconds())
        for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
            if seconds % size == 0:
                return f"{seconds // size} {unit}"
        return f"{seconds} s"


@dataclass(frozen=True, slots=True)
class JobState:
    """A job and when it last began (None: not yet); `late` says that it should have run since."""

    job: Job
    last_run: datetime | None
    late: bool


JOBS: dict[str, Job] = {}


def periodic(
    *, every: timedelta, forgets: bool = False, title: str = ""
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Registers the function to run about every `every`; keep it short and idempotent.

    Staff read the `title` (when left out, the function's name in words) and the first paragraph of
    the docstring. `forgets`: see `Job`.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        name = f"{function.__module__}.{function.__name__}"
        words = title or function.__name__.replace("_", " ").capitalize()
        JOBS[name] = Job(name=name, every=every, run=function, forgets=forgets, title=words)
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


def job_states() -> list[JobState]:
    """Every job by title, as staff look after it (one query)."""
    now = clock.now()
    last = dict(PeriodicRun.objects.values_list("name", "last_run"))
    return [
        JobState(
            job=job,
            last_run=last.get(name),
            late=name in last and now - last[name] > job.every + _LATE_AFTER,
        )
        for name, job in sorted(JOBS.items(), key=lambda one: one[1].title)
    ]


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
