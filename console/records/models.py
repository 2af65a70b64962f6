"""Call detail records: one immutable row a leg, written when the leg ends (compat: CDR)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock
from console.core.models import E164_PATTERN
from console.core.money import ZERO, MoneyField


class Direction(models.TextChoices):
    """Which way a call went, seen from the platform."""

    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class LegKind(models.TextChoices):
    """First leg, or a leg that another one caused."""

    A = "A", "A leg"
    B = "B", "B leg"


class CallState(models.TextChoices):
    """How a leg ended (compat: CDR `call_state`); the label is the badge's word."""

    ANSWER = "ANSWER", "Completed"
    BUSY = "BUSY", "Busy"
    NO_ANSWER = "NO_ANSWER", "No answer"
    CANCEL = "CANCEL", "Canceled"
    FAILED = "FAILED", "Failed"
    TIMEOUT = "TIMEOUT", "No answer"


def _plain(column: str) -> Q:
    # No sign that CSV or a spreadsheet could take for anything else, anywhere in the text.
    clean = ~Q(**{f"{column}__regex": r"[^0-9A-Za-z@:._;=+-]"})
    word = Q(**{f"{column}__regex": r"^[0-9A-Za-z]"})
    return clean & (word | Q(**{f"{column}__regex": E164_PATTERN}))


PLAIN_PARTIES: Any = _plain("from_number") & _plain("to_number")


class Cdr(models.Model):
    """The record of one leg. Durations are whole seconds, money US dollars, times UTC.

    `from_number` and `to_number` are E.164 with the plus, a SIP URI, or whatever a caller sent as
    its number. `parent_call_uuid` is None for an A leg. `app_id` is the application's public id,
    kept as text so that deleting an application changes no record.
    """

    call_uuid = models.UUIDField()
    parent_call_uuid = models.UUIDField(null=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.CASCADE, null=True, related_name="+"
    )
    app_id = models.CharField(max_length=40, default="", blank=True)
    leg = models.CharField(max_length=1, choices=LegKind.choices)
    direction = models.CharField(max_length=8, choices=Direction.choices)
    state = models.CharField(max_length=9, choices=CallState.choices)
    from_number = models.CharField(max_length=255)
    to_number = models.CharField(max_length=255)
    initiated_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    duration = models.PositiveIntegerField(default=0)
    billed_duration = models.PositiveIntegerField(default=0)
    rate = MoneyField(default=ZERO)
    amount = MoneyField(default=ZERO)
    hangup_code = models.PositiveIntegerField(default=0)
    hangup_name = models.CharField(max_length=64, default="Unknown")
    hangup_source = models.CharField(max_length=16, default="Unknown")
    conference_uuid = models.UUIDField(null=True)
    stir_verification = models.CharField(max_length=16, default="Not Applicable")
    stir_attestation = models.CharField(max_length=1, default="", blank=True)
    source_ip = models.GenericIPAddressField(null=True)
    cnam_lookup = models.CharField(max_length=64, default="", blank=True)
    pop = models.CharField(max_length=16, default="", blank=True)
    carrier = models.CharField(max_length=48, default="", blank=True)
    region = models.CharField(max_length=2, default="", blank=True)
    written_at = models.DateTimeField(default=clock.now)
    # Whether both parties can go into a CSV as they are (CSV-02): kept by the database, so that a
    # download of a million rows need not look at each text again.
    plain_parties = models.GeneratedField(
        expression=PLAIN_PARTIES,
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = TenantQuerySet["Cdr"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call_uuid"], name="one_cdr_a_leg"),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("initiated_at")), name="cdr_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, duration=0) | Q(answered_at__isnull=False),
                name="cdr_unanswered_has_no_duration",
            ),
            models.CheckConstraint(
                condition=Q(billed_duration__gte=F("duration")), name="cdr_billed_at_least_spoken"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cdr_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="cdr_direction_known"
            ),
            models.CheckConstraint(condition=Q(leg__in=LegKind.values), name="cdr_leg_known"),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="cdr_state_known"),
        ]
        indexes = [
            # The list and the export, newest first: /calls/ and GET Call/.
            models.Index(fields=["account", "-ended_at", "-id"], name="cdr_list"),
            models.Index(fields=["account", "from_number", "-ended_at"], name="cdr_from"),
            models.Index(fields=["account", "to_number", "-ended_at"], name="cdr_to"),
            models.Index(fields=["account", "hangup_code", "-ended_at"], name="cdr_cause"),
            models.Index(
                fields=["account", "app_id", "-ended_at"],
                name="cdr_application",
                condition=~Q(app_id=""),
            ),
            models.Index(
                fields=["parent_call_uuid"],
                name="cdr_parent",
                condition=Q(parent_call_uuid__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.call_uuid)

    @property
    def answered(self) -> bool:
        """Whether somebody picked up."""
        return self.answered_at is not None


class CdrMonth(models.Model):
    """What the deleted call records of a month (UTC, by their end) came to, one way."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    month = models.DateField(help_text="its first day")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    calls = models.PositiveBigIntegerField(default=0)
    answered = models.PositiveBigIntegerField(default=0)
    billed_seconds = models.PositiveBigIntegerField(default=0)
    amount = MoneyField(default=ZERO)

    objects = TenantQuerySet["CdrMonth"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "direction"], name="one_cdr_month_a_direction"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="cdr_month_direction_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} of {self.month:%Y-%m}"


class RecordsKept(models.Model):
    """How many days an account keeps its call records, where they are not the usual ones."""

    USUAL, FEWEST, MOST = 90, 7, 400

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField()

    objects = TenantQuerySet["RecordsKept"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__range=(7, 400)), name="records_kept_in_range")
        ]

    def __str__(self) -> str:
        return f"{self.days} days"
