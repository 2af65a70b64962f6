"""Faults on demand: what an application's owner wants to go wrong, for a while."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.applications.models import Application
from console.core import clock

LONGEST_DELAY_MS = 30_000


class FaultSetting(models.Model):
    """What goes wrong with requests to an application's URLs, until a moment.

    `share` is how many of a hundred tries suffer all that is chosen, drawn for each anew. No row,
    or one whose `until` has come, means that everything goes as it should.
    """

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    share = models.PositiveSmallIntegerField(default=100)
    until = models.DateTimeField()
    fetches = models.BooleanField(default=True)
    notifications = models.BooleanField(default=True)
    delay_ms = models.PositiveIntegerField(default=0)
    status: models.PositiveSmallIntegerField[int | None, int | None] = (
        models.PositiveSmallIntegerField(null=True, blank=True)
    )
    drop = models.BooleanField(default=False)
    double = models.BooleanField(default=False)
    corrupt = models.BooleanField(default=False)
    drip = models.BooleanField(default=False)
    set_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["FaultSetting"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100), name="fault_share_percent"
            ),
            models.CheckConstraint(
                condition=Q(delay_ms__lte=LONGEST_DELAY_MS), name="fault_delay_ceiling"
            ),
            models.CheckConstraint(
                condition=Q(status=None) | Q(status__gte=400, status__lte=599),
                name="fault_status_is_a_failure",
            ),
        ]

    def __str__(self) -> str:
        return f"faults of {self.application_id}"

    def is_on(self, now: datetime | None = None) -> bool:
        """Whether it acts at that moment (now)."""
        return self.until > (now or clock.now())
