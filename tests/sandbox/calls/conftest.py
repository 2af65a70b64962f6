"""An account with a DID, an application on a real answer server, and phones that call in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from console.accounts.models import Account
from console.accounts.services.tokens import issue_token
from console.applications.models import Application
from console.core import clock, randomness
from console.core.models import Queue
from console.core.outbox import enqueue
from console.numbers.models import RentedNumber
from console.records.models import Cdr
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.fence.models import SandboxNumber
from sandbox.network import services
from sandbox.network.models import Carrier, HandsetCall, HandsetCaption, Pop, Rate, Route
from sandbox.network.phones import Action, Deed, perform
from sandbox.webhooks.addresses import parse_networks
from tests.console.numbers.conftest import put_in_stock
from tests.support.answer_server import AnswerServer
from tests.support.drain import drain

DID = "+12065550150"
PHONE = "+12025550142"
FRIEND = "+12025550143"


@pytest.fixture
def server(settings) -> Iterator[AnswerServer]:
    """A customer's answer server; the fence around webhooks lets loopback pass."""
    settings.WEBHOOK_ALLOW_NETS = parse_networks(["127.0.0.0/8"])
    with AnswerServer() as found:
        yield found


@pytest.fixture
def rates(db) -> None:
    """A cent a minute in, two cents out, everywhere."""
    Rate.objects.create(
        prefix="+", name="World", outbound="0.02", inbound="0.01", message="0.005", increment=60
    )


@pytest.fixture
def application(account: Account, server: AnswerServer) -> Application:
    """Answers at `/answer/` and hears of the end at `/hangup/`."""
    server.answers["/hangup/"] = lambda got: "ok"
    return Application.objects.create(
        account=account,
        name="Support line",
        answer_url=f"{server.url}/answer/",
        hangup_url=f"{server.url}/hangup/",
    )


@pytest.fixture
def did(account: Account, application: Application, rates) -> RentedNumber:
    """The account's number, answered by the application."""
    stock = put_in_stock(DID)
    return RentedNumber.objects.create(
        account=account,
        stock=stock,
        number=DID,
        application=application,
        renewal_date=clock.now().date(),
    )


@dataclass
class Line:
    """A phone that calls in, with its hands on the keys and on time."""

    account: Account
    still: clock.FrozenClock
    call_uuid: UUID

    def live(self, seconds: float = 0, **kinds: Any) -> Line:
        """Time passes and the platform works."""
        drain(self.still, seconds=seconds, **kinds)
        return self

    def press(self, digits: str, action_id: str = "") -> Line:
        """Presses keys."""
        action = Action(Deed.DIGITS, action_id or str(randomness.new_uuid()), digits=digits)
        assert perform(self.phone, action)
        return self

    def hang_up(self) -> Line:
        """Hangs up."""
        assert perform(self.phone, Action(Deed.HANG_UP, str(randomness.new_uuid())))
        return self

    @property
    def phone(self) -> HandsetCall:
        """What the phone shows."""
        return HandsetCall.objects.get(pk=self.call_uuid)

    @property
    def heard(self) -> list[str]:
        """What the phone has heard."""
        captions = HandsetCaption.objects.filter(call=self.call_uuid, mine=False).order_by("id")
        return [one.shown() for one in captions]

    @property
    def call(self) -> Call:
        """The call's row."""
        return Call.objects.get(call_uuid=self.call_uuid)

    @property
    def legs(self) -> list[Leg]:
        """The legs, A first."""
        return list(Leg.objects.filter(call__call_uuid=self.call_uuid))

    @property
    def kinds(self) -> list[str]:
        """The kinds of the story's lines."""
        return [one.kind for one in self.story]

    @property
    def story(self) -> list[CallEvent]:
        """The story."""
        return list(CallEvent.objects.filter(call__call_uuid=self.call_uuid))

    def line(self, kind: str) -> dict[str, Any]:
        """The data of the last line of that kind."""
        return [one.data for one in self.story if one.kind == kind][-1]

    @property
    def cdr(self) -> Cdr:
        """The record of the A leg."""
        return Cdr.objects.get(call_uuid=self.call_uuid)


def call_in(
    account: Account, still: clock.FrozenClock, *, to: str = DID, from_: str = PHONE
) -> Line:
    """A handset calls, as its own page does it; nothing has been carried out yet."""
    call_uuid = randomness.new_uuid()
    HandsetCall.objects.create(
        call_uuid=call_uuid,
        account=account,
        number=from_,
        direction="outbound",
        from_number=from_,
        to_number=to,
    )
    payload = {
        "call_uuid": str(call_uuid),
        "account": account.auth_id,
        "from": from_,
        "to": to,
    }
    enqueue(
        kind="call.incoming",
        queue=Queue.CALLS,
        dedupe_key=f"incoming:{call_uuid}",
        payload=payload,
    )
    return Line(account, still, call_uuid)


@pytest.fixture
def token(account: Account) -> str:
    """The account's auth token, in clear."""
    return issue_token(account)


def credit_of(account: Account) -> Decimal:
    """What the account has left."""
    account.refresh_from_db()
    return account.credit


def prove(account: Account, number: str) -> SandboxNumber:
    """A verified sandbox number of the account, with its handset."""
    services.open_handset(account=account, number=number)
    now = clock.now()
    return SandboxNumber.objects.create(
        account=account,
        e164=number,
        region="US",
        number_type="fixed_line_or_mobile",
        state="verified",
        verified_at=now,
        expires_at=now + timedelta(days=90),
    )


@pytest.fixture
def network(rates) -> None:
    """One carrier with a route to everywhere, and a POP."""
    carrier = Carrier.objects.create(code="one", name="Simulated One")
    Route.objects.create(prefix="+", carrier=carrier, priority=1, cost="0.01")
    Pop.objects.create(
        code="us-east",
        name="Virginia",
        country="US",
        continent="North America",
        latitude="39.0",
        longitude="-77.5",
    )


@pytest.fixture
def proved(account: Account, network) -> None:
    """The caller's and the friend's phones are the account's sandbox numbers."""
    prove(account, PHONE)
    prove(account, FRIEND)


def ringing_at(number: str) -> HandsetCall:
    """The newest call at a phone."""
    calls = HandsetCall.objects.filter(number=number, direction="inbound")
    return calls.order_by("-started_at").first()


def act(call: HandsetCall, deed: Deed, **more: Any) -> None:
    """The other phone does something."""
    assert perform(call, Action(deed, str(randomness.new_uuid()), **more))
