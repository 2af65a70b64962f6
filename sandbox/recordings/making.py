"""Making the file of a recording: the worker's part. May run twice; the second finds it done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import transaction

from sandbox.calls import params
from sandbox.calls.models import Call
from sandbox.recordings import files, timeline, told
from sandbox.recordings.models import Recording, RecordingKind, RecordingState
from sandbox.recordings.sound import mix
from sandbox.recordings.sound.tones import RATE
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify

REASON: Final = "the worker makes any tenant's file"
ReadyHook = Callable[[Recording], None]
_ready_hooks: dict[str, ReadyHook] = {}


def on_ready(kind: RecordingKind, hook: ReadyHook) -> None:
    """Lets `hook` tell that a file of this kind is ready, in the transaction of that."""
    _ready_hooks[kind] = hook


def make(recording_id: UUID) -> bool:
    """Writes the file and tells its callback URL; False when there is nothing to do.

    About ten queries. Memory stays flat: a second of sound at a time.
    """
    found = Recording.objects.unscoped(REASON).select_related("account", "subaccount")
    recording = found.filter(pk=recording_id, state=RecordingState.PROCESSING).first()
    if recording is None:
        return False
    size = _write(recording)
    with transaction.atomic():
        if not _finish(recording, size):
            files.remove(recording)  # deleted meanwhile
            return False
        _tell(recording)
    return True


def _write(recording: Recording) -> int:
    start, end = recording.started_at, recording.ended_at
    assert start is not None
    assert end is not None
    length = recording.duration_ms * RATE // 1000
    call_uuid = recording.call_uuid if not recording.legs else None
    legs = [UUID(leg) for leg in recording.legs]
    if call_uuid is not None:
        legs = [call_uuid]
    with files.workshop() as folder:
        soundings = timeline.of_legs(legs, call_uuid=call_uuid, until=end)
        if recording.own_track:
            soundings = timeline.own_side(soundings)
        placed = timeline.placed(soundings, start=start, length=length, folder=folder)
        wav = folder / "made.wav"
        mix.write(wav, placed, length=length, channels=recording.channels)
        return files.put(recording, wav)


def _finish(recording: Recording, size: int) -> bool:
    recording.state, recording.size = RecordingState.READY, size
    making = Recording.objects.unscoped(REASON).filter(
        pk=recording.pk, state=RecordingState.PROCESSING
    )
    return bool(making.update(state=recording.state, size=size, file_format=recording.file_format))


def _tell(recording: Recording) -> None:
    hook = _ready_hooks.get(recording.kind)
    if hook is not None:
        hook(recording)
        return
    if not recording.callback_url:
        return
    notify(
        account=recording.account,
        subaccount=recording.subaccount,
        url=recording.callback_url,
        method=recording.callback_method,
        params=_params(recording),
        purpose=Purpose.RECORDING,
        call_uuid=recording.call_uuid,
        application=told.application_of(recording),
        dedupe_key=f"recording:{recording.recording_id}",
    )


def _params(recording: Recording) -> dict[str, str]:
    said = {**told.facts(recording), "RecordingEndReason": recording.end_reason}
    call = None
    if recording.call_uuid is not None:
        calls = Call.objects.unscoped(REASON).select_related("account")
        call = calls.filter(call_uuid=recording.call_uuid).first()
    leg = call.legs.filter(child=0).first() if call else None
    if call is None or leg is None:
        return {"Event": "RecordStop", **said}
    status = "completed" if call.is_over else "in-progress"
    return {**params.standard(call, leg, event="RecordStop", status=status), **said}
