"""Which calls live and which wait: by leg, because to the API every leg is a call of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from django.db.models import QuerySet

from console.accounts.models import Account, Subaccount
from console.core.errors import NotFound
from sandbox.calls.models import Call, CallPhase, Direction, Leg, LegState
from sandbox.calls.params import verification


@dataclass(frozen=True, slots=True)
class LiveLeg:
    """A leg that rings or runs. `call_uuid` is the leg's own; `session_start` as the API has it."""

    call_uuid: UUID
    request_uuid: UUID
    call_status: str
    direction: str
    from_number: str
    to_number: str
    caller_name: str
    session_start: str
    stir_verification: str
    stir_attestation: str


def live_call_uuids(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    direction: str = "",
    from_number: str = "",
    to_number: str = "",
    limit: int = 20,
    offset: int = 0,
) -> list[UUID]:
    """UUIDs of the account's living legs, newest first (one query)."""
    legs = _live(account, subaccount)
    if direction:
        legs = legs.filter(direction=direction)
    if from_number:
        legs = legs.filter(from_number__in=spellings(from_number))
    if to_number:
        legs = legs.filter(to_number__in=spellings(to_number))
    return list(_newest(legs)[offset : offset + limit])


def queued_call_uuids(
    *, account: Account, subaccount: Subaccount | None = None, limit: int = 20, offset: int = 0
) -> list[UUID]:
    """UUIDs of the account's calls that wait to begin, newest first (one query)."""
    return list(_newest(_queued(account, subaccount))[offset : offset + limit])


def get_live_call(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> LiveLeg:
    """One living leg (one query). Raises NotFound for what does not live, or is another's."""
    return _shown(_only(_live(account, subaccount), call_uuid))


def get_queued_call(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> LiveLeg:
    """One call that waits to begin (one query). Raises NotFound."""
    return _shown(_only(_queued(account, subaccount), call_uuid))


def find_living(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> tuple[UUID, int]:
    """The call that a living leg belongs to, and its number in it, 0 for the A leg (one query).

    Raises NotFound for what does not live: queued, ended, another account's, the platform's own.
    """
    leg = _only(_live(account, subaccount), call_uuid)
    return leg.call.call_uuid, leg.child


def spellings(number: str) -> list[str]:
    """A number with and without its plus; anything else as it is."""
    bare = number.removeprefix("+")
    return [bare, f"+{bare}"] if bare.isascii() and bare.isdigit() else [number]


def _of_account(account: Account, subaccount: Subaccount | None) -> QuerySet[Leg]:
    mine = Call.objects.for_account(account, subaccount).filter(platform=False)
    living = mine.exclude(phase=CallPhase.ENDED)
    return Leg.objects.filter(call__in=living).exclude(state=LegState.ENDED)


def _live(account: Account, subaccount: Subaccount | None) -> QuerySet[Leg]:
    return _of_account(account, subaccount).exclude(call__phase=CallPhase.QUEUED)


def _queued(account: Account, subaccount: Subaccount | None) -> QuerySet[Leg]:
    return _of_account(account, subaccount).filter(call__phase=CallPhase.QUEUED)


def _newest(legs: QuerySet[Leg]) -> QuerySet[Leg, UUID]:
    return legs.order_by("-initiated_at", "-pk").values_list("call_uuid", flat=True)


def _only(legs: QuerySet[Leg], call_uuid: UUID) -> Leg:
    found = legs.select_related("call").filter(call_uuid=call_uuid).first()
    if found is None:
        raise NotFound
    return found


def _shown(leg: Leg) -> LiveLeg:
    call = leg.call
    if call.phase == CallPhase.QUEUED:
        status = "queued"
    else:
        status = "in-progress" if leg.answered_at else "ringing"
    return LiveLeg(
        call_uuid=leg.call_uuid,
        request_uuid=call.call_uuid if leg.direction == Direction.OUTBOUND else leg.call_uuid,
        call_status=status,
        direction=leg.direction,
        from_number=leg.from_number,
        to_number=leg.to_number,
        caller_name=leg.caller_name,
        session_start=call.started_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        stir_verification=verification(leg),
        stir_attestation=leg.attestation,
    )
