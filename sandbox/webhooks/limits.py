"""How many requests may be under way at once, over all worker processes (SSRF-07)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from console.accounts.models import Account
from console.core import clock, outbox, randomness
from sandbox.webhooks.models import InFlight

# Names of PostgreSQL's advisory locks; a class for each kind of key, so that keys cannot cross.
_LOCK_ACCOUNT, _LOCK_HOST = 7101, 7102
# Above the longest fetch (40 s), so that a living request is never taken for a dead one.
_LEASE = timedelta(seconds=60)


class HostBusyError(outbox.Later):
    """As many requests as allowed are under way; an outbox handler that lets it pass runs again."""


@contextmanager
def place_for(*, account: Account, host: str) -> Iterator[None]:
    """Holds a place for one request; raises HostBusyError when all are taken.

    At most `TRUST.webhook_per_host` to one host name and `webhook_per_account` for one account.
    Six queries to take, one to give back.
    """
    place = _take(account=account, host=host)
    if place is None:
        # Spread out, or all that wait for one slow host would ask again at the same instant.
        wait = timedelta(milliseconds=300 + randomness.below(900))
        raise HostBusyError(wait, "too many requests under way")
    try:
        yield
    finally:
        InFlight.objects.filter(pk=place).delete()


def _take(*, account: Account, host: str) -> UUID | None:
    now, trust = clock.now(), settings.TRUST
    with transaction.atomic():
        _one_at_a_time(account=account, host=host)
        InFlight.objects.filter(host=host, until__lte=now).delete()
        _forget_the_dead(Q(host=host) | Q(account=account))
        living = InFlight.objects.filter(until__gt=now)
        if living.filter(host=host).count() >= trust.webhook_per_host:
            return None
        if living.filter(account=account).count() >= trust.webhook_per_account:
            return None
        place = InFlight(account=account, host=host, holder=_holder(), until=now + _LEASE)
        place.save(force_insert=True)
        return place.pk


def _holder() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _forget_the_dead(these: Q) -> None:
    """Frees what killed processes of this machine held; else they would block a host a minute."""
    held = InFlight.objects.filter(these).values_list("holder", flat=True).distinct()
    dead = [holder for holder in held if _is_dead(holder)]
    if dead:
        InFlight.objects.filter(these, holder__in=dead).delete()


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
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_ACCOUNT, account.auth_id]
        )
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_HOST, host])
