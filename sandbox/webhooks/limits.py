"""How many requests may be under way at once, over all worker processes (SSRF-07)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from console.accounts.models import Account
from console.core import clock, door, outbox, randomness
from sandbox.webhooks.models import InFlight

# Names of PostgreSQL's advisory locks; a class for each kind of key, so that keys cannot cross.
_LOCK_ACCOUNT, _LOCK_HOST = 7101, 7102
# Above the longest fetch (40 s), so that a living request is never taken for a dead one.
_LEASE = timedelta(seconds=60)
_LONGEST_WAIT = timedelta(seconds=15)
_Row = tuple[int, str, str]
PLACES_OF_A_WORKER: Final = 64
"""Threads of a worker of the queue `webhooks`; a test compares it with what `up` starts."""


class HostBusyError(outbox.Later):
    """As many requests as allowed are under way; an outbox handler that lets it pass runs again."""


@contextmanager
def place_for(*, account: Account, host: str, since: datetime | None = None) -> Iterator[None]:
    """Holds a place for one request; raises HostBusyError when all are taken.

    At most `TRUST.webhook_per_host` to one host name and `webhook_per_account` for one account, and
    of the places that are free an account takes no more than leave twice as many to others: two or
    three accounts whose servers hang cannot hold all workers. Who has waited `since` long ago is
    told to wait for longer. Five queries to take, one to give back; one when all are taken.
    """
    place = None
    # A look first: what waits must not stand in the way of what writes.
    if _has_room(account=account, host=host):
        place = _take(account=account, host=host)
    if place is None:
        raise HostBusyError(_wait(since), "too many requests under way")
    door.leave()
    try:
        yield
    finally:
        InFlight.objects.filter(pk=place).delete()


def _wait(since: datetime | None) -> timedelta:
    """Spread out, or all that wait for one slow host would ask again at the same instant.

    A quarter of the time that it has waited already, up to a quarter of a minute: hundreds that
    wait for one account's places cost next to nothing.
    """
    spread = timedelta(milliseconds=300 + randomness.below(900))
    if since is None:
        return spread
    return max(spread, min((clock.now() - since) / 4, _LONGEST_WAIT) + spread / 2)


def _take(*, account: Account, host: str) -> UUID | None:
    now = clock.now()
    with transaction.atomic():
        _one_at_a_time(account=account, host=host)
        InFlight.objects.filter(host=host, until__lte=now).delete()
        if not _has_room(account=account, host=host):
            return None
        place = InFlight(account=account, host=host, holder=_holder(), until=now + _LEASE)
        place.save(force_insert=True)
        return place.pk


def _has_room(*, account: Account, host: str) -> bool:
    """Whether one more may go there (one query; one more when a process of this machine died)."""
    living = InFlight.objects.filter(until__gt=clock.now())
    rows = _of_the_living(list(living.values_list("account_id", "host", "holder")))
    own = sum(1 for one, _, _ in rows if one == account.pk)
    trust = settings.TRUST
    if sum(1 for _, one, _ in rows if one == host) >= trust.webhook_per_host:
        return False
    free = PLACES_OF_A_WORKER * settings.WORKERS - len(rows)
    return own < min(trust.webhook_per_account, max(1, free / 2))


def _holder() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _of_the_living(rows: list[_Row]) -> list[_Row]:
    """Frees what killed processes of this machine held; else they would block a host a minute."""
    dead = {holder for holder in {holder for _, _, holder in rows} if _is_dead(holder)}
    if dead:
        InFlight.objects.filter(holder__in=dead).delete()
    return [row for row in rows if row[2] not in dead]


def _is_dead(holder: str) -> bool:
    machine, _, process = holder.rpartition(":")
    if machine != socket.gethostname()[:60]:
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it lives, as somebody else's
    return False


def _one_at_a_time(*, account: Account, host: str) -> None:
    # SQLite's transactions are immediate, so they stand in line already.
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            # From left to right, for everyone alike.
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s)),"
            " pg_advisory_xact_lock(%s, hashtext(%s))",
            [_LOCK_ACCOUNT, account.auth_id, _LOCK_HOST, host],
        )
