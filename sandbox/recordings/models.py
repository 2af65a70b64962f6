"""Recordings: of a call, of one Record element, of a room."""

from __future__ import annotations

import uuid as uuids
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LONGEST_PARTY = 255
_END_WORDS = {
    "FinishedOnKey": "A finish key",
    "MaxLength": "Its longest time",
    "Timeout": "Silence",
    "HangUp": "The end of the call",
    "Stopped": "The API",
    "Transfer": "A transfer",
}


def new_link_key() -> str:
    """190 bits that nobody guesses: what a recording's public address rests on."""
    return randomness.text(_ALPHABET, 32)


class RecordingKind(models.TextChoices):
    """What was recorded, in the API's words (compat/rest.md Recording)."""

    NORMAL = "normal", "Record element"
    CALL = "call", "Whole call"
    CONFERENCE = "conference", "Conference"


class RecordingState(models.TextChoices):
    """Where a recording stands; it only moves forward. `void` never began."""

    WAITING = "waiting", "Waiting"
    RECORDING = "recording", "Recording"
    PROCESSING = "processing", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    VOID = "void", "Not started"


OPEN = (RecordingState.WAITING, RecordingState.RECORDING)
LISTED = (RecordingState.READY, RecordingState.PROCESSING, RecordingState.FAILED)


class FileFormat(models.TextChoices):
    """What the file is."""

    MP3 = "mp3", "MP3"
    WAV = "wav", "WAV"


class RecordingQuerySet(TenantQuerySet["Recording"]):
    """Newest first, ties broken by id, so that paging by key is total."""

    def listed(self) -> Self:
        """Those that are over: what lists show."""
        return self.filter(state__in=LISTED)

    def newest_first(self) -> Self:
        """In the order of the list."""
        return self.order_by("-created_at", "-recording_id")

    def before(self, created_at: datetime, row_id: uuids.UUID) -> Self:
        """What follows the given row in the list."""
        same_instant = Q(created_at=created_at, recording_id__lt=row_id)
        return self.filter(Q(created_at__lt=created_at) | same_instant)


class Recording(models.Model):
    """One recording; its file is at `files.path_of`, named by `recording_id`.

    Times are clock time; `duration_ms` is telephone time, as long as the sound is (at another time
    scale than 1 that is longer than the clock says). `number` is the call flow's own number for it,
    0 when the API began it; a `blocking` one is ended by its Record element alone. `legs` are the
    legs of a room whose sound is in it; an `own_track` holds what the call itself says and presses,
    and nothing that it hears. `file_format` is what is delivered, `asked_format` what was
    asked for. `link_key` makes the public address (RecordUrl) unguessable.
    """

    recording_id: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(
        primary_key=True, default=randomness.new_uuid, editable=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recordings")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    call_uuid: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    number = models.PositiveIntegerField(default=0)
    blocking = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=RecordingKind.choices)
    conference_name = models.CharField(max_length=255, blank=True, default="")
    conference_uuid: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    mpc_name = models.CharField(max_length=255, blank=True, default="")
    mpc_uuid: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    legs: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    own_track = models.BooleanField(default=False, db_default=False)
    from_number = models.CharField(max_length=_LONGEST_PARTY, blank=True, default="")
    to_number = models.CharField(max_length=_LONGEST_PARTY, blank=True, default="")
    asked_format = models.CharField(max_length=3, choices=FileFormat.choices)
    file_format = models.CharField(max_length=3, choices=FileFormat.choices)
    channels = models.PositiveSmallIntegerField(default=2)
    limit_seconds = models.PositiveIntegerField(default=0, help_text="telephone time; 0: none")
    state = models.CharField(max_length=10, choices=RecordingState.choices)
    created_at = models.DateTimeField(default=clock.now)
    started_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    duration_ms = models.PositiveBigIntegerField(default=0, help_text="telephone time")
    end_reason = models.CharField(max_length=16, blank=True, default="")
    callback_url = models.CharField(max_length=2048, blank=True, default="")
    callback_method = models.CharField(max_length=4, default="POST")
    link_key = models.CharField(max_length=32, unique=True, default=new_link_key)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of the file")

    objects = RecordingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RecordingState.values), name="recording_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RecordingKind.values), name="recording_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(file_format__in=FileFormat.values, asked_format__in=FileFormat.values),
                name="recording_format_known",
            ),
            models.CheckConstraint(
                condition=Q(channels__in=[1, 2]), name="recording_mono_or_stereo"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "void"], started_at=None)
                | Q(state="recording", started_at__isnull=False, ended_at=None)
                | Q(
                    state__in=["processing", "ready", "failed"],
                    started_at__isnull=False,
                    ended_at__isnull=False,
                ),
                name="recording_times_fit_state",
            ),
            models.UniqueConstraint(
                fields=["call_uuid", "number"],
                condition=Q(number__gt=0),
                name="recording_once_a_number",
            ),
        ]
        indexes = [
            # The list of an account, paged by key.
            models.Index(
                fields=["account", "-created_at", "-recording_id"], name="recording_of_account"
            ),
            # Those of a call: its story, its end, a bridge.
            models.Index(
                fields=["call_uuid"],
                name="recording_of_call",
                condition=Q(call_uuid__isnull=False),
            ),
            # Those whose making was interrupted, and retention.
            models.Index(
                fields=["ended_at"], name="recording_unmade", condition=Q(state="processing")
            ),
            models.Index(fields=["created_at"], name="recording_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.recording_id)

    @property
    def seconds(self) -> int:
        """Whole seconds of sound."""
        return self.duration_ms // 1000

    @property
    def start_ms(self) -> int:
        """When it began, in milliseconds since 1970; 0 when it has not."""
        return round(self.started_at.timestamp() * 1000) if self.started_at else 0

    @property
    def end_ms(self) -> int:
        """`start_ms` and the length of the sound; 0 while it goes on."""
        return self.start_ms + self.duration_ms if self.ended_at else 0

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to hear."""
        return self.state == RecordingState.READY

    @property
    def length(self) -> str:
        """How long it is, as 1:05."""
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"

    @property
    def end_words(self) -> str:
        """Why it ended, in words; "" while it goes on."""
        return _END_WORDS.get(self.end_reason, self.end_reason)

    @property
    def short_id(self) -> str:
        """The first part of the id, to speak of it."""
        return str(self.recording_id).partition("-")[0]
