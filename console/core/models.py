"""The outbox, the leader's lease, and column types that all apps share."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from console.core import clock, randomness

E164_PATTERN = r"^\+[1-9][0-9]{6,14}$"


class E164Field(models.CharField[str, str]):
    """A phone number as `console.core.numbers.canonical_number` gives it (NUM-01)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 16)
        super().__init__(*args, **kwargs)


def e164_check(field: str, *, name: str) -> models.CheckConstraint:
    """The database's own refusal of anything but E.164 in `field` (NUM-01)."""
    return models.CheckConstraint(condition=Q(**{f"{field}__regex": E164_PATTERN}), name=name)


class Queue(models.TextChoices):
    """The queues of the worker (BG-07)."""

    OTP = "otp"
    CALLS = "calls"
    WEBHOOKS = "webhooks"
    EXPORTS = "exports"
    MAIL = "mail"


class OutboxState(models.TextChoices):
    """What became of a row."""

    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class OutboxRow(models.Model):
    """Something that must happen, written in the same transaction as its cause (BG-01).

    The payload holds no secrets. `dedupe_key` is unique: writing it twice is one row. Rows that
    are done stay for a day, so that a late repetition of their cause is still known.
    """

    # Ordered, so that what one cause plans for one instant is carried out as it was written.
    id = models.UUIDField(primary_key=True, default=randomness.ordered_uuid, editable=False)
    kind = models.CharField(max_length=48)
    queue = models.CharField(max_length=12, choices=Queue.choices)
    dedupe_key = models.CharField(max_length=160)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=OutboxState.choices, default=OutboxState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="outbox_dedupe_key_unique"),
            models.CheckConstraint(
                condition=Q(state__in=OutboxState.values), name="outbox_state_known"
            ),
            models.CheckConstraint(condition=Q(queue__in=Queue.values), name="outbox_queue_known"),
        ]
        indexes = [
            # The relay: rows that are due (outbox.due_rows).
            models.Index(
                fields=["next_at"], name="outbox_due", condition=Q(state=OutboxState.PENDING)
            ),
            # The sweeper: leases that ran out.
            models.Index(
                fields=["lease_until"],
                name="outbox_leased",
                condition=Q(state=OutboxState.LEASED),
            ),
            # What was given up, for staff (outbox_care.dead_rows).
            models.Index(
                fields=["-created_at"], name="outbox_dead", condition=Q(state=OutboxState.DEAD)
            ),
            # Pruning of what is done.
            models.Index(
                fields=["done_at"], name="outbox_done", condition=Q(state=OutboxState.DONE)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Lease(models.Model):
    """Who leads (BG-11): one row a name, taken by conditional update, lost when it runs out."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.UUIDField(default=uuid.uuid4)
    until = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class PeriodicRun(models.Model):
    """When a periodic job last ran, so that a restart neither skips nor repeats it."""

    name = models.CharField(max_length=64, primary_key=True)
    last_run = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class LimitBucket(models.Model):
    """One thing that is limited, by keyed hash: an account, a number, an address (OTP-13, PRIV-02).

    Its row is what a taker locks by one UPSERT. `streak` counts takes in a row without a success,
    `blocked_until` is a lock that outlasts the windows, `blocked_ref` the take that caused it.
    """

    key = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=24)
    taken = models.BigIntegerField(default=0)
    streak = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)
    blocked_ref = models.UUIDField(null=True)
    touched_at = models.DateTimeField()

    class Meta:
        # Pruning of buckets that nobody took from for a long time.
        indexes = [models.Index(fields=["touched_at"], name="limit_bucket_touched")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:8]}"


class LimitHit(models.Model):
    """One take from a bucket; rolling windows count these, so no window's edge can be played."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    member = models.CharField(max_length=64, blank=True, default="")
    ref = models.UUIDField(null=True)
    in_streak = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # The rolling count (limits.take).
            models.Index(fields=["key", "at"], name="limit_hit_window"),
            # Giving back what was not used (limits.refund).
            models.Index(fields=["ref"], name="limit_hit_ref"),
            # Pruning.
            models.Index(fields=["expires_at"], name="limit_hit_expired"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%H:%M:%S}"


LEASE_LENGTH = timedelta(seconds=10)
