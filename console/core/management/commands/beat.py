"""`manage.py beat`: the relay, the sweep and the periodic jobs, on one leader (BG-03, BG-11)."""

from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from console.core import outbox, periodic, randomness
from console.core.relay import Relay

log = structlog.get_logger(__name__)
_RELAY_EVERY = 2.0
# A row that is this late was not woken: its worker or the broker lost it.
_OVERDUE = timedelta(seconds=1)


class Command(BaseCommand):
    """Publishes rows that nobody woke and runs the periodic jobs until it is told to stop."""

    help = "Relay of the outbox and clock of the periodic jobs; any number may run, one leads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--inline` runs due rows here: for the time that the broker is gone."""
        parser.add_argument("--inline", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loops until SIGTERM or SIGINT."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        holder, relay = randomness.new_uuid(), Relay()
        while not stop.is_set():
            started = time.monotonic()
            try:
                if periodic.lead(holder):
                    _tick(relay, inline=options["inline"])
            except DatabaseError as error:
                log.warning("beat_database_unreachable", error=type(error).__name__)
            close_old_connections()
            stop.wait(max(0.1, _RELAY_EVERY - (time.monotonic() - started)))


def _tick(relay: Relay, *, inline: bool) -> None:
    late = outbox.due_rows(overdue_by=_OVERDUE)
    if inline:
        for row_id, _ in late:
            outbox.run(row_id)
    elif not all(outbox.publish(row_id, queue=queue) for row_id, queue in relay.pick(late)):
        relay.forget()
    periodic.run_due_jobs()
