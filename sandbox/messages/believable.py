"""Made-up messages that look like a real month, for the demo account."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from console.accounts.models import Account
from console.core import clock
from console.core.money import money
from console.records.models import Direction
from sandbox.fence.kinds import Origin
from sandbox.messages.models import Message, MessageEvent
from sandbox.messages.parts import measure
from sandbox.messages.states import State

_OURS: Final = ("+12065550150", "+14155550160")
_TEXTS: Final = (
    "Your table for two is booked for 19:30. See you soon!",
    "Reminder: your appointment is tomorrow at 9:15.",
    "Your parcel is on its way and arrives today between 14:00 and 16:00.",
    "Thanks for calling. We have opened a ticket and will get back to you by noon.",
    "Übermorgen um zehn? Gerne 👍",
)
_REPLIES: Final = ("Thank you!", "Can we make it 20:00?", "YES", "What time do you open?")
# State, error, share in percent.
_ENDS: Final = (
    (State.DELIVERED, None, 90),
    (State.UNDELIVERED, 70, 3),
    (State.UNDELIVERED, 30, 2),
    (State.FAILED, 900, 2),
    (State.SENT, None, 3),
)
_RATE: Final = Decimal("0.00550")


def insert_believable(*, account: Account, rows: int, days: int, seed: int) -> None:
    """Adds messages of the last `days` with their states; three queries a thousand rows."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    made = [_one(chance, account, clock.now(), days) for _ in range(rows)]
    made.sort(key=lambda message: message.message_time)
    Message.objects.bulk_create(made, batch_size=500)
    events = [event for message in made for event in _events(message)]
    MessageEvent.objects.bulk_create(events, batch_size=1000)


def _one(chance: random.Random, account: Account, end: datetime, days: int) -> Message:
    at = end - timedelta(seconds=chance.randrange(60, days * 86_400))
    phone = f"+1{chance.choice((202, 312, 604))}55501{chance.randrange(100):02d}"
    if chance.random() < 0.25:
        return _inbound(account, at, phone, chance)
    state, error, _ = chance.choices(_ENDS, [share for *_, share in _ENDS])[0]
    text = chance.choice(_TEXTS)
    measured = measure(text)
    left = state != State.FAILED
    return Message(
        account=account,
        direction=Direction.OUTBOUND,
        state=state,
        origin=Origin.API_MESSAGE,
        from_number=chance.choice(_OURS),
        to_number=phone,
        country="CA" if phone.startswith("+1604") else "US",
        text=text,
        encoding=measured.encoding,
        units=measured.units,
        rate=_RATE,
        amount=money(_RATE * measured.units) if left else money(0),
        error_code=error,
        sequence=3 if left and state != State.SENT else 2,
        message_time=at,
        sent_at=at + timedelta(seconds=1) if left else None,
        updated_at=at + timedelta(seconds=3),
    )


def _inbound(account: Account, at: datetime, phone: str, chance: random.Random) -> Message:
    return Message(
        account=account,
        direction=Direction.INBOUND,
        state=State.DELIVERED,
        from_number=phone,
        to_number=chance.choice(_OURS),
        text=chance.choice(_REPLIES),
        sequence=2,
        message_time=at,
        updated_at=at + timedelta(seconds=1),
    )


def _events(message: Message) -> Iterator[MessageEvent]:
    ways = {
        State.DELIVERED: (State.QUEUED, State.SENT, State.DELIVERED),
        State.UNDELIVERED: (State.QUEUED, State.SENT, State.UNDELIVERED),
        State.SENT: (State.QUEUED, State.SENT),
        State.FAILED: (State.QUEUED, State.FAILED),
    }
    states = ways[State(message.state)]
    if message.direction == Direction.INBOUND:
        states = (State.RECEIVED, State.DELIVERED)
    for sequence, state in enumerate(states, start=1):
        last = sequence == len(states)
        yield MessageEvent(
            message=message,
            sequence=sequence,
            at=message.updated_at if last else message.message_time,
            state=state,
            error_code=message.error_code if last else None,
        )
