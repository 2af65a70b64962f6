"""Recordings of living calls: begun and ended in the transaction of what causes it.

Nothing here opens a transaction or locks a call; whoever calls holds the call's row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from console.core import outbox
from console.core.models import Queue
from console.core.telephone_time import scaled
from sandbox.calls.flow.commands import StartRecording, StopRecording
from sandbox.calls.models import Call
from sandbox.calls.work import Work
from sandbox.recordings import files, lines
from sandbox.recordings.models import OPEN, Recording, RecordingKind, RecordingState

MAKE: Final = "recording.make"
LIMIT: Final = "recording.limit"
REASON: Final = "the engine records its own call"


def start(work: Work, command: StartRecording) -> None:
    """Begins what a Record element asks for (three queries); a platform call is never recorded."""
    if work.call.platform:
        return
    session = bool(command.limit_seconds)
    url = f"{command.callback_url}#{command.settings}" if command.settings else command.callback_url
    recording = begun(
        work.call,
        at=None if command.on_dial_answer else work.at,
        number=command.recording_id,
        blocking=not session,
        kind=RecordingKind.CALL if session else RecordingKind.NORMAL,
        asked_format=command.file_format,
        channels=command.channels,
        limit_seconds=command.limit_seconds,
        callback_url=url,
        callback_method=command.callback_method,
    )
    work.tell(lines.begins(recording))


def begun(call: Call, *, at: datetime | None, asked_format: str, **values: object) -> Recording:
    """Writes a recording of the call (two queries); one without a time waits for a dialled leg."""
    recording = Recording(
        account=call.account,
        subaccount=call.subaccount,
        call_uuid=call.call_uuid,
        from_number=call.from_number,
        to_number=call.to_number,
        asked_format=asked_format,
        file_format=files.deliverable_format(asked_format),
        state=RecordingState.RECORDING if at else RecordingState.WAITING,
        started_at=at,
        **values,
    )
    recording.save(force_insert=True)
    if at:
        plan_limit(recording)
    return recording


def stop(work: Work, command: StopRecording) -> None:
    """Ends what a Record element waited for (three queries)."""
    mine = Recording.objects.unscoped(REASON).filter(
        call_uuid=work.call.call_uuid, number=command.recording_id
    )
    for recording in mine.filter(state=RecordingState.RECORDING):
        end(work, recording, reason=command.reason)


def end(work: Work, recording: Recording, *, reason: str) -> bool:
    """Ends one recording and lets its file be made; False when it was over (two queries)."""
    if not close(recording, at=work.at, reason=reason):
        return False
    work.tell(lines.ended(recording))
    return True


def bridged(work: Work) -> None:
    """A dialled leg is connected: what waited for that begins (one query when nothing did)."""
    waiting = Recording.objects.unscoped(REASON).filter(call_uuid=work.call.call_uuid)
    for recording in waiting.filter(state=RecordingState.WAITING):
        recording.state, recording.started_at = RecordingState.RECORDING, work.at
        recording.save(update_fields=["state", "started_at"])
        plan_limit(recording)
        work.tell(lines.begins(recording))


def call_over(work: Work) -> None:
    """The call has ended: so have its recordings (one query when there are none).

    That of a room it was in goes on with the room.
    """
    of_call = Recording.objects.unscoped(REASON).filter(call_uuid=work.call.call_uuid)
    mine = of_call.exclude(kind=RecordingKind.CONFERENCE)
    for recording in mine.filter(state__in=OPEN):
        if recording.state == RecordingState.WAITING:
            void = mine.filter(pk=recording.pk, state=RecordingState.WAITING)
            void.update(state=RecordingState.VOID, end_reason="NeverStarted")
            work.tell(lines.void(recording))
        else:
            end(work, recording, reason="HangUp")


def close(recording: Recording, *, at: datetime, reason: str) -> bool:
    """Ends a recording at `at` by conditional update and plans its file (two queries).

    Its length is telephone time, never more than its limit. False when it was over.
    """
    began = recording.started_at
    assert began is not None
    lasted = max(timedelta(0), at - began).total_seconds() * settings.TIME_SCALE
    if recording.limit_seconds:
        lasted = min(lasted, recording.limit_seconds)
    recording.state = RecordingState.PROCESSING
    recording.ended_at, recording.end_reason = max(at, began), reason[:16]
    recording.duration_ms = round(lasted * 1000)
    running = Recording.objects.unscoped(REASON).filter(
        pk=recording.pk, state=RecordingState.RECORDING
    )
    won = running.update(
        state=recording.state,
        ended_at=recording.ended_at,
        end_reason=recording.end_reason,
        duration_ms=recording.duration_ms,
    )
    if won:
        _plan(MAKE, recording.recording_id, queue=Queue.EXPORTS, delay=timedelta(0))
    return bool(won)


def plan_limit(recording: Recording) -> None:
    """Sees to it that the recording ends in time (one query); nothing without a limit."""
    if recording.limit_seconds:
        delay = scaled(recording.limit_seconds)
        _plan(LIMIT, recording.recording_id, queue=Queue.CALLS, delay=delay)


def _plan(kind: str, recording_id: UUID, *, queue: Queue, delay: timedelta) -> None:
    outbox.enqueue(
        kind=kind,
        queue=queue,
        payload={"recording_id": str(recording_id)},
        dedupe_key=f"{kind}:{recording_id}",
        delay=delay,
    )
