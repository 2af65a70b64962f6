"""Dialling a leg: the fence's permit, a price, a route, and then the phone rings (GATE-01, -02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction

from console.core import clock
from console.core.errors import DomainError
from console.numbers.services import rental_of
from sandbox.calls import engine, leg_effects
from sandbox.calls.flow import causes, events
from sandbox.calls.incoming import region_of
from sandbox.calls.internal_documents import origin_of
from sandbox.calls.models import Leg, LegState
from sandbox.calls.work import Work, lock
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind, Origin
from sandbox.fence.verdict import Verdict
from sandbox.network import loops, usage
from sandbox.network.driver import LineUncertain, driver_for
from sandbox.network.models import Permit
from sandbox.network.registration import registered_endpoint
from sandbox.network.routing import RouteChoice, routes_for
from sandbox.network.world import pop_for, rate_for

log = structlog.get_logger(__name__)
MOST_HOPS: Final = 3
"""How often a call may go to a number of the account's own, which answers with another call."""
_ORIGINS: Final = {"number": Origin.XML_NUMBER, "user": Origin.XML_USER}


@dataclass(frozen=True, slots=True)
class _Unreached(Exception):
    """The leg ends with this cause; `saw` says why in plain words, `choice` who was tried."""

    cause: int
    saw: str
    choice: RouteChoice | None = None


def dial(call_uuid: UUID, child: int) -> bool:
    """Rings a leg, or ends it with the cause of whoever refused; False when that is done.

    One transaction: permit, ring and event are there together or not at all. About 30 queries.
    """
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.is_over:
            return False
        work = Work(call, at=clock.now())
        leg = work.legs[child]
        if leg.state != LegState.DIALLING:
            return False
        work.reported(f"dial-{child}")
        event = _try(work, leg)
        return engine.run(work, event, key=f"dialled-{child}", data={})


def _try(work: Work, leg: Leg) -> events.Event:
    verdict = _ask_fence(work, leg)
    if not verdict.allowed:
        return _ended(leg, verdict.hangup_cause)
    try:
        with transaction.atomic():
            _ring(work, leg, verdict)
    except _Unreached as unreached:
        if unreached.choice is not None:
            usage.took(unreached.choice, leg.call_uuid)
        work.note("unreached", child=leg.child, saw=unreached.saw)
        return _ended(leg, unreached.cause)
    except LineUncertain as unknown:
        # REL-16: it may be ringing; a second try could ring twice.
        log.warning("line_uncertain", call=str(work.call.call_uuid), error=str(unknown))
        saw = "The carrier did not say whether the phone rings, so it is not called again."
        work.note("unreached", child=leg.child, saw=saw)
        leg_effects.drop(leg, 0)
        return events.LegEnded(leg.child, 0, causes.UNKNOWN)
    except DomainError as error:
        log.warning("leg_not_rung", call=str(work.call.call_uuid), code=error.code)
        work.note("unreached", child=leg.child, saw=error.message)
        return _ended(leg, 5020)
    return events.LegRinging(leg.child)


def _ended(leg: Leg, cause: int) -> events.LegEnded:
    return events.LegEnded(leg.child, cause, causes.cause(cause).source)


def _ask_fence(work: Work, leg: Leg) -> Verdict:
    call = work.call
    platform = call.platform
    verdict = fence.authorize(
        account=call.account,
        subaccount=call.subaccount,
        kind=Kind.CALL,
        from_="" if platform else leg.from_number,
        to=leg.to_number,
        origin=_origin(work, leg),
        again=leg.is_a,
    )
    refused = verdict.refused_by
    work.note(
        "permitted" if refused is None else "refused",
        child=leg.child,
        to=leg.to_number,
        **_told(verdict),
    )
    return verdict


def _origin(work: Work, leg: Leg) -> str:
    if work.call.platform:
        return origin_of(work.call.document_key)
    return work.call.origin if leg.is_a else _ORIGINS.get(leg.kind, "")


