"""Facts that the rules need and that other apps keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from console.accounts.models import Account, Subaccount
from console.core import clock
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber
from sandbox.fence.kinds import Kind
from sandbox.fence.models import Network
from sandbox.network.models import Permit

LiveCalls = Callable[[Account], int]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows an account has (one query); `rows` lets another query count them along."""

    rows: Callable[[Account], QuerySet[Any]]

    def __call__(self, account: Account) -> int:
        """The count."""
        return self.rows(account).count()

    def inside(self, account: Account) -> Combinable:
        """The count as a part of another query."""
        rows = self.rows(account).order_by().values("account")
        counted = rows.annotate(rows=Count("pk")).values("rows")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _permitted(account: Account) -> QuerySet[Permit]:
    """Calls that are permitted and about to begin."""
    return Permit.objects.for_account(account).filter(
        kind=Kind.CALL, consumed_at=None, expires_at__gt=clock.now()
    )


_live_calls: list[LiveCalls] = [Counted(_permitted)]


def register_live_calls(count: LiveCalls) -> LiveCalls:
    """The call engine says here how it counts an account's calls (not legs), queued ones too."""
    _live_calls[:] = [count]
    return count


def live_calls(account: Account) -> int:
    """The account's calls that live or wait to begin (one query)."""
    return _live_calls[0](account)


def live_calls_inside(account: Account) -> Combinable | None:
    """The same as a part of another query; None when it can only be asked for by itself."""
    count = _live_calls[0]
    return count.inside(account) if isinstance(count, Counted) else None


def owns_number(account: Account, e164: str, subaccount: Subaccount | None = None) -> bool:
    """Whether the account, or its subaccount that asks, rents this DID now (one query; TEN-03)."""
    mine = RentedNumber.objects.for_account(account, subaccount).living()
    return mine.filter(number=e164).exists()


def owns_endpoint(account: Account, username: str, subaccount: Subaccount | None = None) -> bool:
    """Whether the SIP user is the account's, or its subaccount's that asks (one query)."""
    mine = Endpoint.objects.for_account(account, subaccount)
    return mine.filter(username__iexact=username).exists()


def current_network() -> str:
    """Which network traffic takes now: a proof over the other one counts nothing (OTP-18)."""
    return Network.SIMULATED if settings.SIMULATED_NETWORK else Network.REAL
