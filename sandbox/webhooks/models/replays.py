"""Requests that a person sends again by hand (HOOK-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


class ReplayState(models.TextChoices):
    """What became of a replay; it only moves forward."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class Replay(models.Model):
    """One request to be sent again: the try it repeats, and where and with what it goes this time.

    `edited` says that the URL, the method or a parameter differs from what was sent then; such a
    replay is a trial and settles nothing. `sentence` says why a refused one did not go out.
    Parameters go after 7 days with those of its try.
    """

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("WebhookDelivery", on_delete=models.CASCADE, related_name="replays")
    url = models.CharField(max_length=2048)
    method = models.CharField(max_length=4)
    params = models.JSONField(default=dict)
    edited = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=254, blank=True, default="")
    state = models.CharField(max_length=8, choices=ReplayState.choices, default=ReplayState.WAITING)
    sentence = models.CharField(max_length=400, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["Replay"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReplayState.values), name="replay_state_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["GET", "POST"]), name="replay_method_known"
            ),
        ]
        indexes = [
            # Pruning of parameters.
            models.Index(fields=["created_at"], name="replay_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
