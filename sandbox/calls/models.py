"""Living calls, their legs, and the story of each call."""

from __future__ import annotations

import uuid as uuids
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from console.core.money import ZERO, MoneyField, billed_seconds
from sandbox.calls.flow import cause


class CallPhase(models.TextChoices):
    """Where a call stands; the label is the badge's word."""

    QUEUED = "queued", "Queued"
    RINGING = "ringing", "Ringing"
    LIVE = "live", "In progress"
    ENDED = "ended", "Ended"


class Direction(models.TextChoices):
    """Which way a leg goes, seen from the platform."""

    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class Call(models.Model):
    """One call flow: what its A leg lives through. The row is the truth about the call.

    `flow` is the engine's own JSON (sandbox/calls/store.py); a platform call keeps it in `sealed`
    and never readable (OTP-16). `version` grows with every change. `wake_by` is when something
    must have happened: a living call past it is taken up by the sweep. `ref` names what a platform
    call is for: one call each. `origin` is the fence's word for what asked for an outbound call;
    a call of `transfer` was another call's B leg, and `parent_call_uuid` says which call's.
    `hops` counts how often the call came back to the platform by way of one of its own numbers.
    """

    call_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(
        unique=True, default=randomness.new_uuid, editable=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="calls")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    app_id = models.CharField(max_length=40, blank=True, default="")
    platform = models.BooleanField(default=False)
    document_key = models.CharField(max_length=40, blank=True, default="")
    ref = models.CharField(max_length=80, blank=True, default="")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    from_number = models.CharField(max_length=255)
    to_number = models.CharField(max_length=255)
    hangup_url = models.CharField(max_length=2048, blank=True, default="")
    hangup_method = models.CharField(max_length=4, default="POST")
    phase = models.CharField(max_length=8, choices=CallPhase.choices, default=CallPhase.RINGING)
    flow: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveIntegerField(default=0)
    origin = models.CharField(max_length=24, blank=True, default="")
    parent_call_uuid: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    sip_headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True
    )
    source_ip = models.GenericIPAddressField(null=True, blank=True)
    hops = models.PositiveSmallIntegerField(default=0)
    trimmed = models.BooleanField(default=False, help_text="bodies of its requests are deleted")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    wake_by: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    objects = TenantQuerySet["Call"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phase__in=CallPhase.values), name="call_phase_known"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="call_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(phase=CallPhase.ENDED, ended_at__isnull=False, wake_by=None)
                | (~Q(phase=CallPhase.ENDED) & Q(ended_at=None, wake_by__isnull=False)),
                name="call_ended_or_woken",
            ),
            models.UniqueConstraint(
                fields=["ref"], condition=~Q(ref=""), name="one_platform_call_a_ref"
            ),
        ]
        indexes = [
            # Living calls of an account: /calls/live/ and the fence's count of them.
            models.Index(
                fields=["account", "-started_at"],
                name="call_living",
                condition=~Q(phase=CallPhase.ENDED),
            ),
            # The sweep.
            models.Index(
                fields=["wake_by"], name="call_overdue", condition=~Q(phase=CallPhase.ENDED)
            ),
            # Pruning: of bodies after a week, of calls after three months.
            models.Index(fields=["started_at"], name="call_untrimmed", condition=Q(trimmed=False)),
            models.Index(fields=["started_at"], name="call_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.call_uuid)

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self.phase == CallPhase.ENDED


class LegState(models.TextChoices):
    """Where a leg stands; it only moves forward."""

    DIALLING = "dialling", "Dialling"
    RINGING = "ringing", "Ringing"
    UP = "up", "In progress"
    ENDED = "ended", "Ended"


class Leg(models.Model):
    """One leg: `child` 0 is the call's own (A), others were dialled by it (B).

    `rate` is US dollars a minute, billed in steps of `increment` seconds, fixed when the leg began.
    `cause` and `source` say how it ended, once. The record (CDR) is written in the transaction of
    that end.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    call_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(
        unique=True, default=randomness.new_uuid, editable=False
    )
    child = models.PositiveIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, default="number")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    from_number = models.CharField(max_length=255)
    to_number = models.CharField(max_length=255)
    caller_name = models.CharField(max_length=80, blank=True, default="")
    send_digits = models.CharField(max_length=64, blank=True, default="")
    send_on_preanswer = models.BooleanField(default=False)
    sip_headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True
    )
    attestation = models.CharField(max_length=1, blank=True, default="")
    state = models.CharField(max_length=8, choices=LegState.choices, default=LegState.DIALLING)
    permit_id: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    initiated_at = models.DateTimeField(default=clock.now)
    answered_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    rate = MoneyField(default=ZERO)
    increment = models.PositiveSmallIntegerField(default=60)
    amount = MoneyField(default=ZERO)
    pop = models.CharField(max_length=16, blank=True, default="")
    carrier = models.CharField(max_length=48, blank=True, default="")
    region = models.CharField(max_length=2, blank=True, default="")
    failed_over = models.BooleanField(default=False)
    cause = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        ordering = ["child"]
        constraints = [
            models.UniqueConstraint(fields=["call", "child"], name="leg_once_a_child"),
            models.CheckConstraint(condition=Q(state__in=LegState.values), name="leg_state_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="leg_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(state=LegState.ENDED, ended_at__isnull=False)
                | (~Q(state=LegState.ENDED) & Q(ended_at=None)),
                name="leg_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.call_uuid)

    @property
    def is_a(self) -> bool:
        """Whether it is the call's own leg."""
        return self.child == 0

    @property
    def is_over(self) -> bool:
        """Whether the leg has ended."""
        return self.state == LegState.ENDED

    @property
    def seconds(self) -> int:
        """Whole seconds from the answer to the end; 0 when never answered or still up."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(0, int((self.ended_at - self.answered_at).total_seconds()))

    @property
    def billed_seconds(self) -> int:
        """`seconds` rounded up to the billing step."""
        return billed_seconds(self.seconds, increment=self.increment)

    @property
    def cause_name(self) -> str:
        """The name of the cause that ended it."""
        return cause(self.cause).name


class CallEvent(models.Model):
    """A line of a call's story; only ever added to.

    An event of the flow carries its `key`: the same key twice in a call is the same event, so a
    repetition is refused by the database (REL-06). `child` 0 is the A leg.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    key = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=40)
    child = models.PositiveIntegerField(default=0)
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["call", "seq"], name="call_event_once_a_seq"),
            models.UniqueConstraint(
                fields=["call", "key"], condition=~Q(key=""), name="call_event_once_a_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class CallPace(models.Model):
    """When an account's next outbound call may begin: a call that is asked for takes that place."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    next_at = models.DateTimeField()

    objects = TenantQuerySet["CallPace"].as_manager()

    def __str__(self) -> str:
        return f"{self.account_id} {self.next_at:%H:%M:%S}"


class CallFeedback(models.Model):
    """What a customer said about the quality of one of its calls; the newest stays."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    call_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField()
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    issues: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    notes = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["CallFeedback"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "call_uuid"], name="one_feedback_a_call"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5),
                name="call_feedback_rating_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_uuid} {self.rating}"
