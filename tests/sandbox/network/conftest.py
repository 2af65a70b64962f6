"""Permits, phones and a hand on the outbox."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from console.accounts.models import Account
from console.core import clock, outbox
from console.core.models import OutboxRow, OutboxState
from sandbox.network import services
from sandbox.network.events import opened
from sandbox.network.models import HandsetCall, Permit
from sandbox.network.simulated import SimulatedDriver

PHONE = "+12025550142"
SECOND_PHONE = "+447700900123"
CALLER = "+14155550100"


def permit_for(account: Account, to: str = PHONE, kind: str = "call", **fields) -> Permit:
    """What the fence would make."""
    fields.setdefault("network", "simulated")
    fields.setdefault("expires_at", clock.now() + timedelta(seconds=60))
    return Permit.objects.create(account=account, kind=kind, to=to, origin="test", **fields)


def ring(account: Account, to: str = PHONE, **fields) -> HandsetCall:
    """A call that rings the phone, or whatever its fate makes of it at once."""
    call_uuid = fields.pop("call_uuid", uuid4())
    fields.setdefault("from_", CALLER)
    SimulatedDriver().ring(permit=permit_for(account, to), call_uuid=call_uuid, **fields)
    return HandsetCall.objects.get(pk=call_uuid)


def events(call: HandsetCall | UUID) -> list[dict]:
    """What the engine was told about the call, in order."""
    pk = call.pk if isinstance(call, HandsetCall) else call
    rows = OutboxRow.objects.filter(kind="call.phone_event", payload__call_uuid=str(pk))
    return [opened(row.payload) for row in rows.order_by("pk")]


def live_on(still: clock.FrozenClock, seconds: float) -> None:
    """Lets time pass and carries out, in order, what phones do by themselves meanwhile."""
    until = still.moment + timedelta(seconds=seconds)
    while row := _next(until):
        still.moment = max(still.moment, row.next_at)
        outbox.run(row.pk)
    still.moment = until


def _next(until: timezone.datetime) -> OutboxRow | None:
    waiting = OutboxRow.objects.filter(kind="handset.act", state=OutboxState.PENDING)
    return waiting.filter(next_at__lte=until).order_by("next_at", "pk").first()


@pytest.fixture
def driver() -> SimulatedDriver:
    """The line to simulated phones."""
    return SimulatedDriver()


@pytest.fixture
def phone(account: Account) -> str:
    """A handset that the owner's account may open."""
    services.open_handset(account=account, number=PHONE)
    return PHONE
