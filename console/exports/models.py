"""Stored exports: the recipe of a download, how far it is, and its parts (CSV-03 to CSV-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness


class Kind(models.TextChoices):
    """What is exported."""

    CALLS = "calls", "Calls"
    MESSAGES = "messages", "Messages"


class Format(models.TextChoices):
    """How a row is written."""

    CSV = "csv", "CSV"
    JSONL = "jsonl", "JSON Lines"


class Compression(models.TextChoices):
    """How the file is packed."""

    NONE = "none", "None"
    GZIP = "gzip", "gzip"


class State(models.TextChoices):
    """How far an export is."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    PAUSED = "paused_no_space", "Waiting for disk space"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Canceled"
    EXPIRED = "expired", "Expired"


OPEN = (State.QUEUED, State.RUNNING, State.PAUSED)


class Export(models.Model):
    """One export. The recipe never changes; times are UTC, sizes bytes of the file as it is sent.

    `as_of` and `max_id` are the snapshot: records with a greater id came later and are not in it.
    `settles_at` is PostgreSQL's first transaction id that was not given out then: when all before
    it have ended, no record of the snapshot is still on its way. `cursor_moment` and `cursor_id`
    are the key of the last row written; `rows_planned` what the snapshot holds, counted once.
    """

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    format = models.CharField(max_length=8, choices=Format.choices)
    compression = models.CharField(max_length=8, choices=Compression.choices)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    time_zone = models.CharField(max_length=64)
    phones = models.CharField(max_length=8)
    bom = models.BooleanField(default=False)
    as_of = models.DateTimeField()
    max_id = models.BigIntegerField()
    settles_at = models.BigIntegerField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    rows_planned = models.BigIntegerField(null=True)
    rows_done = models.BigIntegerField(default=0)
    parts_done = models.PositiveIntegerField(default=0)
    cursor_moment = models.DateTimeField(null=True)
    cursor_id = models.BigIntegerField(null=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    error = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = TenantQuerySet["Export"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="export_kind_known"),
            models.CheckConstraint(
                condition=Q(format__in=Format.values), name="export_format_known"
            ),
            models.CheckConstraint(
                condition=Q(compression__in=Compression.values), name="export_compression_known"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="export_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.READY) | (~Q(sha256="") & Q(expires_at__isnull=False)),
                name="export_ready_is_whole",
            ),
        ]
        indexes = [
            # The list of an account, newest first.
            models.Index(fields=["account", "-created_at", "-id"], name="export_of_account"),
            # Housekeeping: files whose day is over.
            models.Index(
                fields=["expires_at"], name="export_expires", condition=Q(state=State.READY)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_open(self) -> bool:
        """Whether rows are still to be written."""
        return self.state in OPEN

    @property
    def is_ready(self) -> bool:
        """Whether the file is whole and its day is not over."""
        lasts = self.expires_at is not None and self.expires_at > clock.now()
        return self.state == State.READY and lasts

    @property
    def file_name(self) -> str:
        """What the browser calls the file: ASCII, no phone number in it."""
        packed = ".gz" if self.compression == Compression.GZIP else ""
        return f"{self.kind}-{self.as_of:%Y%m%d-%H%M%S}.{self.format}{packed}"


class ExportPart(models.Model):
    """A whole part on disk, of at most 50,000 rows; written with the cursor that follows it."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="one_export_part_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="export_part_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id} part {self.number}"
