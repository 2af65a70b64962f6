"""Accounts that ask to leave the trial (GATE-09)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from console.accounts.models.people import User
from console.accounts.models.tenants import Account
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


class UpgradeState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", "Open"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


class UpgradeRequest(models.Model):
    """A member asks for a full account, staff decide, once. `reason` is what they say about it."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=randomness.new_uuid, editable=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="upgrade_requests")
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    wish = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=8, choices=UpgradeState.choices, default=UpgradeState.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, default="")

    objects = TenantQuerySet["UpgradeRequest"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="open"), name="one_open_upgrade_request"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UpgradeState.values), name="upgrade_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="upgrade_decided_has_time",
            ),
        ]
        # What waits for staff, the oldest first.
        indexes = [
            models.Index(
                fields=["created_at"], name="upgrade_request_open", condition=Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"
