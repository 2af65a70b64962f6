"""Phones that act by themselves: timed actions become outbox rows, and rows become actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from console.core import clock
from console.core.models import OutboxRow, Queue
from console.core.outbox import Payload, enqueue_many
from console.core.outcomes import find_outcome
from console.core.telephone_time import scaled
from sandbox.network import fates
from sandbox.network.fates import Timed
from sandbox.network.models import HandsetCall, HandsetScript
from sandbox.network.phones import REASON, Action, Deed, perform

KIND = "handset.act"


def rung(call: HandsetCall) -> None:
    """Plans what the phone does with a call that has just begun to ring (two queries at most)."""
    outcome = find_outcome(call.number)
    script = None if outcome else script_of(call)
    if outcome:
        first = fates.on_ring(outcome.call)
    else:
        first = fates.script_on_ring(script) if script else None
    if first is not None:
        _plan(call, [first])


def answered(call: HandsetCall) -> None:
    """Plans what the phone does after it has answered by itself (two queries at most)."""
    outcome = find_outcome(call.number)
    script = None if outcome else script_of(call)
    if outcome:
        _plan(call, fates.after_answer(outcome.call))
    elif script:
        _plan(call, fates.script_after_answer(script))


def script_of(call: HandsetCall) -> HandsetScript | None:
    """The account's script for the phone, if it has one (one query)."""
    scripts = HandsetScript.objects.unscoped(REASON)
    return scripts.filter(account=call.account_id, number=call.number).first()


def run(payload: dict[str, Any]) -> None:
    """Carries a row out; a call that is over, or gone, makes it nothing."""
    calls = HandsetCall.objects.unscoped(REASON).select_related("account")
    call = calls.filter(pk=UUID(payload["call_uuid"])).first()
    if call is not None:
        _do(call, _action(payload))


def _do(call: HandsetCall, action: Action) -> None:
    with transaction.atomic():
        if perform(call, action) and action.deed is Deed.ANSWER:
            answered(call)


def _plan(call: HandsetCall, timed: Iterable[Timed]) -> None:
    """What is due at once is done at once; the rest waits in the outbox."""
    now = clock.now()
    rows = []
    for one in timed:
        if one.after <= 0:
            _do(call, one.action)
            continue
        row = OutboxRow(
            kind=KIND,
            queue=Queue.OTP if call.platform else Queue.CALLS,
            payload=_payload(call, one.action),
            dedupe_key=f"act:{call.call_uuid}:{one.action.action_id}",
            next_at=now + scaled(one.after),
        )
        rows.append(row)
    if rows:
        enqueue_many(rows)


def _payload(call: HandsetCall, action: Action) -> Payload:
    return {
        "call_uuid": str(call.call_uuid),
        "deed": action.deed.value,
        "action_id": action.action_id,
        "digits": action.digits,
        "text": action.text,
        "seconds": action.seconds,
        "cause": action.cause,
        "greeting": [list(one) for one in action.greeting],
    }


def _action(payload: dict[str, Any]) -> Action:
    return Action(
        Deed(payload["deed"]),
        payload["action_id"],
        digits=payload["digits"],
        text=payload.get("text", ""),
        seconds=payload.get("seconds", 0),
        cause=payload["cause"],
        greeting=tuple(tuple(one) for one in payload.get("greeting", ())),
    )
