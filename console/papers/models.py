"""Addresses and identities."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


def new_paper_id() -> str:
    """A fresh id: 14 decimal digits, no zero at the start."""
    return str(1 + randomness.below(9)) + randomness.digits(13)


class Kind(models.TextChoices):
    """What it is about."""

    ADDRESS = "address", "Address"
    IDENTITY = "identity", "Identity"


class Status(models.TextChoices):
    """What became of it; nobody looks at papers here, so they are accepted at once."""

    PENDING = "pending", "Pending"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class Paper(models.Model):
    """An address or an identity; `details` are the checked fields, texts all of them.

    Of the document that came along only `document_name`, `document_size` and `document_sha256`.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    paper_id = models.CharField(max_length=14, unique=True, default=new_paper_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    country_iso = models.CharField(max_length=2)
    alias = models.CharField(max_length=80, blank=True, default="")
    customer_name = models.CharField(max_length=170)
    details: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACCEPTED)
    document_name = models.CharField(max_length=120, blank=True, default="")
    document_size = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["Paper"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="paper_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="paper_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "kind", "-created_at", "-id"], name="paper_list"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.paper_id}"
