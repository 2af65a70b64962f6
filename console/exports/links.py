"""Links to an export's file: signed for 15 minutes, and good only for its account (CSV-05)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from console.core import clock
from console.exports.models import Export

_SALT: Final = "exports.file"


def signed_path(export: Export) -> tuple[str, datetime]:
    """The path of the file, and until when the signature holds."""
    until = clock.now() + timedelta(seconds=settings.TRUST.export_link)
    seconds = int(until.timestamp())
    signature = Signer(salt=_SALT).sign(f"{export.pk}:{seconds}").rpartition(":")[2]
    path = reverse("exports:file", args=[export.pk])
    return f"{path}?until={seconds}&signature={signature}", until


def is_signed(export_id: UUID, *, until: str, signature: str) -> bool:
    """Whether the signature is ours, for this export, and has not run out."""
    try:
        Signer(salt=_SALT).unsign(f"{export_id}:{until}:{signature}")
    except BadSignature:
        return False
    return clock.now().timestamp() < int(until)
