"""A call comes in for a DID or a SIP address: whose it is, what answers it, whether it may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from console.accounts.models import Account, Subaccount
from console.applications.models import Application
from console.core import clock
from console.core.errors import DomainError
from console.core.money import ZERO
from console.core.numbers import canonical_number
from console.numbers.services import rental_of
from sandbox.calls import engine
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import events
from sandbox.calls.flow.causes import PLIVO
from sandbox.calls.models import Call, CallPhase, Direction, Leg, LegState
from sandbox.calls.work import REASON
from sandbox.fence.facts import Counted
from sandbox.fence.policy import current_policy
from sandbox.network.models import CallState as HandsetCallState
from sandbox.network.models import HandsetCall
from sandbox.network.registration import endpoint_of
from sandbox.network.world import pop_for, rate_for

log = structlog.get_logger(__name__)
LONGEST_CALL = 14_400
_STATE = "account_state"


@dataclass(frozen=True, slots=True)
class Destination:
    """What was called: `known` is false for what is nobody's (any more)."""

    known: bool
    application: Application | None = None
    subaccount: Subaccount | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is not let in: the cause it ends with, and a line for the story."""

    cause: int
    note: dict[str, Any]


def arrive(
    *,
    call_uuid: UUID,
    auth_id: str,
    from_: str,
    to: str,
    placed_at: datetime | None = None,
    caller_name: str = "",
    headers: dict[str, str] | None = None,
    hops: int = 0,
) -> bool:
    """Begins the call that a phone has placed; False when it has begun before.

    `headers` are the caller's SIP headers; `hops` counts how often the platform called itself.

    Every call gets its record: one that is refused ends at once with its cause (compat/cdr.md
    section 2), and so does one whose caller has hung up meanwhile. About 20 queries.
    """
    with transaction.atomic():
        if engine.find(call_uuid) is not None:
            return False
        account = _account(auth_id)
        found = _destination(account, from_, to)
        call = _call(account, found, call_uuid=call_uuid, from_=from_, to=to)
        call.sip_headers, call.hops = headers or {}, hops
        leg = _leg(call)
        leg.caller_name = caller_name[:80]
        refusal = _refusal(account, found) or _too_late(placed_at)
        notes: list[dict[str, Any]] = [_started(call, leg, found)]
        event: events.Event = events.IncomingCall()
        if refusal is not None:
            notes.append(refusal.note)
            event = events.HangupAsked(refusal.cause, PLIVO)
        elif _has_hung_up(call_uuid):
            event = events.LegEnded()
        elif found.application is None:
            notes.append({"kind": "no_application", "to": to, "fix_url": f"/numbers/{to}/"})
        engine.begin(call, leg, _flow_leg(account, call, found), event, notes=notes)
    return True


def _account(auth_id: str) -> Account:
    """The account; a trial's row is ours until the call is counted, so a cap cannot be overrun."""
    account = Account.objects.get(auth_id=auth_id)
    if account.on_trial:
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    return account


def _destination(account: Account, from_: str, to: str) -> Destination:
    """What answers. A call from an endpoint is answered by the endpoint's application, whatever it
    dials (GATE-05); only an application's own address goes before.
    """
    if from_.startswith("sip:") and not _is_application(to):
        endpoint = endpoint_of(account=account, uri=from_)
        if endpoint is not None:
            return Destination(
                known=True,
                application=_enabled(endpoint.application),
                subaccount=endpoint.subaccount,
            )
    if to.startswith("sip:"):
        return _sip_destination(account, to)
    rental = rental_of(to)
    if rental is None or rental.account_id != account.pk:
        return Destination(known=False)
    return Destination(
        known=True, application=_enabled(rental.application), subaccount=rental.subaccount
    )


def _is_application(to: str) -> bool:
    return to.startswith("sip:") and not to.endswith(f"@{settings.SIP_DOMAIN}")


def _sip_destination(account: Account, to: str) -> Destination:
    user = to.removeprefix("sip:").partition("@")[0]
    if not _is_application(to):
        endpoint = endpoint_of(account=account, uri=to)
        if endpoint is None:
            return Destination(known=False)
        application = _enabled(endpoint.application)
        return Destination(known=True, application=application, subaccount=endpoint.subaccount)
    applications = Application.objects.for_account(account).select_related("subaccount")
    found = applications.filter(app_id=user).first()
    if found is None or found.sip_uri != to:
        return Destination(known=False)
    return Destination(known=True, application=_enabled(found), subaccount=found.subaccount)


def _enabled(application: Application | None) -> Application | None:
    return application if application is not None and application.enabled else None


