"""Endpoints: SIP users of an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.applications.models import Application
from console.core import clock, randomness

LONGEST_ALIAS = 80
LONGEST_NAME = 40
SUFFIX_DIGITS = 12


def new_endpoint_id() -> str:
    """A fresh endpoint id: 14 decimal digits, no zero at the start (compat: identifiers)."""
    return str(1 + randomness.below(9)) + randomness.digits(13)


class Endpoint(models.Model):
    """A SIP user (compat: Endpoint). `username` is the wanted name and 12 digits, for good.

    The password itself is kept nowhere: `ha1` is the SIP digest hash MD5(username:realm:password)
    of RFC 8760's oldest algorithm, which every phone speaks. `registered_until` is None or the end
    of the last registration.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="endpoints")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="endpoints"
    )
    endpoint_id = models.CharField(
        max_length=14, unique=True, default=new_endpoint_id, editable=False
    )
    username = models.CharField(max_length=LONGEST_NAME + SUFFIX_DIGITS)
    alias = models.CharField(max_length=LONGEST_ALIAS)
    ha1 = models.CharField(max_length=32, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="endpoints"
    )
    registered_until = models.DateTimeField(null=True, blank=True)
    sip_contact = models.CharField(max_length=255, blank=True, default="")
    sip_user_agent = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    # Of the form that made it: sending the form twice makes one.
    form_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = TenantQuerySet["Endpoint"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "form_key"], name="one_endpoint_a_form"),
            # Names are unique in the realm, whatever their case (TEN-06).
            models.UniqueConstraint(Lower("username"), name="endpoint_username_unique"),
            models.CheckConstraint(
                condition=Q(endpoint_id__regex=r"^[1-9][0-9]{13}$"), name="endpoint_id_form"
            ),
            models.CheckConstraint(
                condition=Q(username__regex=r"^[A-Za-z][A-Za-z0-9]*[0-9]{12}$"),
                name="endpoint_username_form",
            ),
            models.CheckConstraint(
                condition=Q(ha1__regex=r"^[0-9a-f]{32}$"), name="endpoint_password_is_hashed"
            ),
        ]
        indexes = [
            # The list, newest first: /endpoints/ and GET Endpoint/.
            models.Index(fields=["account", "-created_at", "-id"], name="endpoint_list"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def sip_uri(self) -> str:
        """The address that a call reaches it at: `sip:username@<domain>`."""
        return f"sip:{self.username}@{settings.SIP_DOMAIN}"

    @property
    def registered(self) -> bool:
        """Whether a phone is registered now."""
        return self.registered_until is not None and self.registered_until > clock.now()
