"""What happens when an account's credit is used up in the middle of its calls (cause 1010)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog

from sandbox.calls import credit, engine
from sandbox.calls.flow import events
from sandbox.calls.flow.causes import PLIVO
from sandbox.calls.models import Call, CallPhase, LegState
from sandbox.calls.work import REASON, Work

log = structlog.get_logger(__name__)
OUT_OF_CREDIT: Final = 1010


def look(call_uuid: UUID) -> None:
    """Ends the account's calls when its credit is used up, or plans the next look."""
    calls = Call.objects.unscoped(REASON).select_related("account")
    call = calls.filter(call_uuid=call_uuid).exclude(phase=CallPhase.ENDED).first()
    if call is None:
        return
    left = credit.seconds_left(call.account)
    if left is not None and left <= 0:
        _end_all(call.account_id)
        return

    def plan(work: Work) -> bool:
        credit.watch(work)
        work.save()
        return True

    engine.change(call_uuid, plan)


def _end_all(account_id: int) -> None:
    calls = Call.objects.unscoped(REASON).filter(account=account_id, platform=False)
    living = calls.exclude(phase=CallPhase.ENDED).filter(legs__state=LegState.UP).distinct()
    for call_uuid in living.values_list("call_uuid", flat=True):
        engine.apply(call_uuid, events.HangupAsked(OUT_OF_CREDIT, PLIVO), key="out-of-credit")
    log.info("credit_used_up", account=account_id)
