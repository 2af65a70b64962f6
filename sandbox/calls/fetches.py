"""Carrying out the flow's requests for documents, outside any transaction (HOOK-03)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from console.core import clock
from sandbox.calls import engine, internal_documents, params, parting
from sandbox.calls.flow import document_event, events
from sandbox.calls.flow.commands import Fetch
from sandbox.calls.models import Call, CallPhase
from sandbox.calls.telling import LONGEST_BODY
from sandbox.calls.work import REASON, Work
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.policy import ErrorClass, FetchResult
from sandbox.webhooks.records import HIDDEN
from sandbox.webhooks.services import fetch_document

log = structlog.get_logger(__name__)
PATIENCE: Final = timedelta(seconds=20)
"""How long a crowded server of a customer is waited for before the fetch counts as failed."""

_PURPOSES: Final = {
    "confirm_sound": Purpose.SOUND,
    "dial_music": Purpose.SOUND,
    "wait_sound": Purpose.SOUND,
    "hold_music": Purpose.SOUND,
    "enter_sound": Purpose.SOUND,
    "exit_sound": Purpose.SOUND,
    "record_start_sound": Purpose.SOUND,
    "record_stop_sound": Purpose.SOUND,
}
_REASONS: Final = {
    ErrorClass.NOT_ALLOWED: "not_allowed",
    ErrorClass.NO_CONNECTION: "connect",
    ErrorClass.TIMED_OUT: "timeout",
    ErrorClass.BAD_ANSWER: "bad_answer",
}


def carry_out(
    call_uuid: UUID,
    fetch_id: int,
    *,
    busy_since: datetime | None = None,
    lost: timedelta = timedelta(0),
) -> None:
    """Requests the document and applies what came; nothing when the call waits for it no more.

    May run twice: the request is then sent twice under one delivery id, and applied once. Patience
    counts from `busy_since`, when the customer's server was first found crowded (None: not yet), so
    that time without any worker is held against nobody. `lost` is the time that killed workers held
    the request since.
    """
    calls = Call.objects.unscoped(REASON).select_related("account", "subaccount")
    call = calls.filter(call_uuid=call_uuid).exclude(phase=CallPhase.ENDED).first()
    if call is None:
        return
    work = Work(call, at=clock.now())
    kept = work.fetches.get(str(fetch_id))
    if kept is None:
        return
    command = Fetch.from_json(kept)
    told = params.for_command(call, parting.legs_with(work, command.child), command)
    data: dict[str, Any] = {}
    if call.platform:
        event = _inside(call, command, told)
    else:
        give_up_at = (busy_since or clock.now()) + PATIENCE + lost
        event, data = _outside(call, command, told, give_up_at)
    engine.apply(call_uuid, event, key=f"fetch-{fetch_id}", data=data)


def _inside(call: Call, command: Fetch, told: params.Params) -> events.Event:
    try:
        body = internal_documents.make(command.url, call.ref, told)
    except Exception as error:
        # The text of the error might hold what must not be logged (OTP-16).
        log.error("internal_document_failed", kind=type(error).__name__, key=call.document_key)
        return events.FetchFailed(command.fetch_id, "bad_answer")
    return document_event(command.fetch_id, body)


def _outside(
    call: Call, command: Fetch, told: params.Params, give_up_at: datetime
) -> tuple[events.Event, dict[str, Any]]:
    delivery = uuid.uuid5(call.call_uuid, f"fetch-{command.fetch_id}")
    result = fetch_document(
        account=call.account,
        subaccount=call.subaccount,
        url=f"{command.url}#{command.settings}" if command.settings else command.url,
        method=command.method,
        params=told,
        purpose=_PURPOSES.get(command.purpose) or Purpose(command.purpose),
        call_uuid=call.call_uuid,
        application=call.app_id,
        delivery=delivery,
        redact=command.secret,
        give_up_at=give_up_at,
    )
    shown = {name: HIDDEN if name in command.secret else told[name] for name in told}
    data = {
        "purpose": command.purpose,
        "url": command.url,
        "method": command.method,
        "params": shown,
        "http_status": result.status,
        "ms": result.elapsed_ms,
        "tries": len(result.attempts),
        "sentence": result.sentence,
        "delivery": str(delivery),
        "content_type": result.last.content_type[:80],
    }
    if result.fault:
        data["fault"] = result.fault
    if not result.ok and result.body:
        data["body"] = result.body[:LONGEST_BODY].decode("utf-8", "replace")
    return _event(command.fetch_id, result), data


def _event(fetch_id: int, result: FetchResult) -> events.Event:
    if result.ok:
        return document_event(fetch_id, result.body)
    reason = _REASONS[result.error] if result.error else "bad_answer"
    status = result.status or 0
    if status and not 200 <= status < 300:
        reason = "status"
    return events.FetchFailed(fetch_id, reason, status)
