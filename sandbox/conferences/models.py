"""Rooms that calls are in together, and their members (compat/xml.md section 4)."""

from __future__ import annotations

import uuid as uuids
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from sandbox.calls.models import Call, Direction


class Kind(models.TextChoices):
    """Which element makes such a room; each kind has names of its own."""

    CONFERENCE = "conference", "Conference"
    MPC = "mpc", "Multiparty call"


class RoomState(models.TextChoices):
    """Where a room stands: members wait until one comes who starts it."""

    INITIALIZED = "initialized", "Initialized"
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class Termination(models.IntegerChoices):
    """Why a multiparty call ended (compat/rest.md, MultiPartyCall)."""

    NONE = 0, ""
    EMPTY = 1000, "No Active Participants"
    ALONE = 1010, "Stay Alone Not Permitted"
    TOO_LONG = 2000, "Max Duration Reached"
    API = 3000, "Hangup API Triggered"


class ExitCause(models.TextChoices):
    """Why a member is in the room no more (compat/rest.md, Participant)."""

    NONE = "", ""
    HANGUP = "hangup", "Participant Call Hangup"
    KICKED = "kicked", "Kicked Out of Multiparty Call"
    ENDED = "ended", "Multiparty Call Ended"
    TRANSFERRED = "transferred", "Participant Call Transferred"


class Taping(models.TextChoices):
    """Whether a room or a participant is recorded now; the label is the API's word."""

    OFF = "", "not-recording"
    ON = "recording", "recording"
    PAUSED = "paused", "paused"


class Room(models.Model):
    """A conference or a multiparty call. Who locks this row may change the room and its members.

    Whoever holds a call's row as well has taken it first; no two calls are ever held. `settings`
    are the wishes of the first member. `serial` numbers what the room told others. `recording_id`
    is its last recording.
    """

    room_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(
        unique=True, default=randomness.new_uuid, editable=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=128)
    state = models.CharField(
        max_length=11, choices=RoomState.choices, default=RoomState.INITIALIZED
    )
    settings: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    termination = models.PositiveSmallIntegerField(
        choices=Termination.choices, default=Termination.NONE
    )
    recording = models.CharField(
        max_length=9, choices=Taping.choices, blank=True, default=Taping.OFF
    )
    recording_id: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    last_member = models.PositiveIntegerField(default=0)
    serial = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    started_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    objects = TenantQuerySet["Room"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "name"],
                condition=~Q(state=RoomState.ENDED),
                name="one_living_room_a_name",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="room_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=RoomState.values), name="room_state_known"
            ),
            models.CheckConstraint(
                condition=Q(recording__in=Taping.values), name="room_recording_known"
            ),
            models.CheckConstraint(
                condition=Q(termination__in=Termination.values), name="room_termination_known"
            ),
            models.CheckConstraint(
                condition=Q(state=RoomState.ENDED, ended_at__isnull=False)
                | (~Q(state=RoomState.ENDED) & Q(ended_at=None)),
                name="room_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=RoomState.ACTIVE) | Q(started_at__isnull=False),
                name="room_active_has_start",
            ),
        ]
        indexes = [
            # The list of multiparty calls, newest first, and the rooms page.
            models.Index(fields=["account", "kind", "-created_at", "-id"], name="room_list"),
            # Pruning, and the sweep over rooms that live.
            models.Index(fields=["ended_at"], name="room_by_end"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether the room has ended."""
        return self.state == RoomState.ENDED

    @property
    def is_mpc(self) -> bool:
        """Whether it is a multiparty call."""
        return self.kind == Kind.MPC

    @property
    def seconds(self) -> int:
        """Whole seconds from its start to its end, or to now; 0 when it never started."""
        if self.started_at is None:
            return 0
        return max(0, int(((self.ended_at or clock.now()) - self.started_at).total_seconds()))


class Member(models.Model):
    """A call in a room. `member_id` is its short number there, `join_id` the flow's word for it.

    `version` counts what the call was told about itself; `told` says that the call knows it has
    left. `settings` are its own wishes, `exit_document` the sounds that its leaving makes,
    `track_id` the recording of its own track that runs now.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="members")
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="memberships")
    member_id = models.PositiveIntegerField()
    join_id = models.PositiveIntegerField()
    role = models.CharField(max_length=10, blank=True, default="")
    muted = models.BooleanField(default=False)
    deaf = models.BooleanField(default=False)
    hold = models.BooleanField(default=False)
    coach = models.BooleanField(default=False)
    settings: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    exit_document = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    told = models.BooleanField(default=False)
    recording = models.CharField(
        max_length=9, choices=Taping.choices, blank=True, default=Taping.OFF
    )
    recording_id: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    track_id: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    joined_at = models.DateTimeField(default=clock.now)
    left_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    exit_cause = models.CharField(
        max_length=11, choices=ExitCause.choices, blank=True, default=ExitCause.NONE
    )

    class Meta:
        ordering = ["member_id"]
        constraints = [
            models.UniqueConstraint(fields=["room", "member_id"], name="member_once_an_id"),
            models.UniqueConstraint(fields=["call", "join_id"], name="member_once_a_join"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(left_at=None), name="call_in_one_room"
            ),
            models.CheckConstraint(
                condition=Q(recording__in=Taping.values), name="member_recording_known"
            ),
            models.CheckConstraint(
                condition=Q(exit_cause__in=ExitCause.values), name="member_exit_known"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, exit_cause="")
                | (Q(left_at__isnull=False) & ~Q(exit_cause="")),
                name="member_left_has_cause",
            ),
        ]
        indexes = [
            # Members that are in a room now.
            models.Index(fields=["room"], name="member_living", condition=Q(left_at=None)),
            # Members that left and whose call has not heard of it yet.
            models.Index(
                fields=["left_at"],
                name="member_untold",
                condition=Q(told=False, left_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.room_id}"

    @property
    def number(self) -> str:
        """The far end of its call: who the others hear of."""
        call = self.call
        return call.from_number if call.direction == Direction.INBOUND else call.to_number

    @property
    def seconds(self) -> int:
        """Whole seconds in the room so far, or until it left."""
        return max(0, int(((self.left_at or clock.now()) - self.joined_at).total_seconds()))
