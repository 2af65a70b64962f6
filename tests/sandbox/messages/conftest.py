"""The same account, number and customer's server as the calls have, and a way to send."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.fence.kinds import Origin
from sandbox.messages.models import Message
from sandbox.messages.services.sending import send_messages
from sandbox.network.models import HandsetMessage
from tests.sandbox.calls.conftest import (
    DID,
    FRIEND,
    PHONE,
    application,
    credit_of,
    did,
    network,
    proved,
    rates,
    server,
)

__all__ = ["DID", "FRIEND", "PHONE", "application", "credit_of", "did", "network", "proved"]
__all__ += ["rates", "server"]


def send(account, *, dst: str = FRIEND, text: str = "Hello", **more: Any) -> list[Message]:
    """Sends as the API does, and gives the queued messages."""
    facts = {"origin": Origin.API_MESSAGE, "src": DID} | more
    return send_messages(account=account, dst=dst, text=text, **facts).messages


def fresh(message: Message) -> Message:
    """The row as it is now."""
    return Message.objects.get(pk=message.pk)


def on_phone(number: str = FRIEND) -> list[str]:
    """The texts that a phone has received, oldest first."""
    rows = HandsetMessage.objects.filter(number=number, direction="inbound").order_by("id")
    return [row.shown() for row in rows]


@pytest.fixture
def told(account, application, did, server, frozen):
    """The message URL is set and takes everything; gives the application."""
    server.answers["/message/"] = lambda got: "ok"
    application.message_url = f"{server.url}/message/"
    application.save()
    return application


@pytest.fixture
def status_url(server) -> str:
    """A status URL that takes everything."""
    server.answers["/status/"] = lambda got: "ok"
    return f"{server.url}/status/"
