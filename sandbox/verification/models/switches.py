"""What stops codes: kill switches, and receivers who said STOP."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.core import clock


class SwitchScope(models.TextChoices):
    """What a kill switch stops."""

    EVERYTHING = "all", "All verification"
    CHANNEL = "channel", "One channel"
    REGION = "region", "One country"


class KillSwitch(models.Model):
    """Verification is stopped here (OTP-20). `value` is a channel or a region; `until` may end it.

    `automatic` ones were thrown by the conversion breaker.
    """

    scope = models.CharField(max_length=8, choices=SwitchScope.choices)
    value = models.CharField(max_length=8, blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    automatic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "value"], name="kill_switch_once"),
            models.CheckConstraint(
                condition=Q(scope__in=SwitchScope.values), name="kill_switch_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.value}"


class DoNotContact(models.Model):
    """A receiver said STOP (OTP-19). The number is a keyed hash (trust.md section 11)."""

    key = models.CharField(max_length=64, primary_key=True)
    reason = models.CharField(max_length=40, default="stop")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.key[:8]
