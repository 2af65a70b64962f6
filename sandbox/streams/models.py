"""Audio streams: the sound of a living call over a WebSocket."""

from __future__ import annotations

import math
import uuid as uuids
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


class StreamState(models.TextChoices):
    """Where a stream stands, in the API's words; it only moves forward."""

    INITIATED = "initiated", "Connecting"
    LIVE = "in-progress", "In progress"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


OPEN = (StreamState.INITIATED, StreamState.LIVE)


class Track(models.TextChoices):
    """Whose sound is sent: the caller's, the platform's, or both."""

    INBOUND = "inbound", "Caller"
    OUTBOUND = "outbound", "Platform"
    BOTH = "both", "Both"


class Stream(models.Model):
    """One stream. `number` is the call flow's own number for it, 0 when the API began it.

    `timeout_seconds` is telephone time. `claimed` says that a worker took it up; from then on that
    worker writes `beat_at`, and a stream whose beat stops is ended as failed. `stop_asked` tells
    the worker to end it. `reason` is the StatusReason of its end, `sentence` says it in words.
    """

    stream_id: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(
        primary_key=True, default=randomness.new_uuid, editable=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    call_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField()
    number = models.PositiveIntegerField(default=0)
    service_url = models.CharField(max_length=2048)
    bidirectional = models.BooleanField(default=False)
    track = models.CharField(max_length=8, choices=Track.choices, default=Track.INBOUND)
    content_type = models.CharField(max_length=40)
    extra_headers = models.CharField(max_length=512, blank=True, default="")
    timeout_seconds = models.PositiveIntegerField(default=86_400)
    callback_url = models.CharField(max_length=2048, blank=True, default="")
    callback_method = models.CharField(max_length=4, default="POST")
    state = models.CharField(
        max_length=12, choices=StreamState.choices, default=StreamState.INITIATED
    )
    claimed = models.BooleanField(default=False)
    stop_asked = models.BooleanField(default=False)
    reason = models.CharField(max_length=24, blank=True, default="")
    sentence = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(default=clock.now)
    started_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    objects = TenantQuerySet["Stream"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=StreamState.values), name="stream_state_known"
            ),
            models.CheckConstraint(condition=Q(track__in=Track.values), name="stream_track_known"),
            models.CheckConstraint(
                condition=(Q(state__in=["initiated", "in-progress"]) & Q(ended_at=None))
                | (Q(state__in=["completed", "failed"]) & Q(ended_at__isnull=False)),
                name="stream_ended_has_time",
            ),
            models.UniqueConstraint(
                fields=["call_uuid", "number"],
                condition=Q(number__gt=0),
                name="stream_once_a_number",
            ),
        ]
        indexes = [
            # Those of a call, in order.
            models.Index(fields=["call_uuid", "created_at"], name="stream_of_call"),
            # Living ones: of an account, and whose worker is gone.
            models.Index(
                fields=["account", "beat_at"],
                name="stream_living",
                condition=Q(state__in=["initiated", "in-progress"]),
            ),
            models.Index(fields=["created_at"], name="stream_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.stream_id)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state not in OPEN

    @property
    def seconds(self) -> int:
        """Started seconds of telephone time that it sent sound; 0 when it never began."""
        if self.started_at is None:
            return 0
        lasted = ((self.ended_at or clock.now()) - self.started_at).total_seconds()
        return math.ceil(max(0.0, lasted) * settings.TIME_SCALE)
