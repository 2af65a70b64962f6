"""Tenants, who belongs to them, and their credentials."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models.people import User
from console.accounts.querysets import SubaccountQuerySet, TenantQuerySet
from console.core import clock, ids, randomness
from console.core.money import ZERO, MoneyField


class AccountState(models.TextChoices):
    """Where an account stands (GATE-08); it changes only through named transitions."""

    TRIAL = "trial", "Trial"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    CLOSING = "closing", "Closing"
    CLOSED = "closed", "Closed"


class Account(models.Model):
    """The tenant. `credit` is US dollars; `time_zone` an IANA name for pages and CDR times."""

    auth_id = models.CharField(max_length=20, unique=True, default=ids.new_account_id)
    name = models.CharField(max_length=80)
    state = models.CharField(
        max_length=10, choices=AccountState.choices, default=AccountState.TRIAL
    )
    credit = MoneyField(default=ZERO)
    time_zone = models.CharField(max_length=48, default="UTC")
    region = models.CharField(max_length=2, default="US", help_text="ISO 3166 country")
    address = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    region_name = models.CharField(max_length=80, blank=True, default="", help_text="state")
    held = models.BooleanField(default=False, help_text="a backup was put back (REL-18)")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(auth_id__regex=r"^MA[A-Z0-9]{18}$"), name="account_auth_id_form"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AccountState.values), name="account_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.auth_id

    @property
    def on_trial(self) -> bool:
        """Whether the fence's trial rules hold."""
        return self.state == AccountState.TRIAL

    @property
    def may_act(self) -> bool:
        """Whether the account may use the platform at all; none may while a restore waits."""
        return self.state in {AccountState.TRIAL, AccountState.ACTIVE} and not self.held


class Subaccount(models.Model):
    """A tenant inside the tenant: own credential and objects, the account's credit and limits.

    A deleted one stays as a row, so that records keep saying whose they were; `for_account` does
    not find it any more.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="subaccounts")
    auth_id = models.CharField(max_length=20, unique=True, default=ids.new_subaccount_id)
    name = models.CharField(max_length=80)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    modified_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # Of the form that made it: sending the form twice makes one. A deleted one gives it up.
    form_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = SubaccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "form_key"], name="one_subaccount_a_form"),
            models.CheckConstraint(
                condition=Q(auth_id__regex=r"^SA[A-Z0-9]{18}$"), name="subaccount_auth_id_form"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(enabled=False),
                name="subaccount_deleted_is_disabled",
            ),
        ]

    def __str__(self) -> str:
        return self.auth_id


class Role(models.TextChoices):
    """What a member may do; an analyst reads only."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    DEVELOPER = "developer", "Developer"
    ANALYST = "analyst", "Analyst"


class Membership(models.Model):
    """A user's place in an account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.DEVELOPER)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "account"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.account} as {self.role}"

    @property
    def may_write(self) -> bool:
        """Whether the member may change anything."""
        return self.role != Role.ANALYST

    @property
    def may_manage(self) -> bool:
        """Whether the member may change credentials, the account itself and its team."""
        return self.role in {Role.OWNER, Role.ADMIN}


class Invitation(models.Model):
    """A seat in an account, offered to an address; the link's secret is kept as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    objects = TenantQuerySet["Invitation"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "email"], name="one_invitation_an_address"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class AuthToken(models.Model):
    """A token of an account or subaccount: a keyed hash to recognise it, a seal to sign (ACC-09).

    `expires_at` is None for the current one and the end of its grace for a rotated one (ACC-10).
    """

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    hint = models.CharField(max_length=12, help_text="prefix and last four characters")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True)

    objects = TenantQuerySet["AuthToken"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(subaccount=None, expires_at=None),
                name="one_current_account_token",
            ),
            models.UniqueConstraint(
                fields=["subaccount"],
                condition=Q(expires_at=None, subaccount__isnull=False),
                name="one_current_subaccount_token",
            ),
        ]

    def __str__(self) -> str:
        return self.hint
