"""A text reaches a DID: it becomes a record, and its application's message URL is to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from console.core.models import Queue
from console.core.outbox import enqueue
from console.numbers.models import RentedNumber
from console.numbers.services import rental_of
from console.records.models import Direction
from sandbox.messages.models import Log, Message, MessageType, OptOut, PoolNumber, Powerpack
from sandbox.messages.models.records import Intent
from sandbox.messages.parts import measure
from sandbox.messages.services.moves import REASON, announce, masked, move
from sandbox.messages.states import State
from sandbox.network.outgoing import text_of

TELL: Final = "sms.tell"
_WORDS: Final = {
    Intent.OUT: {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"},
    Intent.IN: {"START", "UNSTOP", "YES"},
    Intent.HELP: {"HELP", "INFO"},
}
_NOBODY: Final = "This number has no application with a message URL, so nobody was told."


def arrive(*, message_uuid: UUID, auth_id: str, from_: str, to: str) -> Message | None:
    """Takes what a handset has texted (about 10 queries); None when nobody rents the number.

    May run twice: the record is one. Incoming texts cost nothing.
    """
    rented = rental_of(to)
    if rented is None or rented.account.auth_id != auth_id or not rented.account.may_act:
        return None
    return receive(
        rented=rented, message_uuid=message_uuid, from_=from_, text=text_of(message_uuid)
    )


def receive(
    *,
    rented: RentedNumber,
    message_uuid: UUID,
    from_: str,
    text: str,
    media_urls: Sequence[str] = (),
    hops: int = 0,
) -> Message:
    """Writes the record of an incoming text and plans telling its URL; once an id.

    Without a message URL the text is undelivered at once.
    """
    with transaction.atomic():
        message, fresh = Message.objects.unscoped(REASON).get_or_create(
            uuid=message_uuid,
            defaults=_facts(rented, from_, text, media_urls) | {"hops": hops},
        )
        if fresh:
            announce(message)
            _heed(message)
            if message.app_id:
                enqueue(
                    kind=TELL,
                    queue=Queue.WEBHOOKS,
                    payload={"message_uuid": str(message.uuid)},
                    dedupe_key=f"sms:{message.uuid}:tell",
                )
            else:
                move(message, State.UNDELIVERED, detail=_NOBODY)
    return message


def _facts(
    rented: RentedNumber, from_: str, text: str, media_urls: Sequence[str]
) -> dict[str, object]:
    pack = pack_of(rented)
    application = (pack.application if pack else None) or rented.application
    told = application is not None and bool(application.message_url)
    measured = measure(text)
    quiet = application is not None and not application.log_incoming_messages
    return {
        "account": rented.account,
        "subaccount": rented.subaccount,
        "app_id": application.app_id if application and told else "",
        "powerpack": pack,
        "direction": Direction.INBOUND,
        "state": State.RECEIVED,
        "type": MessageType.MMS if media_urls else MessageType.SMS,
        "from_number": masked(from_) if quiet else from_[:64],
        "hidden_party": from_ if quiet else "",
        "to_number": rented.number,
        "text": text,
        "media_urls": list(media_urls),
        "encoding": measured.encoding,
        "units": 1 if media_urls else measured.units,
        "log": Log.NOTHING if quiet else Log.ALL,
        "intent": intent_of(text) if rented.number.startswith("+1") else Intent.NONE,
    }


def pack_of(rented: RentedNumber) -> Powerpack | None:
    """The powerpack that the number is in; the oldest of several (one query)."""
    member = PoolNumber.objects.filter(rental=rented).select_related("powerpack__application")
    found = member.order_by("pk").first()
    return found.powerpack if found else None


def intent_of(text: str) -> Intent:
    """What the words ask for, when they are nothing but one of the known ones."""
    word = text.strip().strip(".!").upper()
    return next((intent for intent, words in _WORDS.items() if word in words), Intent.NONE)


def _heed(message: Message) -> None:
    """STOP closes the way from this number to that phone for this account; START opens it."""
    way = {"source": message.receiver, "destination": message.sender}
    if message.intent == Intent.OUT:
        row = OptOut(account=message.account, **way)
        OptOut.objects.bulk_create([row], ignore_conflicts=True)
    elif message.intent == Intent.IN:
        OptOut.objects.for_account(message.account).filter(**way).delete()


def twin(message_uuid: UUID) -> UUID:
    """The id of the incoming half of a message between two numbers of the platform."""
    return uuid5(message_uuid, "in")


def delivery_of(message_uuid: UUID) -> UUID:
    """The id under which the log of webhooks keeps the tries of telling a text."""
    return uuid5(message_uuid, "tell")


def on_screen(message: Message) -> str:
    """What a phone shows: the text, and a line for each medium."""
    return "\n".join(filter(None, (message.text, *message.media_urls)))
