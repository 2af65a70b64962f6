"""What customers' URLs are told about a recording (compat/callbacks.md section 3.2)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from sandbox.calls.flow.commands import Fetch, Notify
from sandbox.calls.models import Call
from sandbox.recordings.models import Recording

_REASON: Final = "the engine speaks of a recording of its own call"


def public_url(recording: Recording) -> str:
    """The unguessable address of the file (RecordUrl); no query."""
    args = [recording.recording_id, recording.link_key, recording.file_format]
    return f"{settings.PUBLIC_URL}{reverse('recordings:link', args=args)}"


def application_of(recording: Recording) -> str:
    """The app id of its call, or of a call that was in its room, for faults (one query)."""
    mine = Q(call_uuid=recording.call_uuid) | Q(legs__call_uuid__in=recording.legs)
    calls = Call.objects.for_account(recording.account).filter(mine).exclude(app_id="")
    return calls.order_by("started_at", "pk").values_list("app_id", flat=True).first() or ""


def facts(recording: Recording) -> dict[str, str]:
    """The recording's parameters; what is not known yet is -1."""
    over = recording.ended_at is not None
    return {
        "RecordUrl": public_url(recording),
        "RecordFile": public_url(recording),
        "RecordingID": str(recording.recording_id),
        "RecordingDuration": str(recording.seconds) if over else "-1",
        "RecordingDurationMs": str(recording.duration_ms) if over else "-1",
        "RecordingStartMs": str(recording.start_ms) if recording.started_at else "-1",
        "RecordingEndMs": str(recording.end_ms) if over else "-1",
    }


def of_command(call: Call, command: Fetch | Notify) -> dict[str, str]:
    """The facts in the place of the call's number of a recording (one query).

    What the flow itself said (-1 in session modes) stays.
    """
    said = dict(command.extra)
    number = said.pop("RecordingID", "")
    found = Recording.objects.unscoped(_REASON).filter(call_uuid=call.call_uuid)
    recording = found.filter(number=int(number)).first() if number.isdecimal() else None
    return {**facts(recording), **said} if recording else {"RecordingID": ""}
