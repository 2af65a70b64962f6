"""Sending: a request becomes queued messages, after the fence's first look (GATE-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from console.accounts.models import Account, Subaccount
from console.core import clock, outbox
from console.core.errors import DomainError
from console.core.models import OutboxRow, Queue
from console.core.money import money
from console.core.numbers import Number
from console.numbers.models import RentedNumber
from console.records.models import Direction
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind
from sandbox.fence.verdict import Verdict
from sandbox.messages import media, powerpacks
from sandbox.messages.models import Message, MessageType
from sandbox.messages.parts import Measure
from sandbox.messages.services import moves
from sandbox.messages.services.orders import Order, check_order, destinations, source
from sandbox.messages.states import State
from sandbox.network.world import rates_for

SEND = "sms.send"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages that are queued, in the order asked for, and the parts that are no numbers."""

    messages: list[Message]
    invalid: list[str]


@dataclass(slots=True)
class Prepared:
    """Rows that the fence let pass, and those it refused, nothing of it written yet."""

    order: Order
    rows: list[Message] = field(default_factory=list)
    refused: list[tuple[Message, Verdict]] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)


def send_messages(
    *,
    account: Account,
    origin: str,
    src: str = "",
    dst: str,
    text: str = "",
    subaccount: Subaccount | None = None,
    media_ids: Sequence[str] = (),
    **more: Any,
) -> Sent:
    """Queues one message a destination; `more` are further fields of `Order`.

    About twenty-five queries, whatever the number of destinations.
    Destinations that are no numbers come back in `invalid`; a refusal of the fence refuses the
    whole request and nothing is written (NUM-03, GATE-02). Credit is taken when a message leaves.
    Raises DomainError: the fence's, those of `check_order` and `destinations`, `no_sms`,
    `empty_powerpack`, NotFound for a medium that is not the account's.
    """
    files = media.find_media(account=account, subaccount=subaccount, uuids=media_ids)
    order = Order(
        account=account,
        subaccount=subaccount,
        origin=origin,
        src=src,
        dst=dst,
        text=text,
        media=files,
        **more,
    )
    if (known := _sent_before(order)) is not None:
        return known
    prepared = prepare(order)
    for _, verdict in prepared.refused:
        verdict.require()
    try:
        with transaction.atomic():
            store(prepared)
    except IntegrityError:  # the same form, sent twice at once
        if (known := _sent_before(order)) is None:
            raise
        return known
    return Sent(prepared.rows, prepared.invalid)


def prepare(order: Order) -> Prepared:
    """Checks the order and asks the fence about each destination; writes no message."""
    measured = check_order(order)
    numbers, invalid = destinations(order.dst)
    found = Prepared(order, invalid=invalid)
    sources = _sources(order, numbers)
    if any(sources[number.e164] == number.e164 for number in numbers):
        message = "A message cannot go to the number that it comes from."
        raise DomainError(message, code="src_is_dst", field="dst")
    verdicts = fence.check_each(
        account=order.account,
        subaccount=order.subaccount,
        kind=Kind.MESSAGE,
        ways=[(sources[number.e164], number.e164) for number in numbers],
        origin=order.origin,
    )
    for number, verdict in zip(numbers, verdicts, strict=True):
        row = _row(order, measured, number, sources[number.e164])
        if verdict.allowed:
            found.rows.append(row)
        else:
            found.refused.append((row, verdict))
    if found.rows:
        _price(found.rows)
        _require_texting(order.account, {row.sender for row in found.rows})
    return found


def store(prepared: Prepared) -> None:
    """Writes what may be sent, its first state and its outbox rows; call it in a transaction."""
    Message.objects.bulk_create(prepared.rows, batch_size=_BATCH)
    moves.announce_many(prepared.rows)
    media.attach(prepared.order.media, prepared.rows)
    outbox.enqueue_many(
        [
            OutboxRow(
                kind=SEND,
                queue=Queue.CALLS,
                payload={"message_uuid": str(row.uuid)},
                dedupe_key=f"sms:{row.uuid}:send",
                next_at=clock.now(),
            )
            for row in prepared.rows
        ]
    )
    if prepared.order.powerpack:
        powerpacks.remember(
            prepared.order.powerpack, {row.receiver: row.sender for row in prepared.rows}
        )


def _sources(order: Order, numbers: Sequence[Number]) -> dict[str, str]:
    if order.powerpack is None:
        from_ = source(order.src)
        return {number.e164: from_ for number in numbers}
    return powerpacks.choose_sources(order.powerpack, numbers)


def _row(order: Order, measured: Measure, number: Number, from_: str) -> Message:
    now = clock.now()
    row = Message(
        account=order.account,
        subaccount=order.subaccount,
        call_uuid=order.call_uuid,
        powerpack=order.powerpack,
        form_key=order.form_key,
        direction=Direction.OUTBOUND,
        state=State.QUEUED,
        type=order.type,
        origin=order.origin,
        from_number=from_[:64],
        to_number=number.e164,
        country=number.region,
        text=order.text,
        media_urls=[*media.links(order.media), *order.media_urls],
        encoding=measured.encoding,
        # An MMS is one unit, whatever it carries.
        units=1 if order.type == MessageType.MMS else measured.units,
        callback_url=order.url,
        callback_method=order.method,
        log=order.log,
        trackable=order.trackable,
        dlt=dict(order.dlt),
        requester_ip=order.requester_ip or None,
        hops=order.hops,
        message_time=now,
        updated_at=now,
        expires_at=now + timedelta(seconds=order.life),
    )
    if row.hides_number:
        row.hidden_party, row.to_number = number.e164, moves.masked(number.e164)
    return row


def _price(rows: Sequence[Message]) -> None:
    prices = rates_for(row.receiver for row in rows)
    for row in rows:
        row.rate = prices[row.receiver].per_message
        row.amount = money(row.rate * row.units)


def _require_texting(account: Account, sources: set[str]) -> None:
    """A rented number that has no SMS cannot send one (one query)."""
    rented = RentedNumber.objects.for_account(account).living().filter(number__in=sources)
    if rented.filter(stock__sms_enabled=False).exists():
        raise DomainError("This number takes calls only.", code="no_sms", field="src")


def _sent_before(order: Order) -> Sent | None:
    if order.form_key is None:
        return None
    mine = Message.objects.for_account(order.account)
    found = mine.filter(form_key=order.form_key).first()
    return Sent([found], []) if found else None
