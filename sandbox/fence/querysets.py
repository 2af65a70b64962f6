"""Querysets of what the fence reads."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from console.accounts.querysets import TenantQuerySet

if TYPE_CHECKING:
    from sandbox.fence.models import SandboxNumber  # noqa: F401 - names the row


class SandboxNumberQuerySet(TenantQuerySet["SandboxNumber"]):
    """Sandbox numbers."""

    def live(self) -> Self:
        """Those that the account has not removed."""
        return self.exclude(state="removed")

    def proved(self, *, network: str, at: datetime) -> Self:
        """Those that permit traffic over `network` at the moment `at` (OTP-18, NUM-09)."""
        return self.filter(state="verified", network=network, expires_at__gt=at)

    def counted(self, *, at: datetime) -> Self:
        """Those that fill the account's allowance: pending ones too, so it cannot be overrun."""
        return self.filter(Q(state="pending") | Q(state="verified", expires_at__gt=at))
