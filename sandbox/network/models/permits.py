"""The permit: without one, no line driver does anything (GATE-01)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


class PermitKind(models.TextChoices):
    """What a permit lets out."""

    CALL = "call", "Call"
    MESSAGE = "message", "Message"


class Permit(models.Model):
    """Leave for one call or message to one address; single use, 60 seconds (GATE-01).

    Only `sandbox.fence` makes rows of this table: a test reads the source of all the others.
    `to` is canonical, E.164 or a SIP address; `network` is `simulated` or `real` (OTP-18).
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=randomness.new_uuid, editable=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="permits")
    kind = models.CharField(max_length=8, choices=PermitKind.choices)
    to = models.CharField(max_length=128)
    network = models.CharField(max_length=10)
    origin = models.CharField(max_length=24)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet["Permit"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PermitKind.values), name="permit_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(network__in=["simulated", "real"]), name="permit_network_known"
            ),
        ]
        indexes = [
            # How many permits of an account are open; pruning by age.
            models.Index(
                fields=["account", "expires_at"],
                name="permit_open",
                condition=Q(consumed_at=None),
            ),
            models.Index(fields=["expires_at"], name="permit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
