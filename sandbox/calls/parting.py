"""A B leg that becomes a call of its own: its row moves to a new call, and so does its phone."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sandbox.calls import engine
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import events, new_call
from sandbox.calls.incoming import LONGEST_CALL
from sandbox.calls.models import Call, CallEvent, CallPhase, Direction, Leg
from sandbox.calls.work import Work
from sandbox.fence.kinds import Origin
from sandbox.fence.policy import current_policy


def part(work: Work, child: int, *, url: str, method: str) -> UUID:
    """Makes a call of the leg and lets it run a document; gives its UUID, which stays the leg's.

    The call that it leaves has gone on without it already, in the same transaction (about ten
    queries). Nothing new is dialled, so the fence is not asked: the document's own dials are.
    """
    before, leg = work.call, work.legs.pop(child)
    call = Call(
        call_uuid=leg.call_uuid,
        account=before.account,
        subaccount=before.subaccount,
        app_id=before.app_id,
        direction=Direction.OUTBOUND,
        from_number=leg.from_number,
        to_number=leg.to_number,
        hangup_url=before.hangup_url,
        hangup_method=before.hangup_method,
        phase=CallPhase.LIVE,
        origin=Origin.TRANSFER,
        parent_call_uuid=before.call_uuid,
        sip_headers=leg.sip_headers,
        hops=before.hops,
        started_at=leg.initiated_at,
        wake_by=work.now,
    )
    call.save(force_insert=True)
    Leg.objects.filter(pk=leg.pk).update(call=call, child=0)
    after = Work(call, at=work.at)
    after.state = new_call(_flow_leg(call))
    engine.run(after, events.LegTaken(url, method), key="begin", data={})
    return call.call_uuid


def legs_with(work: Work, child: int) -> Mapping[int, Leg]:
    """The call's legs, and the one that `child` was until it left (two queries, if it did)."""
    if child in work.legs:
        return work.legs
    story = CallEvent.objects.filter(call=work.call, kind="leg_left", child=child)
    data = story.values_list("data", flat=True).first()
    left = Leg.objects.filter(call_uuid=data["call_uuid"]).first() if data else None
    return {**work.legs, child: left} if left is not None else work.legs


def _flow_leg(call: Call) -> FlowLeg:
    limit = current_policy().call_seconds if call.account.on_trial else LONGEST_CALL
    return FlowLeg(
        direction="outbound",
        from_number=call.from_number,
        to_number=call.to_number,
        answer_url="",
        time_limit_seconds=limit,
    )
