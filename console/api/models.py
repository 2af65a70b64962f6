"""The request log, remembered answers, and what a customer's traffic sent in vain."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


class ApiRequest(models.Model):
    """One request of the API, found by its `api_id`.

    Bodies are kept redacted, at most 4 KiB of each, and for seven days (trust.md section 11).
    `milliseconds` is the time on our side. `trimmed` says that the bodies are deleted.
    """

    api_id: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(
        unique=True, default=randomness.new_uuid, editable=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_requests")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=512)
    query = models.TextField(blank=True, default="")
    operation = models.CharField(max_length=48, blank=True, default="")
    status = models.PositiveSmallIntegerField()
    milliseconds = models.FloatField()
    sent = models.TextField(blank=True, default="")
    answered = models.TextField(blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=120, blank=True, default="")
    trimmed = models.BooleanField(default=False)

    objects = TenantQuerySet["ApiRequest"].as_manager()

    class Meta:
        indexes = [
            # /logs/requests/, newest first, and its filter by failure.
            models.Index(fields=["account", "-at", "-id"], name="api_request_list"),
            models.Index(
                fields=["account", "-at"], name="api_request_failed", condition=Q(status__gte=400)
            ),
            # Retention: bodies after a week, rows after thirty days.
            models.Index(fields=["at"], name="api_request_untrimmed", condition=Q(trimmed=False)),
            models.Index(fields=["at"], name="api_request_age"),
        ]

    @property
    def short_path(self) -> str:
        """The path as the API reference has it: without the account that all of a list share."""
        root, _, rest = self.path.partition("/Account/")
        account, slash, place = rest.partition("/")
        return f"/{place}" if root == "/v1" and account.isalnum() and slash else self.path

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class IdempotentState(models.TextChoices):
    """Whether the answer is there yet."""

    RUNNING = "running"
    DONE = "done"


class IdempotentRequest(models.Model):
    """An answer that is given again to the same Idempotency-Key (BG-10).

    While the first request runs until `until`, a twin gets 409; a request that died with its
    process gives its place up then. The answer is written in the transaction of what it tells of.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=64, help_text="keyed hash of method, path and key")
    body_hash = models.CharField(max_length=64)
    state = models.CharField(
        max_length=8, choices=IdempotentState.choices, default=IdempotentState.RUNNING
    )
    owner = models.UUIDField()
    until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    answer: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True
    )

    objects = TenantQuerySet["IdempotentRequest"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "scope"], name="one_answer_a_key"),
            models.CheckConstraint(
                condition=Q(state__in=IdempotentState.values), name="idempotent_state_known"
            ),
        ]
        indexes = [models.Index(fields=["until"], name="idempotent_age")]

    def __str__(self) -> str:
        return f"{self.scope[:8]} {self.state}"


class Heeding(models.TextChoices):
    """How much of what was sent was acted on."""

    IGNORED = "ignored", "Ignored"
    PARTLY = "partly", "Partly honoured"


class CompatNote(models.Model):
    """Something that a customer's program sent and Ringfence did not, or only half, act on.

    One row a day for each account, place and name; `last` is the newest api_id or call UUID.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    kind = models.CharField(
        max_length=9, choices=[("parameter", "API parameter"), ("attribute", "XML attribute")]
    )
    place = models.CharField(max_length=64, help_text="operation, or XML element")
    name = models.CharField(max_length=64)
    heeding = models.CharField(max_length=8, choices=Heeding.choices, default=Heeding.IGNORED)
    why = models.CharField(max_length=200, blank=True, default="")
    count = models.PositiveIntegerField(default=1)
    last = models.CharField(max_length=36, blank=True, default="")
    seen_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["CompatNote"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "kind", "place", "name"], name="compat_note_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(heeding__in=Heeding.values), name="compat_heeding_known"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="compat_note_age")]

    def __str__(self) -> str:
        return f"{self.place} {self.name}"
