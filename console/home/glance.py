"""What stands with an account just now, in one query: first steps done, living calls, texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum

from console.accounts.models import Account
from console.applications.models import Application
from console.core import clock, zones
from console.core.money import ZERO, MoneyField, money
from console.numbers.models import RentedNumber
from console.records.models import Cdr, Direction
from sandbox.calls.models import Call, CallPhase
from sandbox.fence.models import Network, SandboxNumber
from sandbox.messages.models import Message

_WHY = "narrowed to the account by the outer query"
_STEP = "step_"


@dataclass(frozen=True, slots=True)
class Glance:
    """`done` says for each first step whether the account has done it.

    `messages_today` are those of the account's day, both ways, `messages_spend` US dollars.
    """

    done: Mapping[str, bool]
    live_calls: int
    messages_today: int
    messages_spend: Decimal


def at(account: Account) -> Glance:
    """One query over the account's own rows; platform calls are not the tenant's (OTP-16)."""
    looks = {f"{_STEP}{key}": look for key, look in _steps().items()}
    figures = {"live_calls": _count(_living()), **_texts(account)}
    rows = Account.objects.filter(pk=account.pk).annotate(**figures, **looks)
    row = rows.values(*figures, *looks).get()
    return Glance(
        done={name.removeprefix(_STEP): bool(row[name]) for name in looks},
        live_calls=row["live_calls"] or 0,
        messages_today=row["texts"] or 0,
        messages_spend=money(row["paid"] or ZERO),
    )


def _texts(account: Account) -> dict[str, Subquery]:
    start, end = zones.bounds(zones.today(account), zones.zone_of(account))
    day = Message.objects.unscoped(_WHY).filter(
        account=OuterRef("pk"), message_time__gte=start, message_time__lt=end
    )
    left = day.filter(sent_at__isnull=False).order_by().values("account")
    paid = left.annotate(paid=Sum("amount")).values("paid")
    return {"texts": _count(day), "paid": Subquery(paid, output_field=MoneyField())}


def _steps() -> dict[str, Exists]:
    mine = {"account": OuterRef("pk")}
    network = Network.SIMULATED if settings.SIMULATED_NETWORK else Network.REAL
    proved = SandboxNumber.objects.unscoped(_WHY).proved(network=network, at=clock.now())
    inbound = Cdr.objects.unscoped(_WHY).filter(direction=Direction.INBOUND)
    return {
        "verify": Exists(proved.filter(**mine)),
        "rent": Exists(RentedNumber.objects.unscoped(_WHY).living().filter(**mine)),
        "application": Exists(Application.objects.unscoped(_WHY).filter(**mine)),
        "call": Exists(inbound.filter(**mine)),
    }


def _living() -> QuerySet[Any]:
    calls = Call.objects.unscoped(_WHY).filter(account=OuterRef("pk"), platform=False)
    return calls.exclude(phase=CallPhase.ENDED)


def _count(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().values("account").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())
