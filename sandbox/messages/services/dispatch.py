"""What the worker does with a queued message: the fence's second look, the price, the phone.

One transaction: permit, payment, delivery and state are there together or not at all, so a worker
that is killed at any line leaves the message queued, and a repetition finds it sent (BG-04).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.accounts.services.credit import take_credit
from console.core import clock
from console.core.errors import DomainError
from console.core.models import Queue
from console.core.money import ZERO
from console.core.outbox import Later, enqueue
from console.numbers.models import RentedNumber
from console.numbers.services import rental_of
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind
from sandbox.fence.verdict import Verdict
from sandbox.messages import incoming
from sandbox.messages.models import Message, OptOut
from sandbox.messages.services.moves import REASON, move
from sandbox.messages.states import State
from sandbox.network.driver import driver_for
from sandbox.network.models import Permit, PermitKind
from sandbox.network.permits import consume

REPORT: Final = "sms.report"
MOST_HOPS: Final = 3
EXPIRED, LOOP, STOPPED, POOR, NOT_DISPATCHED, UNREACHABLE = 420, 60, 200, 900, 300, 80
_PAUSE: Final = timedelta(seconds=5)
ERRORS: Final = {
    "geo_not_permitted": 450,
    "insufficient_credit": POOR,
    "account_suspended": 910,
    "caller_id_not_owned": 40,
    "invalid_number": 50,
    "destination_type_not_supported": 50,
}
"""Message errors (compat: cdr section 3) of the fence's refusals; the rest is 300."""


def error_of(verdict: Verdict) -> int:
    """The message error of a refusal."""
    code = verdict.refusal.code if verdict.refusal else ""
    return ERRORS.get(code, NOT_DISPATCHED)


def send(message_uuid: UUID) -> None:
    """Brings the message to its phone, or settles why it cannot be; about 25 queries.

    Raises Later while the fence cannot decide and the message has life left.
    """
    with transaction.atomic():
        message = _waiting(message_uuid)
        if message is None:
            return
        if (why := _hindrance(message)) is not None:
            _fail(message, *why)
            return
        verdict = fence.authorize(
            account=message.account,
            subaccount=message.subaccount,
            kind=Kind.MESSAGE,
            from_=message.sender,
            to=message.receiver,
            origin=message.origin,
            again=True,
        )
        if verdict.permit is not None:
            _leave(message, verdict.permit)
            return
        if verdict.refusal is None or verdict.refusal.status != 503:
            rule = verdict.refused_by
            _fail(message, error_of(verdict), rule.saw if rule else "")
            return
    raise Later(_PAUSE, "the fence could not decide")


def _waiting(message_uuid: UUID) -> Message | None:
    """The message if it is queued, its row taken by a write of its own: SQLite has no row locks."""
    mine = Message.objects.unscoped(REASON).filter(uuid=message_uuid, state=State.QUEUED)
    if not mine.update(state=State.QUEUED):
        return None
    return mine.select_related("account", "subaccount", "powerpack").get()


def ends_at(message: Message) -> datetime:
    """When it is too late to hand it over: its own expiry, fifteen minutes at the most (BG-05)."""
    useful = message.message_time + timedelta(seconds=settings.TRUST.call_useful_life)
    return min(useful, message.expires_at or useful)


def _hindrance(message: Message) -> tuple[int, str] | None:
    if clock.now() > ends_at(message):
        return EXPIRED, "It waited longer than it was to live, so it was not sent."
    if message.hops > MOST_HOPS:
        return LOOP, "Programs were answering each other's texts."
    stopped = OptOut.objects.for_account(message.account).filter(
        source=message.sender, destination=message.receiver
    )
    if stopped.exists():
        return STOPPED, "The receiver texted STOP to this number and has not texted START since."
    return None


def _leave(message: Message, permit: Permit) -> None:
    try:
        with transaction.atomic():
            if not take_credit(message.account, message.amount):
                saw = "The account's credit does not cover this message."
                raise DomainError(saw, code="insufficient_credit")
            _hand_over(message, permit)
            move(message, State.SENT, sent_at=clock.now())
    except DomainError as error:
        _fail(message, ERRORS.get(error.code, NOT_DISPATCHED), error.message)


def _hand_over(message: Message, permit: Permit) -> None:
    hosted = rental_of(permit.to)
    if hosted is None:
        driver_for(permit.to).deliver(
            permit=permit,
            message_uuid=message.uuid,
            from_=message.sender,
            text=incoming.on_screen(message),
            key=f"sms:{message.uuid}",
            report_kind=REPORT,
        )
        return
    # A number of the platform itself: no phone, so it goes straight to its application.
    consume(permit, kind=PermitKind.MESSAGE, network=permit.network)
    _pass_on(message, hosted)


def _pass_on(message: Message, hosted: RentedNumber) -> None:
    takes = hosted.account.may_act and hosted.stock.sms_enabled
    if takes:
        incoming.receive(
            rented=hosted,
            message_uuid=incoming.twin(message.uuid),
            from_=message.sender,
            text=message.text or "",
            media_urls=message.media_urls,
            hops=message.hops,
        )
    enqueue(
        kind=REPORT,
        queue=Queue.CALLS,
        dedupe_key=f"report:{REPORT}:{message.uuid}",
        payload={
            "message_uuid": str(message.uuid),
            "state": State.DELIVERED if takes else State.UNDELIVERED,
            "error": None if takes else UNREACHABLE,
        },
    )


def _fail(message: Message, error: int, detail: str) -> None:
    """It goes nowhere and costs nothing."""
    move(message, State.FAILED, error_code=error, detail=detail[:400], amount=ZERO)


def report(*, message_uuid: UUID, state: str, error: int | None = None) -> None:
    """The network's delivery report; a repetition, or one that comes late, changes nothing.

    Raises Later for a report that is here before we have written that the message left.
    """
    found = Message.objects.unscoped(REASON).filter(uuid=message_uuid)
    message = found.select_related("account", "subaccount", "powerpack").first()
    if message is None:
        return
    if message.state == State.QUEUED:
        raise Later(_PAUSE, "not written as sent yet")
    bad = state != State.DELIVERED
    with transaction.atomic():
        move(
            message,
            State.UNDELIVERED if bad else State.DELIVERED,
            reported_at=clock.now(),
            error_code=(error or 1000) if bad else None,
        )


def expire_waiting() -> int:
    """Settles messages that no worker took in time (BG-05); gives how many it looked at."""
    late = Message.objects.unscoped(REASON).filter(
        state=State.QUEUED, message_time__lt=clock.now() - _longest_wait()
    )
    rows = list(late.select_related("account", "subaccount", "powerpack")[:500])
    for row in rows:
        with transaction.atomic():
            _fail(row, EXPIRED, "Our sender could not take it in time, so it was not sent.")
    return len(rows)


def _longest_wait() -> timedelta:
    # A little more than its life, so that a worker that is about to settle it comes first.
    return timedelta(seconds=settings.TRUST.call_useful_life + 30)
