"""Phones of the simulated network: what each has received, heard and pressed.

Every row belongs to one account: a handset shows an account only the traffic that this account's
own doing caused, and the platform's codes sent for it (OTP-16).
"""

from __future__ import annotations

import uuid as uuids

from django.db import models
from django.db.models import Q

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from console.core.seals import seal, unseal

LINE_LENGTH = 128
"""Room for a SIP address; numbers of the public network are E.164 in at most 16 characters."""
_PURPOSE = "handset"


class HandsetAccess(models.Model):
    """A handset that an account may open."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="handsets")
    number = models.CharField(max_length=LINE_LENGTH)
    opened_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["HandsetAccess"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="handset_once_an_account")
        ]

    def __str__(self) -> str:
        return self.number


class MessageDirection(models.TextChoices):
    """As the phone sees it."""

    INBOUND = "inbound", "Received"
    OUTBOUND = "outbound", "Sent"


class SealedText(models.Model):
    """A text that is either readable or, when it carries a code, sealed at rest (OTP-03)."""

    uuid = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    text = models.TextField(blank=True, default="")
    sealed = models.BinaryField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def put(self, text: str, *, secret: bool) -> None:
        """Sets the text before the row is saved; a secret one is sealed to this row's id."""
        if secret:
            self.sealed = seal(text.encode(), purpose=_PURPOSE, bound_to=str(self.uuid))
            self.text = ""
        else:
            self.text, self.sealed = text, None

    def shown(self) -> str:
        """The text for a member of the row's account, and for nobody else."""
        if self.sealed is None:
            return self.text
        return unseal(self.sealed, purpose=_PURPOSE, bound_to=str(self.uuid)).decode()


class HandsetMessage(SealedText):
    """A text message on a phone. `repeats` counts deliveries beyond the first: each is a fault."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="handset_messages")
    number = models.CharField(max_length=LINE_LENGTH)
    key = models.CharField(max_length=96, unique=True)
    message_uuid = models.UUIDField()
    direction = models.CharField(
        max_length=8, choices=MessageDirection.choices, default=MessageDirection.INBOUND
    )
    from_number = models.CharField(max_length=LINE_LENGTH)
    to_number = models.CharField(max_length=LINE_LENGTH)
    platform = models.BooleanField(default=False)
    repeats = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["HandsetMessage"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=MessageDirection.values),
                name="handset_message_direction_known",
            ),
            models.CheckConstraint(
                condition=Q(sealed=None) | Q(text=""), name="handset_message_sealed_or_clear"
            ),
        ]
        indexes = [
            # A phone's newest messages, and whether there is a newer one.
            models.Index(fields=["account", "number", "-id"], name="handset_messages"),
            models.Index(fields=["received_at"], name="handset_message_age"),
        ]

    def __str__(self) -> str:
        return str(self.message_uuid)


class CallDirection(models.TextChoices):
    """As the phone sees it."""

    INBOUND = "inbound", "Incoming"
    OUTBOUND = "outbound", "Outgoing"


class CallState(models.TextChoices):
    """Where a phone stands in a call."""

    RINGING = "ringing", "Ringing"
    UP = "up", "In progress"
    ENDED = "ended", "Ended"


class HandsetCall(models.Model):
    """One leg as its phone sees it. `version` grows with everything the phone notices."""

    call_uuid: models.UUIDField[uuids.UUID, uuids.UUID] = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="handset_calls")
    number = models.CharField(max_length=LINE_LENGTH)
    direction = models.CharField(max_length=8, choices=CallDirection.choices)
    from_number = models.CharField(max_length=LINE_LENGTH)
    to_number = models.CharField(max_length=LINE_LENGTH)
    caller_name = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.RINGING)
    platform = models.BooleanField(default=False)
    # The other end of a call that goes from the platform to a number of its own.
    peer: models.UUIDField[uuids.UUID | None, uuids.UUID | None] = models.UUIDField(
        null=True, blank=True
    )
    digits_sent = models.CharField(max_length=256, blank=True, default="")
    hangup_cause = models.CharField(max_length=48, blank=True, default="")
    started_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TenantQuerySet["HandsetCall"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=CallDirection.values),
                name="handset_call_direction_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CallState.values), name="handset_call_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.ENDED, ended_at__isnull=False)
                | (~Q(state=CallState.ENDED) & Q(ended_at=None)),
                name="handset_call_ended_has_time",
            ),
        ]
        indexes = [
            # A phone's newest calls, and whether one of them changed.
            models.Index(fields=["account", "number", "-started_at"], name="handset_calls"),
            models.Index(fields=["started_at"], name="handset_call_age"),
            # The other end of a call that comes back to the platform.
            models.Index(
                fields=["peer"], name="handset_call_peer", condition=Q(peer__isnull=False)
            ),
            # Which phones ring or are in a call: /handsets/.
            models.Index(
                fields=["account", "number", "state"],
                name="handset_living",
                condition=~Q(state=CallState.ENDED),
            ),
        ]

    def __str__(self) -> str:
        return str(self.call_uuid)


class CaptionKind(models.TextChoices):
    """What is heard on the line."""

    SPEAK = "speak", "Speech"
    PLAY = "play", "Sound file"
    TONE = "tone", "Tone"


class HandsetCaption(SealedText):
    """Something that the phone hears, in order. `key` makes a repeated command harmless.

    `mine` is this phone's own side: what was said into it, as the platform took it.
    """

    call = models.ForeignKey(HandsetCall, on_delete=models.CASCADE, related_name="captions")
    key = models.CharField(max_length=96)
    kind = models.CharField(max_length=8, choices=CaptionKind.choices)
    language = models.CharField(max_length=16, blank=True, default="")
    mine = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="handset_caption_once_a_key"),
            models.CheckConstraint(
                condition=Q(kind__in=CaptionKind.values), name="handset_caption_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(sealed=None) | Q(text=""), name="handset_caption_sealed_or_clear"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OnRing(models.TextChoices):
    """What a scripted phone does when it rings."""

    ANSWER = "answer", "Answer"
    REJECT = "reject", "Reject"
    BUSY = "busy", "Busy"
    IGNORE = "ignore", "Ignore"


class HandsetScript(models.Model):
    """What a phone does by itself. `then` is a checked list of steps (sandbox-api.md, Script)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=LINE_LENGTH)
    on_ring = models.CharField(max_length=8, choices=OnRing.choices)
    after = models.FloatField(default=0, help_text="seconds")
    machine = models.BooleanField(default=False, help_text="an answering machine picks up")
    then: models.JSONField[list[dict[str, object]], list[dict[str, object]]] = models.JSONField(
        default=list
    )

    objects = TenantQuerySet["HandsetScript"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="handset_script_once"),
            models.CheckConstraint(
                condition=Q(on_ring__in=OnRing.values), name="handset_script_on_ring_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.on_ring}"