def _call(account: Account, found: Destination, *, call_uuid: UUID, from_: str, to: str) -> Call:
    application = found.application
    url, method = application.url_for_hangup if application else ("", "POST")
    return Call(
        call_uuid=call_uuid,
        account=account,
        subaccount=found.subaccount,
        app_id=application.app_id if application else "",
        direction=Direction.INBOUND,
        from_number=from_[:255],
        to_number=to[:255],
        hangup_url=url,
        hangup_method=method,
        phase=CallPhase.RINGING,
        started_at=clock.now(),
    )


def _leg(call: Call) -> Leg:
    region = region_of(call.from_number)
    pop = pop_for(region or call.account.region, call.from_number)
    leg = Leg(
        call_uuid=call.call_uuid,
        direction=Direction.INBOUND,
        from_number=call.from_number,
        to_number=call.to_number,
        state=LegState.RINGING,
        initiated_at=call.started_at,
        pop=pop.code if pop else "",
        region=region,
    )
    try:
        # An endpoint's call comes over the internet, whatever it dials.
        line = call.from_number if call.from_number.startswith("sip:") else call.to_number
        price = rate_for(line, direction="inbound")
    except DomainError:
        log.warning("no_inbound_rate", call=str(call.call_uuid))
    else:
        leg.rate, leg.increment = price.per_minute, price.increment
    return leg


def region_of(number: str) -> str:
    """ISO 3166 region of a number; "" for a SIP address, a global service and what is neither."""
    try:
        region = canonical_number(number).region
    except DomainError:
        return ""
    return region if len(region) == 2 and region.isalpha() else ""


def _refusal(account: Account, found: Destination) -> Refusal | None:
    if not account.may_act:
        saw = "This account is suspended or closed, so its numbers take no calls."
        return Refusal(3040, {"kind": "refused", "rule": _STATE, "saw": saw})
    if not found.known:
        saw = "Nobody rents this number or has this address now."
        return Refusal(3050, {"kind": "refused", "rule": "destination", "saw": saw})
    if account.credit <= ZERO:
        note = {
            "kind": "refused",
            "rule": "credit",
            "saw": "The account has no credit left.",
            "fix": "Ask for more credit",
            "fix_url": "/settings/",
        }
        return Refusal(1010, note)
    return _crowded(account)


def _crowded(account: Account) -> Refusal | None:
    """GATE-09: a trial has so many calls at a time, whoever calls whom."""
    if not account.on_trial:
        return None
    limit = current_policy().concurrent_calls
    living = living_calls(account)
    if living < limit:
        return None
    note = {
        "kind": "refused",
        "rule": "concurrent_calls",
        "saw": f"{living} calls are running; a trial has {limit} at a time.",
        "fix": "See the living calls",
        "fix_url": "/calls/live/",
    }
    return Refusal(5030, note)


def _too_late(placed_at: datetime | None) -> Refusal | None:
    """BG-05: a call is of no use to anybody after a quarter of an hour in a queue."""
    useful = timedelta(seconds=settings.TRUST.call_useful_life)
    if placed_at is None or clock.now() - placed_at < useful:
        return None
    saw = "The platform could not take this call in time."
    return Refusal(5000, {"kind": "refused", "rule": "useful_life", "saw": saw})


def _has_hung_up(call_uuid: UUID) -> bool:
    ended = HandsetCall.objects.unscoped(REASON).filter(state=HandsetCallState.ENDED)
    return ended.filter(pk=call_uuid).exists()


def _living(account: Account) -> QuerySet[Call]:
    """The account's calls that live, the platform's own aside."""
    mine = Call.objects.unscoped(REASON).filter(account=account, platform=False)
    return mine.exclude(phase=CallPhase.ENDED)


living_calls: Final = Counted(_living)


def _flow_leg(account: Account, call: Call, found: Destination) -> FlowLeg:
    application = found.application
    limit = current_policy().call_seconds if account.on_trial else LONGEST_CALL
    return FlowLeg(
        direction="inbound",
        from_number=call.from_number,
        to_number=call.to_number,
        answer_url=application.answer_url if application else "",
        answer_method=application.answer_method if application else "POST",
        fallback_url=application.fallback_answer_url if application else "",
        fallback_method=application.fallback_method if application else "POST",
        time_limit_seconds=limit,
    )


def _started(call: Call, leg: Leg, found: Destination) -> dict[str, Any]:
    application = found.application
    return {
        "kind": "call_started",
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "application": application.name if application else "",
        "app_id": call.app_id,
        "pop": leg.pop,
    }
