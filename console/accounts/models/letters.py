"""Letters on their way and letters that are kept."""

from __future__ import annotations

from django.db import models

from console.core import clock, randomness


class MailMessage(models.Model):
    """A letter to be sent: its body may carry a link that signs in, so it is sealed.

    The outbox row holds the id only. Once sent, the body is erased.
    """

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    sealed_body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subject} ({self.id})"


class MailboxItem(models.Model):
    """A letter of the embedded default, kept to be read at /mailbox/ instead of being sent."""

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    message_id = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    sealed_body = models.BinaryField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-received_at"], name="mailbox_newest")]

    def __str__(self) -> str:
        return self.subject
