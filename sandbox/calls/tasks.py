"""The worker's side: outbox rows of this app. Each handler may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from console.core import clock
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from sandbox.calls import (
    audio,
    dialling,
    engine,
    fetches,
    incoming,
    outbound,
    overlays,
    phone,
    spent,
)
from sandbox.calls.flow import events
from sandbox.calls.work import AUDIO, CREDIT, DIAL, FETCH, OVERLAY, START, TIMER
from sandbox.network.events import KIND as PHONE_EVENT
from sandbox.webhooks.limits import HostBusyError


@handler("call.incoming")
def call_incoming(payload: Payload, row: OutboxRow) -> None:
    """A phone calls a number or SIP address of the platform."""
    incoming.arrive(
        call_uuid=UUID(payload["call_uuid"]),
        auth_id=payload["account"],
        from_=payload["from"],
        to=payload["to"],
        placed_at=row.created_at,
        caller_name=payload.get("caller_name", ""),
        headers=payload.get("headers"),
        hops=payload.get("hops", 0),
    )


@handler(START)
def start(payload: Payload, row: OutboxRow) -> None:
    """A queued call begins in its turn."""
    planned = datetime.fromisoformat(payload["planned"])
    outbound.start(UUID(payload["call_uuid"]), planned=planned)


@handler(PHONE_EVENT)
def phone_event(payload: Payload, row: OutboxRow) -> None:
    """A phone was answered, pressed keys, hung up."""
    phone.happened(payload)


@handler(TIMER)
def timer(payload: Payload, row: OutboxRow) -> None:
    """A timer ran out, or a prompt came to its end."""
    call_uuid = UUID(payload["call_uuid"])
    if "prompt_id" in payload:
        prompt = payload["prompt_id"]
        engine.apply(call_uuid, events.PromptFinished(prompt), key=f"prompt-{prompt}")
    else:
        number = payload["timer_id"]
        engine.apply(call_uuid, events.TimerFired(number), key=f"timer-{number}")


@handler(FETCH)
def fetch(payload: Payload, row: OutboxRow) -> None:
    """A document is asked for; the row keeps since when the customer's server is crowded."""
    lost = (row.attempts - 1) * timedelta(seconds=settings.TRUST.outbox_lease)
    since = payload.get("busy_since")
    try:
        fetches.carry_out(
            UUID(payload["call_uuid"]),
            payload["fetch_id"],
            busy_since=datetime.fromisoformat(since) if since else None,
            lost=lost,
        )
    except HostBusyError:
        if not since:
            kept = {**payload, "busy_since": clock.now().isoformat()}
            OutboxRow.objects.filter(pk=row.pk).update(payload=kept)
        raise


@handler(DIAL)
def dial(payload: Payload, row: OutboxRow) -> None:
    """A leg is to ring."""
    dialling.dial(UUID(payload["call_uuid"]), payload["child"])


@handler(AUDIO)
def get_audio(payload: Payload, row: OutboxRow) -> None:
    """A sound is to be played."""
    audio.carry_out(UUID(payload["call_uuid"]), payload["prompt_id"])


@handler(OVERLAY)
def overlay(payload: Payload, row: OutboxRow) -> None:
    """What the API lets legs hear goes on, or ends."""
    overlays.carry_on(UUID(payload["call_uuid"]), payload)


@handler(CREDIT)
def look_at_credit(payload: Payload, row: OutboxRow) -> None:
    """The credit may be used up now."""
    spent.look(UUID(payload["call_uuid"]))
