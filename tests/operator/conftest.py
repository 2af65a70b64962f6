"""Staff with a second factor, signed in."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from console.accounts.models import AuditEvent


@pytest.fixture
def at_desk(client: Client, staff) -> Client:
    """A browser of staff."""
    TOTP.activate(staff, generate_totp_secret())
    client.force_login(staff)
    return client


def audited(action: str) -> list[AuditEvent]:
    """The events of that name, oldest first."""
    return list(AuditEvent.objects.filter(action=action).order_by("pk"))
