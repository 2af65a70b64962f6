"""`Message` in the documents of calls: sent in the transaction of the call's own event."""

from __future__ import annotations

from typing import Final

from console.core.errors import DomainError
from console.core.numbers import display
from sandbox.calls import effects
from sandbox.calls.flow.verbs.message import SendMessage
from sandbox.calls.models import Leg
from sandbox.calls.said import Data, Said, teach
from sandbox.calls.work import Work
from sandbox.fence.kinds import Origin
from sandbox.messages.services.orders import Order
from sandbox.messages.services.sending import prepare
from sandbox.messages.services.written import store_written

_SENT: Final = "message_sent"
_REFUSED: Final = "message_refused"
_NOT_SENT: Final = "message_not_sent"


def register() -> None:
    """Tells the engine who carries the command out, and the story its sentences."""
    effects.register(SendMessage, send)
    teach({_SENT: _sent, _REFUSED: _refused, _NOT_SENT: _not_sent}, {"status": "the status URL"})


def send(work: Work, command: SendMessage) -> None:
    """Asks the fence about each receiver and queues what may go (two dozen queries).

    Refusals are rejected messages and lines of the story; the call goes on in any case.
    """
    call = work.call
    if call.platform:
        return
    url = command.callback_url
    order = Order(
        account=call.account,
        subaccount=call.subaccount,
        origin=Origin.XML_MESSAGE,
        src=command.src,
        dst=command.dst,
        text=command.text,
        type=command.type,
        url=f"{url}#{command.settings}" if command.settings else url,
        method=command.callback_method,
        call_uuid=call.call_uuid,
    )
    try:
        prepared = prepare(order)
    except DomainError as error:
        work.note(_NOT_SENT, saw=error.message)
        return
    store_written(prepared)
    for row in prepared.rows:
        work.note(_SENT, to=row.to_number, message=str(row.uuid), units=row.units)
    for row, verdict in prepared.refused:
        rule = verdict.refused_by
        work.note(
            _REFUSED,
            to=row.to_number,
            message=str(row.uuid),
            saw=row.detail,
            fix=rule.fix if rule else "",
            fix_url=rule.fix_url if rule else "",
        )


def _sent(data: Data, leg: Leg | None) -> Said:
    parts = "1 part" if data.get("units") == 1 else f"{data.get('units')} parts"
    text = f"Texts {display(str(data.get('to')))}."
    return Said(text, icon="message-square", more=f"{parts}, message {data.get('message')}")


def _refused(data: Data, leg: Leg | None) -> Said:
    text = f"The fence refused the text to {display(str(data.get('to')))}: {data.get('saw')}"
    return Said(text, "warn", "shield-alert")


def _not_sent(data: Data, leg: Leg | None) -> Said:
    return Said(f"The text was not sent: {data.get('saw')}", "warn", "message-square-x")
