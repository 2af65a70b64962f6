"""Recordings of conferences, multiparty calls and participants over the API (compat/rest.md)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted, done
from console.api.fields import Args, Text, Url, Verb
from console.api.operations import ACTION, NOTHING, Resource
from console.api.scope import invalid
from sandbox.conferences import taping
from sandbox.conferences.api import conference_operation
from sandbox.conferences.api import where as where_conference
from sandbox.conferences.mpc_api import found, mpc_operation, where
from sandbox.recordings import told

_FORMATS: Final = ("mp3", "wav")


class ConferenceRecord(Args):
    """How a conference is recorded; `callback_url` is told when the file is ready."""

    file_format = Text(required=False, default="mp3", max_length=3)
    callback_url = Url(required=False)
    callback_method = Verb(required=False)

    later = {
        "transcription_type": "Recordings are not transcribed.",
        "transcription_url": "Recordings are not transcribed.",
        "transcription_method": "Recordings are not transcribed.",
    }


class MpcRecord(Args):
    """How a multiparty call or a participant is recorded."""

    file_format = Text(required=False, default="mp3", max_length=3)
    recording_callback_url = Url(required=False)
    recording_callback_method = Verb(required=False)

    later = {"record_track_type": "A participant's recording holds both directions."}
    usual = {"record_track_type": "all", "transcript": "false"}


class MpcRecordStop(Args):
    """Which track; there is one."""

    heeded = frozenset({"record_track_type"})


class ConferenceRecorded(serializers.Serializer[Any]):
    """Where the file will be."""

    message = serializers.CharField()
    recording_id = serializers.CharField()
    url = serializers.CharField()


class MpcRecorded(serializers.Serializer[Any]):
    """Where the file will be."""

    message = serializers.CharField()
    recording_id = serializers.CharField()
    recording_url = serializers.CharField()
    request_uuid = serializers.CharField()


def _format(call: ApiCall) -> str:
    wanted = str(call.args["file_format"]).lower()
    if wanted not in _FORMATS:
        raise invalid("file_format", "it is mp3 or wav")
    return wanted


def _asked(call: ApiCall, prefix: str) -> dict[str, Any]:
    """The words that the services take."""
    return {
        "file_format": _format(call),
        "callback_url": call.args.get(f"{prefix}callback_url", ""),
        "callback_method": call.args.get(f"{prefix}callback_method", "POST"),
    }


class ConferenceRecording(Resource):
    """`Conference/{name}/Record/`."""

    @conference_operation(
        "conference_record",
        "Record a conference",
        'record("Standup", file_format="wav")',
        'record("Standup", {fileFormat: "wav"})',
        kind=ACTION,
        args=ConferenceRecord,
        answer=ConferenceRecorded,
        errors=(400, 404, 409),
        takes_async=False,
        example={"file_format": "wav"},
    )
    def post(self, call: ApiCall, name: str) -> Reply:
        """From now on, until it is stopped or the conference ends."""
        made = taping.start(**where_conference(call, name), **_asked(call, ""))
        return done(
            "conference recording started",
            status=202,
            recording_id=str(made.recording_id),
            url=told.public_url(made),
        )

    @conference_operation(
        "conference_record_stop",
        "Stop recording a conference",
        'record_stop("Standup")',
        'stopRecording("Standup")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str) -> Reply:
        """The file is made then."""
        taping.stop(**where_conference(call, name))
        return deleted()


class MpcRecording(Resource):
    """`MultiPartyCall/{mpc}/Record/`."""

    @mpc_operation(
        "mpc_record",
        "Record a multiparty call",
        'start_recording(friendly_name="Support")',
        'startRecording({friendlyName: "Support"})',
        kind=ACTION,
        args=MpcRecord,
        answer=MpcRecorded,
        errors=(400, 404, 409),
        example={"file_format": "wav"},
    )
    def post(self, call: ApiCall, mpc: str) -> Reply:
        """From now on, until it is stopped or the call ends."""
        room = found(call, mpc)
        made = taping.start(**where(call, mpc), **_asked(call, "recording_"))
        return done(
            f"MPC: {room.name} record started",
            status=202,
            recording_id=str(made.recording_id),
            recording_url=told.public_url(made),
            request_uuid=str(call.api_id),
        )

    @mpc_operation(
        "mpc_record_stop",
        "Stop recording a multiparty call",
        'stop_recording(friendly_name="Support")',
        'stopRecording({friendlyName: "Support"})',
        kind=NOTHING,
        args=MpcRecordStop,
    )
    def delete(self, call: ApiCall, mpc: str) -> Reply:
        """The file is made then."""
        taping.stop(**where(call, mpc))
        return deleted()


class MpcRecordingPause(Resource):
    """`MultiPartyCall/{mpc}/Record/Pause/`."""

    @mpc_operation(
        "mpc_record_pause",
        "Pause the recording of a multiparty call",
        'pause_recording(friendly_name="Support")',
        'pauseRecording({friendlyName: "Support"})',
        kind=NOTHING,
        errors=(404, 409),
    )
    def post(self, call: ApiCall, mpc: str) -> Reply:
        """Its file ends here; going on begins another."""
        taping.pause(**where(call, mpc))
        return deleted()


class MpcRecordingResume(Resource):
    """`MultiPartyCall/{mpc}/Record/Resume/`."""

    @mpc_operation(
        "mpc_record_resume",
        "Go on recording a multiparty call",
        'resume_recording(friendly_name="Support")',
        'resumeRecording({friendlyName: "Support"})',
        kind=NOTHING,
        errors=(404, 409),
    )
    def post(self, call: ApiCall, mpc: str) -> Reply:
        """In a file of its own."""
        taping.resume(**where(call, mpc))
        return deleted()


class ParticipantRecording(Resource):
    """`MultiPartyCall/{mpc}/Participant/{member_id}/Record/`."""

    @mpc_operation(
        "mpc_participant_record",
        "Record a participant",
        'start_participant_recording("1", friendly_name="Support")',
        'startParticipantRecording("1", {friendlyName: "Support"})',
        kind=ACTION,
        args=MpcRecord,
        answer=MpcRecorded,
        errors=(400, 404, 409),
        example={"file_format": "wav"},
    )
    def post(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """The participant's own call, both directions."""
        room = found(call, mpc)
        asked = _asked(call, "recording_")
        made = taping.start_member(**where(call, mpc), member_id=member_id, **asked)
        return done(
            f"MPC: {room.name} participant record started",
            status=202,
            recording_id=str(made.recording_id),
            recording_url=told.public_url(made),
            request_uuid=str(call.api_id),
        )

    @mpc_operation(
        "mpc_participant_record_stop",
        "Stop recording a participant",
        'stop_participant_recording("1", friendly_name="Support")',
        'stopParticipantRecording("1", {friendlyName: "Support"})',
        kind=NOTHING,
        args=MpcRecordStop,
    )
    def delete(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """The file is made then."""
        taping.stop_member(**where(call, mpc), member_id=member_id)
        return deleted()


class ParticipantRecordingPause(Resource):
    """`MultiPartyCall/{mpc}/Participant/{member_id}/Record/Pause/`."""

    @mpc_operation(
        "mpc_participant_record_pause",
        "Pause the recording of a participant",
        'pause_participant_recording("1", friendly_name="Support")',
        'pauseParticipantRecording("1", {friendlyName: "Support"})',
        kind=NOTHING,
        errors=(404, 409),
        args=MpcRecordStop,
    )
    def post(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """Its file ends here; going on begins another."""
        taping.pause_member(**where(call, mpc), member_id=member_id)
        return deleted()


class ParticipantRecordingResume(Resource):
    """`MultiPartyCall/{mpc}/Participant/{member_id}/Record/Resume/`."""

    @mpc_operation(
        "mpc_participant_record_resume",
        "Go on recording a participant",
        'resume_participant_recording("1", friendly_name="Support")',
        'resumeParticipantRecording("1", {friendlyName: "Support"})',
        kind=NOTHING,
        errors=(404, 409),
        args=MpcRecordStop,
    )
    def post(self, call: ApiCall, mpc: str, member_id: str) -> Reply:
        """In a file of its own."""
        taping.resume_member(**where(call, mpc), member_id=member_id)
        return deleted()


_MPC: Final = "MultiPartyCall/<path:mpc>/"
_PARTICIPANT: Final = f"{_MPC}Participant/<str:member_id>/Record/"
urlpatterns = [
    path("Conference/<path:name>/Record/", ConferenceRecording.as_view()),
    path(f"{_PARTICIPANT}Pause/", ParticipantRecordingPause.as_view()),
    path(f"{_PARTICIPANT}Resume/", ParticipantRecordingResume.as_view()),
    path(_PARTICIPANT, ParticipantRecording.as_view()),
    path(f"{_MPC}Record/Pause/", MpcRecordingPause.as_view()),
    path(f"{_MPC}Record/Resume/", MpcRecordingResume.as_view()),
    path(f"{_MPC}Record/", MpcRecording.as_view()),
]
