"""Powerpacks: numbers that send together, and which of them a receiver knows."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.applications.models import Application
from console.core import clock, randomness
from console.core.models import E164Field, e164_check
from console.numbers.models import RentedNumber

LONGEST_NAME = 80


class Powerpack(models.Model):
    """A pool of DIDs under a name (compat: rest, Powerpack). `pool_uuid` names its number pool."""

    uuid = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    pool_uuid = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="powerpacks")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=LONGEST_NAME)
    sticky_sender = models.BooleanField(default=True)
    local_connect = models.BooleanField(default=True)
    application = models.ForeignKey(
        Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    number_priority: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["Powerpack"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="powerpack_has_name")]
        indexes = [
            # The list, newest first: GET Powerpack/.
            models.Index(fields=["account", "-created_at", "-id"], name="powerpack_list"),
        ]

    def __str__(self) -> str:
        return self.name


class PoolNumber(models.Model):
    """A rented DID in a pool. A number that is released leaves every pool by itself."""

    powerpack = models.ForeignKey(Powerpack, on_delete=models.CASCADE, related_name="members")
    rental = models.ForeignKey(RentedNumber, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["powerpack", "rental"], name="pool_number_once")
        ]

    def __str__(self) -> str:
        return str(self.rental)


class StickySender(models.Model):
    """The number by which a receiver knows a powerpack (`sticky_sender`)."""

    powerpack = models.ForeignKey(Powerpack, on_delete=models.CASCADE, related_name="+")
    destination = E164Field()
    source = E164Field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["powerpack", "destination"], name="sticky_once"),
            e164_check("destination", name="sticky_destination_e164"),
            e164_check("source", name="sticky_source_e164"),
        ]

    def __str__(self) -> str:
        return f"{self.source} to {self.destination}"
