"""What a call's story says about its recordings, in calls and rehearsals. Pure."""

from __future__ import annotations

from sandbox.calls.lines import NoteLine
from sandbox.recordings.models import Recording, RecordingState


def begins(recording: Recording) -> NoteLine:
    """It begins, or waits; honestly when it will not be the format asked for."""
    waits = recording.state == RecordingState.WAITING
    data = {
        "recording": str(recording.recording_id),
        "format": recording.file_format,
        "asked_format": recording.asked_format,
        "channels": recording.channels,
    }
    return NoteLine("recording_waits" if waits else "recording_started", 0, data)


def ended(recording: Recording) -> NoteLine:
    """It has ended, for its reason."""
    data = {
        "recording": str(recording.recording_id),
        "reason": recording.end_reason,
        "seconds": round(recording.duration_ms / 1000, 1),
    }
    return NoteLine("recording_stopped", 0, data)


def void(recording: Recording) -> NoteLine:
    """What it waited for never came."""
    return NoteLine("recording_void", 0, {"recording": str(recording.recording_id)})
