"""REL-01, REL-06: workers killed at any statement, and many at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.accounts.models import Account
from console.core import clock
from console.core.models import OutboxRow
from console.numbers.models import RentedNumber
from sandbox.fence.kinds import Origin
from sandbox.messages.models import Message, MessageEvent
from sandbox.messages.services import dispatch
from sandbox.messages.services.sending import send_messages
from sandbox.network import outgoing, services
from sandbox.network.models import HandsetMessage, Permit, Rate
from tests.console.numbers.conftest import put_in_stock
from tests.sandbox.calls.test_kills import run_killed_everywhere
from tests.sandbox.messages.conftest import DID, FRIEND, PHONE, credit_of, fresh, on_phone, send
from tests.support.drain import drain
from tests.support.threads import at_once


@pytest.mark.django_db
def test_rel_01_a_sender_killed_at_every_statement_sends_once(account, did, proved, frozen):
    before = credit_of(account)
    (message,) = send(account)
    row = OutboxRow.objects.get(kind="sms.send")
    assert run_killed_everywhere(row) > 20
    drain(frozen, seconds=5)
    assert on_phone() == ["Hello"]
    assert credit_of(account) == before - Decimal("0.005")
    assert fresh(message).state == "delivered"
    states = MessageEvent.objects.filter(message=message).values_list("state", flat=True)
    assert list(states) == ["queued", "sent", "delivered"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["sms.incoming", "sms.tell"])
def test_rel_01_a_receiver_killed_at_every_statement_answers_once(
    account, told, proved, server, frozen, kind
):
    server.answers["/message/"] = lambda got: "<Response><Message>Thanks</Message></Response>"
    services.open_handset(account=account, number=PHONE)
    outgoing.send_message(account=account, number=PHONE, to=DID, text="Hello")
    drain(frozen, leave=(kind,))
    run_killed_everywhere(OutboxRow.objects.get(kind=kind))
    drain(frozen, seconds=200)
    assert on_phone(PHONE) == ["Thanks"]
    assert Message.objects.filter(direction="inbound").get().state == "delivered"


@pytest.fixture
def busy(transactional_db) -> Account:
    """A full account with a number and five cents, in committed rows."""
    made = Account.objects.create(name="Busy", credit="0.05", state="active")
    Rate.objects.create(
        prefix="+", name="World", outbound="0", inbound="0", message="0.02", increment=60
    )
    RentedNumber.objects.create(
        account=made, stock=put_in_stock(DID), number=DID, renewal_date=clock.now().date()
    )
    return made


def test_credit_for_two_of_eight_messages_sends_two(busy):
    rows = [
        send_messages(
            account=busy, origin=Origin.API_MESSAGE, src=DID, dst=FRIEND, text=str(place)
        ).messages[0]
        for place in range(8)
    ]
    at_once(*(lambda row=row: dispatch.send(row.uuid) for row in rows))
    states = sorted(fresh(row).state for row in rows)
    assert states == ["failed"] * 6 + ["sent"] * 2
    assert {fresh(row).error_code for row in rows} == {None, 900}
    assert credit_of(busy) == Decimal("0.01")
    assert HandsetMessage.objects.count() == 2


def test_one_message_taken_by_eight_workers_is_paid_and_delivered_once(busy):
    (message,) = send_messages(
        account=busy, origin=Origin.API_MESSAGE, src=DID, dst=FRIEND, text="Hi"
    ).messages
    at_once(*(lambda: dispatch.send(message.uuid) for _ in range(8)))
    assert credit_of(busy) == Decimal("0.03")
    assert HandsetMessage.objects.count() == 1
    assert Permit.objects.count() == 1
    assert fresh(message).sequence == 2
