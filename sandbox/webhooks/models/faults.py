"""Faults on demand: what an account wants to go wrong with its requests, for a while."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.applications.models import Application
from console.core import clock

LONGEST_DELAY_MS = 30_000


class FaultRules(models.Model):
    """What goes wrong with requests, until a moment.

    `share` is how many of a hundred tries suffer all that is chosen, drawn for each anew. No row,
    or one whose `until` has come, means that everything goes as it should.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    share = models.PositiveSmallIntegerField(default=100)
    until = models.DateTimeField()
    delay_ms = models.PositiveIntegerField(default=0)
    status: models.PositiveSmallIntegerField[int | None, int | None] = (
        models.PositiveSmallIntegerField(null=True, blank=True)
    )
    drop = models.BooleanField(default=False)
    double = models.BooleanField(default=False)
    drip = models.BooleanField(default=False)
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True

    def is_on(self, now: datetime | None = None) -> bool:
        """Whether it acts at that moment (now)."""
        return self.until > (now or clock.now())


def _limits(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(share__gte=1, share__lte=100), name=f"{name}_share_percent"
        ),
        models.CheckConstraint(
            condition=Q(delay_ms__lte=LONGEST_DELAY_MS), name=f"{name}_delay_ceiling"
        ),
        models.CheckConstraint(
            condition=Q(status=None) | Q(status__gte=400, status__lte=599),
            name=f"{name}_status_is_a_failure",
        ),
    ]


class FaultSetting(FaultRules):
    """What goes wrong with requests to an application's URLs."""

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    fetches = models.BooleanField(default=True)
    notifications = models.BooleanField(default=True)
    corrupt = models.BooleanField(default=False)

    objects = TenantQuerySet["FaultSetting"].as_manager()

    class Meta:
        constraints = _limits("fault")

    def __str__(self) -> str:
        return f"faults of {self.application_id}"


class Sender(models.TextChoices):
    """What tells an account's servers something though no application is in it."""

    VERIFY = "verify", "Verify"
    MESSAGES = "messages", "Messages"


class SenderFaultSetting(FaultRules):
    """What goes wrong with the notifications of a sender; it asks for no documents."""

    fetches: ClassVar[bool] = False
    notifications: ClassVar[bool] = True
    corrupt: ClassVar[bool] = False

    sender = models.CharField(max_length=8, choices=Sender.choices)

    objects = TenantQuerySet["SenderFaultSetting"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "sender"], name="sender_fault_once"),
            models.CheckConstraint(
                condition=Q(sender__in=Sender.values), name="sender_fault_sender_known"
            ),
            *_limits("sender_fault"),
        ]

    def __str__(self) -> str:
        return f"faults of {self.sender}"
