"""The one place where a message comes into a state: row, line of its story, callback.

All three are written in the caller's transaction, so a message is told exactly what it became.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import F

from console.core import clock
from sandbox.messages import params
from sandbox.messages.models import Message, MessageEvent, Powerpack
from sandbox.messages.states import before, is_final
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import Notice, notify_many

REASON = "the worker carries on any tenant's message"
MASKED = ("From", "To")
_BATCH: Final = 500


def announce(message: Message) -> None:
    """Writes the line of the state that the message is in, and tells its URL (three queries)."""
    notice = _notice(message)
    _line(message, notice).save()
    if notice is not None:
        notify_many([notice])
    _forget(message)


def announce_many(messages: Sequence[Message]) -> None:
    """As `announce` for messages that are new; two queries for all while they are queued."""
    notices = [_notice(message) for message in messages]
    lines = [_line(*pair) for pair in zip(messages, notices, strict=True)]
    MessageEvent.objects.bulk_create(lines, batch_size=_BATCH)
    notify_many([notice for notice in notices if notice is not None])
    for message in messages:
        _forget(message)


def move(message: Message, state: str, **values: Any) -> bool:
    """Brings the message into `state`; False, and nothing done, when no way leads there (BG-12).

    Of two workers one wins the conditional update. `values` are further columns. Five queries.
    Call it inside a transaction.
    """
    mine = Message.objects.unscoped(REASON).filter(
        pk=message.pk, state__in=before(message.direction, state)
    )
    now = clock.now()
    changed = mine.update(state=state, sequence=F("sequence") + 1, updated_at=now, **values)
    if not changed:
        return False
    message.refresh_from_db(from_queryset=_whole())
    announce(message)
    return True


def _whole() -> Any:
    return Message.objects.unscoped(REASON).select_related("account", "subaccount", "powerpack")


def _line(message: Message, notice: Notice | None) -> MessageEvent:
    return MessageEvent(
        message=message,
        sequence=message.sequence,
        at=message.updated_at,
        state=message.state,
        error_code=message.error_code,
        detail=message.detail,
        delivery=notice.delivery if notice else None,
    )


def _notice(message: Message) -> Notice | None:
    if not message.callback_url:
        return None
    pack: Powerpack | None = message.powerpack
    return Notice(
        account=message.account,
        subaccount=message.subaccount,
        url=message.callback_url,
        method=message.callback_method,
        params=params.status(message, powerpack_uuid=str(pack.uuid) if pack else ""),
        purpose=Purpose.STATUS,
        call_uuid=message.call_uuid,
        redact=MASKED if message.hides_number else (),
        dedupe_key=f"sms:{message.uuid}:{message.sequence}",
    )


def _forget(message: Message) -> None:
    """What `log` lets nobody read goes as soon as nothing needs it any more (one query at most)."""
    gone: dict[str, Any] = {}
    if message.text is not None and not message.keeps_text and _has_left(message):
        gone["text"] = None
    if message.hidden_party and is_final(message.direction, message.state):
        gone["hidden_party"] = ""
    if gone:
        Message.objects.unscoped(REASON).filter(pk=message.pk).update(**gone)
        for name, value in gone.items():
            setattr(message, name, value)


def _has_left(message: Message) -> bool:
    return message.sent_at is not None or is_final(message.direction, message.state)


def masked(e164: str) -> str:
    """`141XXXXX123`: what is shown of a number that `log` hides."""
    bare = e164.removeprefix("+")
    return f"{bare[:3]}{'X' * max(0, len(bare) - 6)}{bare[-3:]}"
