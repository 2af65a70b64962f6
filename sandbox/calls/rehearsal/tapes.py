"""Recordings in a rehearsal: begun, ended, told about; nothing is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sandbox.calls import lines
from sandbox.calls.flow.commands import StartRecording, StopRecording
from sandbox.calls.rehearsal.stage import Stage
from sandbox.recordings import lines as recording_lines
from sandbox.recordings.models import Recording, RecordingState
from sandbox.recordings.told import facts

_LINK_KEY: Final = "x" * 32


def start(stage: Stage, command: StartRecording) -> None:
    """Begins a recording, or lets it wait for a dialled phone."""
    waits = command.on_dial_answer
    recording = Recording(
        recording_id=stage.uuid(f"recording-{command.recording_id}"),
        call_uuid=stage.call.call_uuid,
        number=command.recording_id,
        asked_format=command.file_format,
        file_format=command.file_format,
        channels=command.channels,
        limit_seconds=command.limit_seconds,
        state=RecordingState.WAITING if waits else RecordingState.RECORDING,
        created_at=stage.now,
        started_at=None if waits else stage.now,
        callback_url=command.callback_url,
        callback_method=command.callback_method,
        link_key=_LINK_KEY,
    )
    stage.recordings[command.recording_id] = recording
    stage.tell(recording_lines.begins(recording))
    if not waits:
        _limit(stage, recording)


def bridged(stage: Stage) -> None:
    """A dialled phone is connected: what waited for that begins."""
    for recording in stage.recordings.values():
        if recording.state == RecordingState.WAITING:
            recording.state, recording.started_at = RecordingState.RECORDING, stage.now
            stage.tell(recording_lines.begins(recording))
            _limit(stage, recording)


def stop(stage: Stage, command: StopRecording) -> None:
    """Ends a recording; one that is over stays as it is."""
    recording = stage.recordings.get(command.recording_id)
    if recording is not None and recording.state == RecordingState.RECORDING:
        _end(stage, recording, command.reason)


def call_over(stage: Stage) -> None:
    """The call has ended, and so has what was recorded of it."""
    for recording in stage.recordings.values():
        if recording.state == RecordingState.WAITING:
            recording.state = RecordingState.VOID
            stage.tell(recording_lines.void(recording))
        elif recording.state == RecordingState.RECORDING:
            _end(stage, recording, "HangUp")


def _limit(stage: Stage, recording: Recording) -> None:
    if recording.limit_seconds:
        command = StopRecording(recording.number, "MaxLength")
        stage.later(recording.limit_seconds, lambda: stop(stage, command))


def _end(stage: Stage, recording: Recording, reason: str) -> None:
    began = recording.started_at or stage.now
    recording.state, recording.ended_at = RecordingState.PROCESSING, stage.now
    recording.end_reason = reason
    recording.duration_ms = (stage.now - began) // timedelta(milliseconds=1)
    stage.tell(recording_lines.ended(recording))
    if recording.callback_url:
        stage.tell(
            lines.notified(
                purpose="recording",
                url=recording.callback_url,
                method=recording.callback_method,
                event="RecordStop",
                params={**facts(recording), "RecordingEndReason": reason},
            )
        )
