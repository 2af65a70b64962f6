"""Numbers, endpoints and a way to ask the fence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from console.accounts.querysets import tenant_guard
from console.core import clock
from console.numbers.models import DidType, RentedNumber, StockNumber
from sandbox.fence import services
from sandbox.fence.models import NumberState, SandboxNumber

DID = "+12025550100"
VERIFIED = "+12025550142"
UNVERIFIED = "+12025550177"
ABROAD = "+4917139200 11".replace(" ", "")


def rent(account, number=DID):
    """The account rents a DID."""
    stock = StockNumber.objects.create(
        number=number, national=number[2:], country="US", type=DidType.LOCAL, sms_enabled=True
    )
    return RentedNumber.objects.create(
        account=account, stock=stock, number=number, renewal_date=date(2026, 4, 2)
    )


def sandbox_number(account, e164=VERIFIED, state=NumberState.VERIFIED, **more):
    """A sandbox number of the account."""
    now = clock.now()
    times = {"verified_at": now, "expires_at": now + timedelta(days=90)}
    fields = {"region": "US", "number_type": "fixed_line_or_mobile", **times, **more}
    return SandboxNumber.objects.create(account=account, e164=e164, state=state, **fields)


@pytest.fixture
def did(account):
    """A DID that the account rents."""
    return rent(account)


@pytest.fixture
def verified(account, frozen):
    """A verified sandbox number of the account."""
    return sandbox_number(account)


@pytest.fixture
def ask(account, did, frozen):
    """Asks for a permit for a call of the account; what is given overrides."""

    def authorize(to=VERIFIED, **more):
        asked = {
            "account": account,
            "kind": "call",
            "from_": DID,
            "to": to,
            "origin": "api_call",
            **more,
        }
        with tenant_guard():  # as in a request
            return services.authorize(**asked)

    return authorize
