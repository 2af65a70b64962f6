"""Reading messages: a page by key, one message, what its callbacks became."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from console.accounts.models import Account, Subaccount
from console.core.errors import NotFound
from console.records.services import PAGE_SIZE, Page, page_by_key
from sandbox.messages.filters import MessageFilter
from sandbox.messages.incoming import delivery_of
from sandbox.messages.models import Message, MessageEvent
from sandbox.messages.words import meaning
from sandbox.webhooks.models import WebhookDelivery


def list_messages(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    wanted: MessageFilter,
    before: str = "",
    after: str = "",
    size: int = PAGE_SIZE,
) -> Page[Message]:
    """A page by key, newest first (one query, by the index `message_list`); texts are left out."""
    rows = wanted.rows(account, subaccount).defer("text", "media_urls", "dlt")
    return page_by_key(rows, newest="message_time", before=before, after=after, size=size)


def get_message(*, account: Account, uuid: UUID, subaccount: Subaccount | None = None) -> Message:
    """The account's message (one query); raises NotFound for anyone else's (TEN-02)."""
    mine = Message.objects.for_account(account, subaccount)
    found = mine.select_related("account", "subaccount", "powerpack").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A state of the timeline, and the last try of the callback that told it."""

    event: MessageEvent
    words: str
    told: WebhookDelivery | None


def timeline(message: Message) -> tuple[list[Step], list[WebhookDelivery]]:
    """The states in order with their callbacks, and the tries of the message URL (two queries)."""
    events = list(message.events.all())
    asked = delivery_of(message.uuid)
    ids = [event.delivery for event in events if event.delivery]
    tries = WebhookDelivery.objects.for_account(message.account)
    rows = list(
        tries.filter(delivery__in=[*ids, asked])
        .defer("response_body", "params", "headers")
        .order_by("attempt")
    )
    last = {row.delivery: row for row in rows}
    steps = [
        Step(
            event,
            event.detail or meaning(message.direction, event.state),
            last.get(event.delivery) if event.delivery else None,
        )
        for event in events
    ]
    return steps, [row for row in rows if row.delivery == asked]