def _told(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"rules": verdict.as_json()["rules"]}
    if (refused := verdict.refused_by) is not None:
        told |= {
            "rule": refused.rule,
            "saw": refused.saw,
            "fix": refused.fix,
            "fix_url": refused.fix_url,
        }
    return told


def _ring(work: Work, leg: Leg, verdict: Verdict) -> None:
    permit = verdict.permit
    assert permit is not None
    comes_back = _require_reachable(work, permit.to)
    _require_quiet(work, permit.to)
    _price(work, leg, permit)
    if permit.to.startswith("+") and not comes_back:
        _take_route(work, leg, permit.to)
    elif comes_back:
        work.note("comes_back", child=leg.child, to=permit.to)
    leg.save(
        update_fields=[
            *("to_number", "permit_id", "region", "rate", "increment", "attestation"),
            *("pop", "carrier", "failed_over"),
        ]
    )
    driver_for(permit.to).ring(
        permit=permit,
        call_uuid=leg.call_uuid,
        from_=leg.from_number,
        caller_name=leg.caller_name,
        platform=work.call.platform,
    )
    if comes_back:
        loops.come_back(call_uuid=leg.call_uuid, headers=leg.sip_headers, hops=work.call.hops + 1)


def _price(work: Work, leg: Leg, permit: Permit) -> None:
    price, region = rate_for(permit.to), region_of(permit.to)
    pop = pop_for(region or work.call.account.region, permit.to)
    leg.to_number, leg.permit_id, leg.region = permit.to, permit.pk, region
    leg.rate, leg.increment = price.per_minute, price.increment
    leg.pop = pop.code if pop else ""
    if work.call.platform:
        leg.rate = leg.rate * 0
    else:
        leg.attestation = _attestation(work, leg)


def _attestation(work: Work, leg: Leg) -> str:
    """STIR/SHAKEN, in the countries that have it: A for a number we rent out, B for a proved one.

    (ATIS-1000074: full attestation knows customer and number, partial the customer.)
    """
    if leg.region not in {"US", "CA"} or not leg.from_number.startswith("+1"):
        return ""
    rental = rental_of(leg.from_number)
    return "A" if rental is not None and rental.account_id == work.call.account_id else "B"


def _take_route(work: Work, leg: Leg, to: str) -> None:
    choice = _route(work, leg, to)
    leg.carrier = choice.carriers[0].name
    leg.failed_over = bool(choice.failed)
    usage.took(choice, leg.call_uuid)


def _require_reachable(work: Work, to: str) -> bool:
    """Whether the call comes back to a number of the account's own; raises for what nobody has."""
    if to.startswith("sip:"):
        endpoint = registered_endpoint(account=work.call.account, uri=to)
        if endpoint is None:
            raise _Unreached(2020, "No phone is registered for this endpoint.")
        return False
    rental = rental_of(to)
    if rental is None:
        return False
    if rental.account_id != work.call.account_id:
        saw = "This is a number of the platform itself; no phone rings for it."
        raise _Unreached(2010, saw)
    if work.call.hops >= MOST_HOPS:
        raise _Unreached(2060, f"The call came back to the platform {MOST_HOPS} times already.")
    return True


def _require_quiet(work: Work, to: str) -> None:
    """Not too many dials to one destination at a time (compat/cdr.md section 2, cause 1020)."""
    ringing = usage.dials_at(account_id=work.call.account_id, number=to)
    if ringing >= usage.MOST_DIALS:
        saw = f"{ringing} of your calls ring this number already; {usage.MOST_DIALS} may at a time."
        raise _Unreached(1020, saw)


def _route(work: Work, leg: Leg, to: str) -> RouteChoice:
    choice = routes_for(to)
    steps = [step.as_json() for step in choice.steps]
    work.note("routed", child=leg.child, prefix=choice.prefix, steps=steps)
    if choice.carriers:
        return choice
    if choice.failed:
        raise _Unreached(3080, "Every carrier failed to connect the call.", choice)
    if choice.full:
        raise _Unreached(3090, "Every carrier for this number is full.", choice)
    raise _Unreached(5020, "No carrier has a route to this number.", choice)
