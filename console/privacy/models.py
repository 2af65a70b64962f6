"""Accounts whose owner has asked to delete them."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.core import clock


class AccountClosure(models.Model):
    """An account that is to be erased at `erase_at`, unless its owner keeps it until then.

    `before` is the state that it goes back to. Once `erased_at` is set nothing is left but the auth
    id, so that it is never given again.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="closure")
    before = models.CharField(max_length=10)
    asked_at = models.DateTimeField(default=clock.now)
    erase_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    objects = TenantQuerySet["AccountClosure"].as_manager()

    class Meta:
        indexes = [
            # What is to be erased next (erasing.erase_due).
            models.Index(
                fields=["erase_at"], name="closure_due", condition=models.Q(erased_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.erase_at:%Y-%m-%d}"
