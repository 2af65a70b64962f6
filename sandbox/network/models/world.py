"""POPs, carriers, routes and rates: how a leg gets to where it is going, and at what price."""

from __future__ import annotations

import uuid as uuids
from datetime import datetime

from django.db import models
from django.db.models import Q

from console.core import clock
from console.core.money import MoneyField

PREFIX_FORM = r"^\+[1-9]?[0-9]{0,14}$"


class Pop(models.Model):
    """A point of presence: a place where legs enter and leave the platform."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=48)
    country = models.CharField(max_length=2)
    continent = models.CharField(max_length=24)
    latitude = models.DecimalField(max_digits=7, decimal_places=4)
    longitude = models.DecimalField(max_digits=7, decimal_places=4)
    open = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class CarrierHealth(models.TextChoices):
    """What routing makes of a carrier: one that is down is skipped, a degraded one comes last."""

    UP = "up", "Up"
    DEGRADED = "degraded", "Degraded"
    DOWN = "down", "Down"


class Carrier(models.Model):
    """A company that brings calls and messages to phones.

    `capacity` is calls at a time. `fault_percent` makes a simulated carrier fail on purpose: so
    many of a hundred calls, which then go over the next. How good it is in truth is measured, from
    `CarrierLeg`.
    """

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=48)
    health = models.CharField(
        max_length=10, choices=CarrierHealth.choices, default=CarrierHealth.UP
    )
    capacity = models.PositiveIntegerField(default=1000)
    fault_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(health__in=CarrierHealth.values), name="carrier_health_known"
            ),
            models.CheckConstraint(
                condition=Q(fault_percent__lte=100), name="carrier_faults_are_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """Numbers that begin with `prefix` may go over the carrier; the lowest `priority` first.

    Carriers of one priority share the calls by `weight`. `cost` is what the carrier takes, US
    dollars a minute. `+` alone stands for everywhere.
    """

    prefix = models.CharField(max_length=16)
    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="routes")
    priority = models.PositiveSmallIntegerField(default=1)
    weight = models.PositiveSmallIntegerField(default=1)
    cost = MoneyField()

    class Meta:
        ordering = ["prefix", "priority"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "carrier"], name="route_once_a_carrier"),
            models.CheckConstraint(
                condition=Q(prefix__regex=PREFIX_FORM), name="route_prefix_form"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="route_weight_positive"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="route_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} by {self.carrier_id}"


class CarrierLeg(models.Model):
    """A leg that a carrier was asked to carry: how full it is, and how good it has been of late.

    Living while `ended_at` is None. `cause` is the hangup cause code (compat/cdr.md section 2),
    also of an attempt that failed at this carrier and went on to the next. Whose leg it is stands
    in the engine's own row.
    """

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="legs")
    call_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField()
    began_at = models.DateTimeField(default=clock.now)
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    answered = models.BooleanField(default=False)
    cause = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call_uuid", "carrier"], name="carrier_leg_once"),
        ]
        indexes = [
            # How many calls a carrier has now.
            models.Index(fields=["carrier"], name="carrier_leg_living", condition=Q(ended_at=None)),
            # How it did of late; and pruning by age.
            models.Index(fields=["began_at", "carrier"], name="carrier_leg_of_late"),
        ]

    def __str__(self) -> str:
        return f"{self.call_uuid} by {self.carrier_id}"


class Rate(models.Model):
    """What customers pay for numbers that begin with `prefix`; the longest prefix wins.

    US dollars: `outbound` and `inbound` a minute of a call, billed in steps of `increment`
    seconds; `message` for one part of a text message.
    """

    prefix = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=48)
    country = models.CharField(max_length=2, blank=True, default="")
    outbound = MoneyField()
    inbound = MoneyField()
    message = MoneyField()
    increment = models.PositiveSmallIntegerField(default=60)

    class Meta:
        ordering = ["prefix"]
        constraints = [
            models.CheckConstraint(condition=Q(prefix__regex=PREFIX_FORM), name="rate_prefix_form"),
            models.CheckConstraint(
                condition=Q(outbound__gte=0, inbound__gte=0, message__gte=0),
                name="rate_not_negative",
            ),
            models.CheckConstraint(condition=Q(increment__gte=1), name="rate_increment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"
