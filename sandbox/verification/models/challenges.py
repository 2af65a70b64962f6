"""Challenges and what was done about them: every sending and every check is a row of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from console.core.models import E164Field, e164_check
from sandbox.fence.models import SandboxNumber


class Channel(models.TextChoices):
    """How a code travels."""

    SMS = "sms", "SMS"
    CALL = "call", "Call"


class ChallengeState(models.TextChoices):
    """The life of a challenge (trust.md section 3); the last five are final."""

    QUEUED = "queued", "Queued"
    SUBMITTING = "submitting", "Sending"
    SENT = "sent", "Sent"
    VERIFIED = "verified", "Verified"
    EXPIRED = "expired", "Expired"
    EXHAUSTED = "exhausted", "Too many wrong codes"
    CANCELLED = "cancelled", "Cancelled"
    UNDELIVERABLE = "undeliverable", "Undeliverable"


OPEN_STATES = (ChallengeState.QUEUED, ChallengeState.SUBMITTING, ChallengeState.SENT)
# A fast reader may answer before our own commit of "sent" (OTP-04).
CHECKABLE_STATES = (ChallengeState.SUBMITTING, ChallengeState.SENT)


class DeliveryState(models.TextChoices):
    """What became of one sending."""

    QUEUED = "queued", "Queued"
    SUBMITTING = "submitting", "Sending"
    HANDED_OVER = "handed_over", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Replaced by a newer code"


class CheckOutcome(models.TextChoices):
    """What a check found."""

    PENDING = "pending", "Not settled"
    RIGHT = "right", "Right"
    WRONG = "wrong", "Wrong"


class Challenge(models.Model):
    """One proof that an account is making for one number (OTP-02 to OTP-09).

    `code_hmac` and `sealed_code` belong to the present `generation`; both are empty until the
    worker mints. `expires_at` is the end of the present code's life. At most one is open for an
    account and number: the database says so.
    """

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="challenges")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    number = models.ForeignKey(SandboxNumber, on_delete=models.CASCADE, related_name="challenges")
    e164 = E164Field()
    region = models.CharField(max_length=3)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    network = models.CharField(max_length=10)
    language = models.CharField(max_length=5, default="en-US", help_text="of the call's prompts")
    state = models.CharField(
        max_length=14, choices=ChallengeState.choices, default=ChallengeState.QUEUED
    )
    generation = models.PositiveSmallIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=1)
    code_hmac = models.CharField(max_length=64, blank=True, default="")
    sealed_code = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    next_send_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = TenantQuerySet["Challenge"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "e164"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_challenge_a_number",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=5), name="challenge_at_most_five_attempts"
            ),
            models.CheckConstraint(condition=Q(sends__lte=5), name="challenge_at_most_five_sends"),
            models.CheckConstraint(
                condition=Q(state__in=ChallengeState.values), name="challenge_state_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="challenge_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES) | Q(sealed_code=None),
                name="challenge_closed_keeps_no_code",
            ),
            e164_check("e164", name="challenge_e164"),
        ]
        indexes = [
            # Codes whose life is over (upkeep.expire_challenges).
            models.Index(
                fields=["expires_at"], name="challenge_ending", condition=Q(state__in=OPEN_STATES)
            ),
            # Retention: 30 days (trust.md section 11).
            models.Index(fields=["created_at"], name="challenge_created"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_open(self) -> bool:
        """Whether a code may still prove the number."""
        return self.state in OPEN_STATES


class CodeDelivery(models.Model):
    """One sending of a code. `provider_ref` names it at the gateway; the row's id is its key."""

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="deliveries")
    region = models.CharField(max_length=3)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    generation = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=12, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    provider_ref = models.CharField(max_length=64, blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    handed_over_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = TenantQuerySet["CodeDelivery"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="code_delivery_state_known"
            )
        ]
        indexes = [
            # The conversion breaker: sendings to a region in the last hour.
            models.Index(fields=["region", "created_at"], name="code_delivery_region"),
            # Sendings that are not out yet (BG-05).
            models.Index(
                fields=["created_at"],
                name="code_delivery_waiting",
                condition=Q(state__in=["queued", "submitting"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CodeCheck(models.Model):
    """One check that was counted as an attempt; never the code itself."""

    ref = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="checks")
    attempt = models.PositiveSmallIntegerField()
    generation = models.PositiveSmallIntegerField()
    outcome = models.CharField(
        max_length=8, choices=CheckOutcome.choices, default=CheckOutcome.PENDING
    )
    at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["CodeCheck"].as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "attempt"], name="code_check_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=CheckOutcome.values), name="code_check_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt}: {self.outcome}"
