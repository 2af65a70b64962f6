"""Telling a message URL of an incoming text, and doing what its answer asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from console.applications.models import Application
from console.core.errors import DomainError
from console.core.outbox import Later
from sandbox.fence.kinds import Origin
from sandbox.messages import params
from sandbox.messages.incoming import delivery_of
from sandbox.messages.models import Message
from sandbox.messages.replies import FlowXmlError, Reply, read_replies
from sandbox.messages.services.moves import REASON, move
from sandbox.messages.services.orders import Order
from sandbox.messages.services.sending import Prepared, prepare
from sandbox.messages.services.written import store_written
from sandbox.messages.states import State
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.policy import FetchResult
from sandbox.webhooks.services import fetch_document

TRIES: Final = (timedelta(seconds=15), timedelta(seconds=60))
"""Waits between the three tries, about two minutes in all (compat: callbacks section 2)."""
_PATIENCE: Final = timedelta(minutes=15)


def tell(message_uuid: UUID) -> None:
    """Asks the message URL once and settles the text by the answer; may run twice.

    A 2xx makes it delivered, three failed tries undelivered. Raises Later between tries. About 12
    queries, and a dozen for each destination of a reply.
    """
    found = Message.objects.unscoped(REASON).filter(uuid=message_uuid, state=State.RECEIVED)
    message = found.select_related("account", "subaccount", "powerpack").first()
    if message is None:
        return
    applications = Application.objects.for_account(message.account)
    application = applications.filter(app_id=message.app_id).first()
    if application is None or not application.message_url:
        with transaction.atomic():
            detail = "The application, or its message URL, was taken away meanwhile."
            move(message, State.UNDELIVERED, detail=detail)
        return
    result = _ask(message, application)
    if result.status is not None and 200 <= result.status < 300:
        _delivered(message, result.body)
    else:
        _not_told(message, result)


def _ask(message: Message, application: Application) -> FetchResult:
    pack = message.powerpack
    return fetch_document(
        account=message.account,
        subaccount=message.subaccount,
        url=application.message_url,
        method=application.message_method,
        params=params.incoming(message, powerpack_uuid=str(pack.uuid) if pack else ""),
        purpose=Purpose.MESSAGE,
        application=application.app_id,
        delivery=delivery_of(message.uuid),
        redact=("From", "Text", "Body") if message.hides_number else (),
        give_up_at=message.message_time + _PATIENCE,
    )


def _not_told(message: Message, result: FetchResult) -> None:
    rows = Message.objects.unscoped(REASON).filter(pk=message.pk)
    tried = message.tells + 1
    if tried <= len(TRIES):
        rows.update(tells=tried)
        raise Later(TRIES[tried - 1], result.sentence)
    with transaction.atomic():
        rows.update(tells=tried)
        move(message, State.UNDELIVERED, detail=result.sentence[:400])


def _delivered(message: Message, body: bytes) -> None:
    """The fence is asked first, so that what it refused stays written whatever comes after."""
    notes: list[str] = []
    answers: list[Prepared] = []
    try:
        replies = read_replies(body)
    except FlowXmlError as error:
        notes.append(f"The answer could not be read, so nothing was sent back. {error}")
        replies = []
    for reply in replies:
        try:
            answers.append(prepare(_order(message, reply)))
        except DomainError as error:
            notes.append(f"A reply was not sent: {error.message}")
    with transaction.atomic():
        if move(message, State.DELIVERED, detail=" ".join(notes)[:400]):
            for prepared in answers:
                store_written(prepared)


def _order(message: Message, reply: Reply) -> Order:
    facts: dict[str, Any] = {
        "src": reply.src or message.receiver,
        "dst": reply.dst or message.sender,
        "text": reply.text,
        "type": reply.type,
        "url": reply.callback_url,
        "method": reply.callback_method,
    }
    return Order(
        account=message.account,
        subaccount=message.subaccount,
        origin=Origin.XML_MESSAGE,
        log=message.log,
        hops=message.hops + 1,
        **facts,
    )
