"""What the fence reads and writes: sandbox numbers, the trial policy, closed prefixes, refusals."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount, User
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from console.core.countries import country_name
from console.core.models import E164Field, e164_check
from console.core.money import MoneyField
from sandbox.fence.kinds import Kind, Origin
from sandbox.fence.querysets import SandboxNumberQuerySet


class NumberState(models.TextChoices):
    """Where the proof of a sandbox number stands."""

    PENDING = "pending", "Pending"
    VERIFIED = "verified", "Verified"
    EXPIRED = "expired", "Expired"
    REMOVED = "removed", "Removed"


class Network(models.TextChoices):
    """The network over which a proof was made; one never stands for the other (OTP-18)."""

    SIMULATED = "simulated", "Simulated"
    REAL = "real", "Real"


class SandboxNumber(models.Model):
    """A number that an account has proved, or is proving, to be reachable by it.

    Written by `sandbox.verification`, read by every rule here. A removed row stays as history;
    adding the number again makes a fresh one. `proved_by` is `code` or `operator`.
    """

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sandbox_numbers")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    e164 = E164Field()
    region = models.CharField(max_length=3)
    number_type = models.CharField(max_length=24)
    metadata_version = models.CharField(max_length=24, blank=True, default="")
    alias = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=NumberState.choices, default=NumberState.PENDING
    )
    network = models.CharField(max_length=10, choices=Network.choices, default=Network.SIMULATED)
    proved_by = models.CharField(max_length=10, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = SandboxNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "e164"],
                condition=~Q(state=NumberState.REMOVED),
                name="sandbox_number_once_an_account",
            ),
            e164_check("e164", name="sandbox_number_e164"),
            models.CheckConstraint(
                condition=Q(state__in=NumberState.values), name="sandbox_number_state_known"
            ),
            models.CheckConstraint(
                condition=Q(network__in=Network.values), name="sandbox_number_network_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=NumberState.VERIFIED)
                | Q(verified_at__isnull=False, expires_at__isnull=False),
                name="sandbox_number_verified_has_times",
            ),
        ]
        indexes = [
            # In how many accounts is this number verified (NUM-10).
            models.Index(
                fields=["e164"], name="sandbox_number_by_number", condition=Q(state="verified")
            ),
            # Which verifications end next (NUM-09).
            models.Index(
                fields=["expires_at"], name="sandbox_number_ending", condition=Q(state="verified")
            ),
        ]

    def __str__(self) -> str:
        return self.e164

    @property
    def country(self) -> str:
        """The country's name in English."""
        return country_name(self.region)

    @property
    def shown_state(self) -> str:
        """The state as of now: expired when its time is over, job or no job, or when it was proved
        over the other network (OTP-18).
        """
        if self.state != NumberState.VERIFIED:
            return self.state
        over = self.expires_at is not None and self.expires_at <= clock.now()
        elsewhere = (self.network == Network.SIMULATED) != settings.SIMULATED_NETWORK
        return NumberState.EXPIRED.value if over or elsewhere else self.state


class TrialPolicy(models.Model):
    """One version of the trial's rules; the highest is in force and none is ever changed.

    `regions` empty means all that the operator opens. Times in seconds unless named.
    """

    version = models.PositiveIntegerField(unique=True)
    verified_numbers = models.PositiveSmallIntegerField()
    accounts_per_number = models.PositiveSmallIntegerField()
    verified_days = models.PositiveSmallIntegerField()
    concurrent_calls = models.PositiveSmallIntegerField()
    call_seconds = models.PositiveIntegerField()
    calls_a_second = models.PositiveSmallIntegerField()
    rented_numbers = models.PositiveSmallIntegerField()
    applications = models.PositiveSmallIntegerField()
    endpoints = models.PositiveSmallIntegerField()
    credit = MoneyField()
    regions: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    verified_caller_ids = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"version {self.version}"


class HighRiskPrefix(models.Model):
    """A range that is closed to all, because it is used for fraud (NUM-08). Longest match wins.

    `open` lets a longer prefix be an exception within a closed one.
    """

    prefix = models.CharField(max_length=16, unique=True)
    reason = models.CharField(max_length=120)
    source = models.CharField(max_length=120, blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)
    open = models.BooleanField(default=False)

    class Meta:
        ordering = ["prefix"]
        constraints = [
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^\+[1-9][0-9]{0,14}$"), name="high_risk_prefix_form"
            )
        ]

    def __str__(self) -> str:
        return self.prefix


class FenceDenial(models.Model):
    """An attempt that was refused, for its owner to see (GATE-11). The number is masked."""

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="fence_denials")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=16)
    origin = models.CharField(max_length=24)
    to = models.CharField(max_length=64)
    rule = models.CharField(max_length=24)
    code = models.CharField(max_length=48)

    objects = TenantQuerySet["FenceDenial"].as_manager()

    class Meta:
        # The owner's list, newest first; and pruning by time.
        indexes = [models.Index(fields=["account", "-at"], name="fence_denial_of_account")]

    def __str__(self) -> str:
        return f"{self.rule} {self.to}"

    @property
    def origin_label(self) -> str:
        """The path in words; what is not known stays as it came."""
        labels: dict[Any, Any] = dict(Origin.choices)
        return str(labels.get(self.origin, self.origin))

    @property
    def kind_label(self) -> str:
        """Call or message."""
        labels: dict[Any, Any] = dict(Kind.choices)
        return str(labels.get(self.kind, self.kind))
