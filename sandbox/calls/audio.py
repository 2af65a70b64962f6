"""Audio files that a Play names: asked for like any URL of a customer, measured, heard (XML-03)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from console.core import clock
from sandbox.calls import engine, leg_effects, lines, sound
from sandbox.calls.flow import events
from sandbox.calls.flow.commands import Play
from sandbox.calls.models import Call, CallPhase
from sandbox.calls.work import REASON, TIMER, Work, lock
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import fetch_document

MOST_BYTES: Final = 10 * 1024 * 1024
LONGEST_SECONDS: Final = 600
PATIENCE: Final = timedelta(seconds=20)


def carry_out(call_uuid: UUID, prompt_id: int) -> None:
    """Gets the file and lets the leg hear it; one that cannot be had or played is skipped.

    May run twice: the file is then asked for twice under one delivery id, and heard once.
    """
    calls = Call.objects.unscoped(REASON).select_related("account", "subaccount")
    call = calls.filter(call_uuid=call_uuid).exclude(phase=CallPhase.ENDED).first()
    if call is None:
        return
    work = Work(call, at=clock.now())
    kept = work.audio.get(str(prompt_id))
    if kept is None:
        return
    command = Play.from_json(kept)
    asked_at = datetime.fromisoformat(work.due[f"a{prompt_id}"])
    seconds, fault = get(
        call, command.url, name=f"audio-{prompt_id}", give_up_at=asked_at + PATIENCE
    )
    if fault:
        event = events.PromptFinished(prompt_id, fault)
        engine.apply(call_uuid, event, key=f"prompt-{prompt_id}", data={"url": command.url})
    else:
        _play(call_uuid, command, seconds)


def get(call: Call, url: str, *, name: str, give_up_at: datetime) -> tuple[float, str]:
    """The length in seconds of the sound at a URL; or 0 and why it cannot be played.

    `name` names the request within the call: asking again is the same delivery.
    """
    result = fetch_document(
        account=call.account,
        subaccount=call.subaccount,
        url=f"{url}#rc=1",  # compat/xml.md section 2: settings of its own, one retry
        method="GET",
        params={},
        purpose=Purpose.PLAY,
        application=call.app_id,
        call_uuid=call.call_uuid,
        delivery=uuid.uuid5(call.call_uuid, name),
        give_up_at=give_up_at,
        max_bytes=MOST_BYTES,
    )
    if not result.ok:
        return 0, result.sentence
    seconds = sound.length_of(result.body)
    if seconds is None:
        return 0, "This is neither a WAV nor an MP3 file."
    if seconds > LONGEST_SECONDS:
        return 0, f"The sound lasts longer than {LONGEST_SECONDS // 60} minutes."
    return seconds, ""


def _play(call_uuid: UUID, command: Play, seconds: float) -> None:
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.is_over:
            return
        work = Work(call, at=clock.now())
        if work.audio.pop(str(command.prompt_id), None) is None:
            return
        work.reported(f"a{command.prompt_id}")
        leg = work.legs[command.child]
        leg_effects.line_of(leg).play(
            call_uuid=leg.call_uuid, url=command.url, key=f"call-{command.prompt_id}"
        )
        if leg.is_a:
            leg_effects.pass_on(work, command.url, key=f"call-{command.prompt_id}")
        work.tell(lines.played(command, seconds=seconds), key=f"played-{command.prompt_id}")
        if command.loop:
            name, length = f"p{command.prompt_id}", seconds * command.loop
            work.later(TIMER, name, seconds=length, prompt_id=command.prompt_id)
        work.save()
