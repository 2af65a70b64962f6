"""People, tenants and their credentials, the audit log, letters."""

from __future__ import annotations

from console.accounts.models.letters import MailboxItem, MailMessage
from console.accounts.models.log import AuditEvent, AuditHead
from console.accounts.models.people import User, UserManager, nfc
from console.accounts.models.restores import Restore, RestoreMark
from console.accounts.models.tenants import (
    Account,
    AccountState,
    AuthToken,
    Invitation,
    Membership,
    Role,
    Subaccount,
)
from console.accounts.models.upgrades import UpgradeRequest, UpgradeState

__all__ = [
    "Account",
    "AccountState",
    "AuditEvent",
    "AuditHead",
    "AuthToken",
    "Invitation",
    "MailMessage",
    "MailboxItem",
    "Membership",
    "Restore",
    "RestoreMark",
    "Role",
    "Subaccount",
    "UpgradeRequest",
    "UpgradeState",
    "User",
    "UserManager",
    "nfc",
]
