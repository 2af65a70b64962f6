"""Files that MMS messages carry; their bytes lie under `settings.MEDIA_ROOT`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, randomness
from sandbox.messages.models.records import Message

LONGEST_FILE_NAME = 200


class Media(models.Model):
    """One uploaded file. `size` is bytes, `sha256` that of its content."""

    uuid = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    messages = models.ManyToManyField(Message, related_name="media", blank=True)
    file_name = models.CharField(max_length=LONGEST_FILE_NAME)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=clock.now)

    objects = TenantQuerySet["Media"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gte=1), name="media_not_empty")]
        indexes = [
            # The list, newest first: GET Media/.
            models.Index(fields=["account", "-uploaded_at", "-id"], name="media_list"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
