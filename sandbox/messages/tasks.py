"""The worker's side: outbox rows of this app, each of which may run twice, and periodic jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from console.core import clock
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from sandbox.messages import incoming, media, telling
from sandbox.messages.models import Message
from sandbox.messages.services import dispatch
from sandbox.messages.services.sending import SEND
from sandbox.network.outgoing import TEXT_KIND

TEXT_KEPT: Final = timedelta(days=30)
ROWS_KEPT: Final = timedelta(days=90)
_BATCH: Final = 2000


@handler(TEXT_KIND)
def message_incoming(payload: Payload, row: OutboxRow) -> None:
    """A handset has texted a number of the platform."""
    incoming.arrive(
        message_uuid=UUID(payload["message_uuid"]),
        auth_id=payload["account"],
        from_=payload["from"],
        to=payload["to"],
    )


@handler(incoming.TELL)
def message_tell(payload: Payload, row: OutboxRow) -> None:
    """A message URL is to be told of a text."""
    telling.tell(UUID(payload["message_uuid"]))


@handler(SEND)
def message_send(payload: Payload, row: OutboxRow) -> None:
    """A queued message is to leave."""
    dispatch.send(UUID(payload["message_uuid"]))


@handler(dispatch.REPORT)
def message_report(payload: Payload, row: OutboxRow) -> None:
    """The network says what became of a message."""
    dispatch.report(
        message_uuid=UUID(payload["message_uuid"]),
        state=payload["state"],
        error=payload.get("error"),
    )


@periodic(every=timedelta(minutes=1), title="Settle waiting messages")
def expire_messages() -> None:
    """Settles messages that nobody took for fifteen minutes (BG-05)."""
    dispatch.expire_waiting()


@periodic(every=timedelta(hours=1), forgets=True, title="Forget message texts")
def forget_texts() -> None:
    """Empties texts, media links and addresses after 30 days, in batches (trust.md section 11)."""
    old = Message.objects.unscoped("retention").filter(
        forgotten=False, message_time__lt=clock.now() - TEXT_KEPT
    )
    some = list(old.order_by("message_time").values_list("pk", flat=True)[:_BATCH])
    Message.objects.unscoped("retention").filter(pk__in=some).update(
        text=None, media_urls=[], hidden_party="", requester_ip=None, forgotten=True
    )
    media.prune()


@periodic(every=timedelta(hours=1), forgets=True, title="Delete old messages")
def prune_messages() -> None:
    """Deletes messages after 90 days, 2,000 at a time (trust.md section 11)."""
    old = Message.objects.unscoped("retention").filter(message_time__lt=clock.now() - ROWS_KEPT)
    some = list(old.order_by("message_time").values_list("pk", flat=True)[:_BATCH])
    Message.objects.unscoped("retention").filter(pk__in=some).delete()


@periodic(every=timedelta(days=1), title="Delete lost media files")
def sweep_media() -> None:
    """Deletes media files that belong to no message any more."""
    media.sweep()
