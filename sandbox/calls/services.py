"""What others ask of calls: the platform's own calls, hanging up, the story."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.core import clock, randomness
from console.core.errors import NotFound
from sandbox.calls import engine, internal_documents
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import events
from sandbox.calls.flow.causes import API_REQUEST
from sandbox.calls.lines import BOOKKEEPING
from sandbox.calls.models import Call, CallEvent, CallPhase, Direction, Leg

CALLER = "Ringfence"
RING_SECONDS = 45


def place_platform_call(
    *, account: Account, to: str, document_key: str, ref: str, time_limit: int = 60
) -> str:
    """Queues a call of the platform itself, in the caller's transaction; gives its UUID.

    What is said comes from `internal_documents`, under `document_key`, which gets `ref`. The same
    `ref` again gives the call that is there. No record, story or webhook comes of it, its state and
    captions are sealed (OTP-16). `time_limit` is seconds from the answer. Ten queries.
    """
    known = Call.objects.unscoped("the platform's own call").filter(ref=ref)
    if (found := known.first()) is not None:
        return str(found.call_uuid)
    try:
        with transaction.atomic():
            return str(_place(account, to, document_key, ref, time_limit).call_uuid)
    except IntegrityError:
        return str(known.get().call_uuid)


def _place(account: Account, to: str, document_key: str, ref: str, time_limit: int) -> Call:
    now, call_uuid = clock.now(), randomness.new_uuid()
    call = Call(
        call_uuid=call_uuid,
        account=account,
        platform=True,
        document_key=document_key,
        ref=ref,
        direction=Direction.OUTBOUND,
        from_number=CALLER,
        to_number=to,
        started_at=now,
    )
    leg = Leg(
        call_uuid=call_uuid,
        direction=Direction.OUTBOUND,
        from_number=CALLER,
        to_number=to,
        caller_name=CALLER,
        initiated_at=now,
    )
    flow_leg = FlowLeg(
        direction="outbound",
        from_number=CALLER,
        to_number=to,
        answer_url=internal_documents.url_of(document_key),
        ring_timeout_seconds=RING_SECONDS,
        time_limit_seconds=time_limit,
        schemes=(internal_documents.SCHEME,),
    )
    engine.begin(call, leg, flow_leg, events.OutgoingCall(), notes=None)
    return call


def hang_up_call(
    *,
    account: Account,
    call_uuid: UUID,
    subaccount: Subaccount | None = None,
    cause: int = 0,
    source: str = API_REQUEST,
) -> bool:
    """Ends a living call of the account; False when it was over already. Raises NotFound.

    Without a cause it is 4000 on an answered call and 1000 before (compat/cdr.md section 2).
    """
    get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    return engine.apply(call_uuid, events.HangupAsked(cause, source), key="hangup-asked")


def get_call(*, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None) -> Call:
    """The account's call, living or ended (one query). Raises NotFound for anyone else's."""
    mine = Call.objects.for_account(account, subaccount).filter(platform=False)
    found = mine.select_related("account").filter(call_uuid=call_uuid).first()
    if found is None:
        raise NotFound
    return found


def living_calls(*, account: Account) -> list[Call]:
    """The account's calls that live, newest first, legs fetched along (two queries)."""
    mine = Call.objects.for_account(account).filter(platform=False).exclude(phase=CallPhase.ENDED)
    return list(mine.order_by("-started_at", "-pk").prefetch_related("legs")[:100])


def story_events(call: Call) -> list[CallEvent]:
    """The lines of the story that tell a reader something, in order (one query)."""
    lines = CallEvent.objects.filter(call=call).exclude(kind__in=BOOKKEEPING)
    # How a dialled leg ended is told by the flow, which also knows of legs that we ended.
    return list(lines.exclude(~Q(key=""), kind="leg_ended", child__gt=0).order_by("seq"))


def story(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> list[dict[str, Any]]:
    """The story of a call in order, as `GET Call/{call_uuid}/Story/` answers it (two queries).

    Raises NotFound for another account's call, and for the platform's own (OTP-16).
    """
    call = get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    return [
        {
            "at": one.at.isoformat(),
            "kind": one.kind,
            "leg": "B" if one.child else "A",
            "data": one.data,
        }
        for one in story_events(call)
    ]
