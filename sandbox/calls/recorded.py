"""Calls of which only the records are left: what their page shows is made of those."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from console.accounts.models import Account
from console.core.errors import NotFound
from console.records.models import Cdr
from sandbox.calls.models import Call, CallPhase, Leg, LegState


def recorded(*, account: Account, call_uuid: UUID) -> tuple[Call, list[Leg]]:
    """The call and its legs, unsaved, from the account's records (one query). Raises NotFound."""
    mine = Cdr.objects.for_account(account)
    same = Q(call_uuid=call_uuid) | Q(parent_call_uuid=call_uuid)
    rows = list(mine.filter(same).order_by("leg", "initiated_at", "pk")[:50])
    if not rows:
        raise NotFound
    first = rows[0]
    call = Call(
        call_uuid=call_uuid,
        account=account,
        app_id=first.app_id,
        direction=first.direction,
        from_number=first.from_number,
        to_number=first.to_number,
        phase=CallPhase.ENDED,
        started_at=first.initiated_at,
        ended_at=max(row.ended_at for row in rows),
    )
    b_legs = [row for row in rows if row.leg == "B"]
    return call, [_leg(row, b_legs.index(row) + 1 if row in b_legs else 0) for row in rows]


def _leg(row: Cdr, child: int) -> Leg:
    return Leg(
        call_uuid=row.call_uuid,
        child=child,
        position=child,
        direction=row.direction,
        from_number=row.from_number,
        to_number=row.to_number,
        state=LegState.ENDED,
        initiated_at=row.initiated_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        rate=row.rate,
        amount=row.amount,
        pop=row.pop,
        carrier=row.carrier,
        cause=row.hangup_code,
        source=row.hangup_source,
    )
