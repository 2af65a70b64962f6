"""Verify sessions: a tenant proves the phones of its own users (OTP-22)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from console.core.models import E164Field, e164_check
from console.core.money import ZERO, MoneyField


class SessionChannel(models.TextChoices):
    """How the code travels, in the words of the compatible API."""

    SMS = "sms", "SMS"
    VOICE = "voice", "Call"


class SessionState(models.TextChoices):
    """Where a session stands (compat: Verify session); the last two are final."""

    IN_PROGRESS = "in-progress", "In progress"
    EXPIRED = "expired", "Expired"
    VERIFIED = "verified", "Verified"


class AttemptState(models.TextChoices):
    """What became of one sending (callbacks.md 3.4). A call rings, is up and completes."""

    QUEUED = "queued", "Queued"
    SUBMITTING = "submitting", "Sending"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    UNDELIVERED = "undelivered", "Undelivered"
    RINGING = "ringing", "Ringing"
    IN_CALL = "in-progress", "In the call"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


WAITING_ATTEMPTS = (AttemptState.QUEUED, AttemptState.SUBMITTING)


class VerifySession(models.Model):
    """One proof that a tenant asks of a recipient; the code never comes out again (OTP-22).

    `code_hmac` and `sealed_code` belong to the present `generation`; both are empty until the
    worker mints, unless the tenant gave the code (`own_code`). `validations` counts what was
    compared. At most one is open for a recipient in one scope: the database says so.
    """

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    app_uuid = models.UUIDField()
    e164 = E164Field()
    region = models.CharField(max_length=3)
    channel = models.CharField(max_length=5, choices=SessionChannel.choices)
    locale = models.CharField(max_length=16, default="en")
    brand_name = models.CharField(max_length=30, blank=True, default="")
    app_hash = models.CharField(max_length=11, blank=True, default="")
    code_length = models.PositiveSmallIntegerField(default=6)
    dtmf = models.CharField(max_length=1, default="1")
    fraud_check = models.BooleanField(default=True)
    url = models.CharField(max_length=2000, blank=True, default="")
    method = models.CharField(max_length=4, default="POST")
    requestor_ip = models.GenericIPAddressField(null=True)
    state = models.CharField(
        max_length=12, choices=SessionState.choices, default=SessionState.IN_PROGRESS
    )
    generation = models.PositiveSmallIntegerField(default=1)
    sends = models.PositiveSmallIntegerField(default=1)
    validations = models.PositiveSmallIntegerField(default=0)
    own_code = models.BooleanField(default=False)
    code_hmac = models.CharField(max_length=64, blank=True, default="")
    sealed_code = models.BinaryField(null=True)
    validation_charge = MoneyField(default=ZERO)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)

    objects = TenantQuerySet["VerifySession"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "e164"],
                condition=Q(state=SessionState.IN_PROGRESS, subaccount=None),
                name="one_open_session_a_recipient",
            ),
            models.UniqueConstraint(
                fields=["subaccount", "e164"],
                condition=Q(state=SessionState.IN_PROGRESS, subaccount__isnull=False),
                name="one_open_session_a_recipient_of_sub",
            ),
            models.CheckConstraint(
                condition=Q(validations__lte=10) & (Q(code_length__gte=6) | Q(validations__lte=3)),
                name="session_validations_capped",
            ),
            models.CheckConstraint(condition=Q(sends__lte=5), name="session_at_most_five_sends"),
            models.CheckConstraint(
                condition=Q(code_length__gte=4, code_length__lte=8), name="session_code_length"
            ),
            models.CheckConstraint(
                condition=Q(state__in=SessionState.values), name="session_state_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=SessionChannel.values), name="session_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.IN_PROGRESS) | Q(sealed_code=None, code_hmac=""),
                name="session_closed_keeps_no_code",
            ),
            e164_check("e164", name="session_e164"),
        ]
        indexes = [
            # The list, newest first: the page and GET Verify/Session/.
            models.Index(fields=["account", "-created_at", "-id"], name="session_list"),
            # Sessions whose life is over.
            models.Index(
                fields=["expires_at"],
                name="session_ending",
                condition=Q(state=SessionState.IN_PROGRESS),
            ),
            # Retention: 90 days.
            models.Index(fields=["created_at"], name="session_created"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_open(self) -> bool:
        """Whether a code may still verify it."""
        return self.state == SessionState.IN_PROGRESS and self.expires_at > clock.now()

    @property
    def shown_state(self) -> str:
        """The state as of now: expired when its time is over, job or no job."""
        over = self.state == SessionState.IN_PROGRESS and self.expires_at <= clock.now()
        return SessionState.EXPIRED.value if over else self.state

    @property
    def most_validations(self) -> int:
        """How many codes may be compared (OTP-22)."""
        return 10 if self.code_length >= 6 else 3


class SessionAttempt(models.Model):
    """One sending of a session's code. `charge` is US dollars, taken once it was delivered."""

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(VerifySession, on_delete=models.CASCADE, related_name="attempts")
    sequence = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=5, choices=SessionChannel.choices)
    state = models.CharField(
        max_length=12, choices=AttemptState.choices, default=AttemptState.QUEUED
    )
    error = models.CharField(max_length=200, blank=True, default="")
    charge = MoneyField(default=ZERO)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    objects = TenantQuerySet["SessionAttempt"].as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["session", "sequence"], name="session_attempt_once"),
            models.CheckConstraint(
                condition=Q(state__in=AttemptState.values), name="session_attempt_state_known"
            ),
        ]
        indexes = [
            # Sendings that are not out yet (BG-05).
            models.Index(
                fields=["created_at"],
                name="session_attempt_waiting",
                condition=Q(state__in=["queued", "submitting"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def shown_state(self) -> str:
        """The state in the words of the compatible API: sending is still queued."""
        hidden = self.state == AttemptState.SUBMITTING
        return AttemptState.QUEUED.value if hidden else self.state
