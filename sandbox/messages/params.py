"""What message callbacks say (compat: callbacks 3.3). Pure but for the row; no query."""

from __future__ import annotations

from datetime import UTC, datetime

from console.core.money import ZERO
from console.core.money import text as money_text
from sandbox.messages.models import Message
from sandbox.messages.states import State

TEST_MCC, TEST_MNC = "001", "01"
"""The test network of ITU-T E.212, which is what the simulated network is."""
NO_ERROR = "000"


def moment(value: datetime | None) -> str:
    """`2026-03-02 12:00:00.000000`, UTC; "" for no moment."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if value else ""


def digits(number: str) -> str:
    """As callbacks write numbers: without the plus."""
    return number.removeprefix("+")


def status(message: Message, *, powerpack_uuid: str = "") -> dict[str, str]:
    """The parameters of a status callback; those that do not apply are left out."""
    told = {
        "MessageUUID": str(message.uuid),
        "ParentMessageUUID": str(message.uuid),
        "PartInfo": "1 of 1",
        "From": digits(message.sender),
        "To": digits(message.receiver),
        "Type": message.type,
        "Status": message.state,
        "Units": str(message.units),
        "TotalRate": money_text(message.rate),
        "TotalAmount": money_text(message.amount),
        "MCC": TEST_MCC,
        "MNC": TEST_MNC,
        "ErrorCode": _error(message),
        "Sequence": str(message.sequence),
        "MessageTime": moment(message.message_time),
        "QueuedTime": moment(message.message_time),
        "SentTime": moment(message.sent_at),
        "DeliveryReportTime": moment(message.reported_at),
        "requester_ip": message.requester_ip or "",
        "PowerpackUUID": powerpack_uuid,
        "Log": message.log,
    }
    return {name: value for name, value in told.items() if value}


def incoming(message: Message, *, powerpack_uuid: str = "") -> dict[str, str]:
    """The parameters that tell a message URL of an incoming text, which costs nothing."""
    text = message.text or ""
    told = {
        "From": digits(message.sender),
        "To": digits(message.receiver),
        "Text": text,
        "Type": message.type,
        "MessageUUID": str(message.uuid),
        "Units": str(message.units),
        "TotalRate": money_text(ZERO),
        "TotalAmount": money_text(ZERO),
    }
    if message.intent:
        told["MessageIntent"] = message.intent
    if powerpack_uuid:
        told["PowerpackUUID"] = powerpack_uuid
    if message.media_urls:
        told |= {f"Media{place}": url for place, url in enumerate(message.media_urls)}
        told |= {"MediaCount": str(len(message.media_urls)), "Body": text}
    return told


def _error(message: Message) -> str:
    if message.error_code is not None:
        return str(message.error_code)
    return NO_ERROR if message.state == State.DELIVERED else ""
