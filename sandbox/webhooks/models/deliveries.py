"""What was sent to customers' servers, and what may not be sent now."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from sandbox.webhooks.policy import ErrorClass


class Purpose(models.TextChoices):
    """Why a customer's server is called; the URLs of compat/callbacks section 3."""

    ANSWER = "answer", "Answer"
    FALLBACK = "fallback", "Fallback"
    ACTION = "action", "Action"
    REDIRECT = "redirect", "Redirect"
    TRANSFER = "transfer", "Transfer"
    RING = "ring", "Ring"
    HANGUP = "hangup", "Hangup"
    MACHINE = "machine", "Machine detection"
    DIAL = "dial", "Dial events"
    SOUND = "sound", "Sounds"
    PLAY = "play", "Audio file"
    RECORDING = "recording", "Recording"
    TRANSCRIPTION = "transcription", "Transcription"
    CONFERENCE = "conference", "Conference events"
    STREAM = "stream", "Stream events"
    MESSAGE = "message", "Incoming message"
    STATUS = "status", "Message status"
    VERIFY = "verify", "Verify events"
    OTHER = "other", "Other"


class DeliveryState(models.TextChoices):
    """How a try ended. `dead` is the last failed try of a notification (HOOK-04)."""

    SENDING = "sending", "Under way"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    DEAD = "dead", "Given up"


class Origin(models.TextChoices):
    """What a try was made for; only those of the schedule count against it."""

    TRY = "try", "By itself"
    REPLAY = "replay", "Replay"
    DOUBLE = "double", "Sent twice on purpose"


class DeliveryQuerySet(TenantQuerySet["WebhookDelivery"]):
    """One row a try; newest first, ties broken by id, so that paging by key is total."""

    def newest_first(self) -> Self:
        """In the order of the list."""
        return self.order_by("-started_at", "-id")

    def before(self, started_at: datetime, row_id: UUID) -> Self:
        """What follows the given row in the list."""
        same_instant = Q(started_at=started_at, id__lt=row_id)
        return self.filter(Q(started_at__lt=started_at) | same_instant)

    def oldest_first(self) -> Self:
        """Against the order of the list."""
        return self.order_by("started_at", "id")

    def after(self, started_at: datetime, row_id: UUID) -> Self:
        """What stands before the given row in the list."""
        same_instant = Q(started_at=started_at, id__gt=row_id)
        return self.filter(Q(started_at__gt=started_at) | same_instant)

    def of_call(self, call_uuid: UUID) -> Self:
        """All tries that a call caused."""
        return self.filter(call_uuid=call_uuid)


class WebhookDelivery(models.Model):
    """One try of one request to a customer's server; written before it is sent.

    `delivery` is the same over all tries. `url` has no fragment, `headers` are those sent (the
    signatures, never the token), `response_body` is at most 2 KiB. `elapsed_ms` is wall clock.
    Secret parameters hold dots. Bodies and parameters go after 7 days, rows after 30. `application`
    is an app id. `fault` says what a fault setting did to the try ("": nothing).
    """

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    application = models.CharField(max_length=40, blank=True, default="")
    call_uuid = models.UUIDField(null=True, blank=True)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    delivery = models.UUIDField()
    attempt = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.TRY)
    replay = models.ForeignKey(
        "Replay", on_delete=models.SET_NULL, null=True, blank=True, related_name="tries"
    )
    nonce = models.CharField(max_length=20, blank=True, default="")
    fault = models.CharField(max_length=200, blank=True, default="")
    method = models.CharField(max_length=4)
    url = models.CharField(max_length=2048)
    headers = models.JSONField(default=dict)
    params = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.SENDING
    )
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=32, blank=True, default="")
    sentence = models.CharField(max_length=400, blank=True, default="")
    response_body = models.TextField(blank=True, default="")
    elapsed_ms = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="when the next try is due")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "attempt"], name="delivery_attempt_once"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="delivery_attempt_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="delivery_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=Origin.values), name="delivery_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(error__in=["", *(str(error) for error in ErrorClass)]),
                name="delivery_error_known",
            ),
        ]
        indexes = [
            # The list of an account, paged by key.
            models.Index(fields=["account", "-started_at", "-id"], name="delivery_of_account"),
            # Dead letters.
            models.Index(
                fields=["account", "-started_at", "-id"],
                name="delivery_given_up",
                condition=Q(state=DeliveryState.DEAD),
            ),
            # The request that a pasted nonce belongs to (the signature debugger).
            models.Index(fields=["nonce", "account"], name="delivery_by_nonce"),
            # The requests of a call: its story, and the list narrowed to it, in the list's order.
            models.Index(
                fields=["call_uuid", "account", "-started_at", "-id"],
                name="delivery_of_call",
                condition=Q(call_uuid__isnull=False),
            ),
            # Tries that a killed worker left behind.
            models.Index(
                fields=["started_at"],
                name="delivery_under_way",
                condition=Q(state=DeliveryState.SENDING),
            ),
            # Pruning.
            models.Index(fields=["started_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.delivery} #{self.attempt}"

    @property
    def host(self) -> str:
        """Host and port of the URL; the list shows them apart from the path."""
        return self.url.partition("://")[2].partition("/")[0].partition("?")[0]

    @property
    def path(self) -> str:
        """Path and query of the URL."""
        return self.url.partition("://")[2].removeprefix(self.host)

    @property
    def ok(self) -> bool:
        """Whether this try was answered as it should be."""
        return self.state == DeliveryState.DELIVERED


class DisabledUrl(models.Model):
    """A URL that answered 410 to a notification: nothing is sent until its owner says so."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=2048)
    url_hash = models.CharField(max_length=64, help_text="SHA-256; what the constraint compares")
    disabled_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["DisabledUrl"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "url_hash"], name="disabled_url_once")
        ]

    def __str__(self) -> str:
        return self.url


class InFlight(models.Model):
    """A request under way, counted over all workers (SSRF-07).

    `holder` is the process that makes it, as host name and process id: the place of one that was
    killed is free at once for workers of the same machine, elsewhere when `until` has come.
    """

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    host = models.CharField(max_length=255)
    holder = models.CharField(max_length=80, blank=True, default="")
    until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account"], name="in_flight_of_account"),
            models.Index(fields=["host"], name="in_flight_of_host"),
        ]

    def __str__(self) -> str:
        return self.host
