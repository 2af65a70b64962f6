"""Recordings over the API (compat/rest.md, Recording; Control a live call, Record)."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted, done
from console.api.fields import Args, PageArgs, Text, Url, Verb, Whole
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, page
from console.api.scope import (
    compared,
    local,
    stamp,
    subaccount_named,
)
from console.core import clock
from console.core.errors import NotFound
from sandbox.recordings import services, told
from sandbox.recordings.filters import STORAGE, wanted
from sandbox.recordings.models import FileFormat, Recording

TAG: Final = "Recording"
LIVE_TAG: Final = "Live call"
_COLUMNS: Final = tuple(one.attname for one in Recording._meta.concrete_fields)
_CHANNELS: Final = {"mono": 1, "stereo": 2}
_UNMADE: Final = "Recordings are not transcribed."


class RecordingFilter(PageArgs):
    """Which recordings a list shows; without a time those of the last seven days."""

    heeded = compared("add_time", STORAGE) | {"cursor"}
    subaccount = Text(required=False, max_length=20)
    call_uuid = Text(required=False, max_length=36)
    add_time = Text(required=False, max_length=26, help_text="UTC; also __gt, __gte, __lt, __lte.")
    recording_storage_duration = Text(required=False, max_length=9, help_text="Days.")
    from_number = Text(required=False, max_length=255)
    to_number = Text(required=False, max_length=255)
    conference_name = Text(required=False, max_length=255)
    conference_uuid = Text(required=False, max_length=36)
    mpc_name = Text(required=False, max_length=255)
    mpc_uuid = Text(required=False, max_length=36)


class RecordStart(Args):
    """How to record a call."""

    later = {
        "transcription_type": _UNMADE,
        "transcription_url": _UNMADE,
        "transcription_method": _UNMADE,
        "transcription_report_type": _UNMADE,
    }
    time_limit = Whole(required=False, min_value=1, help_text="Seconds; 60.")
    file_format = serializers.ChoiceField(choices=["mp3", "wav"], required=False)
    record_channel_type = serializers.ChoiceField(choices=["mono", "stereo"], required=False)
    callback_url = Url(required=False, help_text="Told when the file is ready.")
    callback_method = Verb(required=False)
    transcription_type = Text(required=False, max_length=20)
    transcription_url = Url(required=False)
    transcription_method = Verb(required=False)
    transcription_report_type = Text(required=False, max_length=20)


class RecordStop(Args):
    """Which recording to end."""

    URL = Text(required=False, max_length=2048, help_text="Of one recording; else all are ended.")


class RecordingObject(serializers.Serializer[Any]):
    """A recording. Times in milliseconds are texts with five decimals."""

    add_time = serializers.CharField()
    call_uuid = serializers.CharField(allow_null=True)
    conference_name = serializers.CharField()
    conference_uuid = serializers.CharField(allow_null=True)
    from_number = serializers.CharField()
    monthly_recording_storage_amount = serializers.FloatField()
    mpc_name = serializers.CharField(allow_null=True)
    mpc_uuid = serializers.CharField(allow_null=True)
    recording_duration_ms = serializers.CharField()
    recording_end_ms = serializers.CharField()
    recording_format = serializers.CharField()
    recording_id = serializers.CharField()
    recording_start_ms = serializers.CharField()
    recording_storage_duration = serializers.IntegerField()
    recording_storage_rate = serializers.FloatField()
    recording_type = serializers.CharField()
    recording_url = serializers.CharField()
    resource_uri = serializers.CharField()
    rounded_recording_duration = serializers.IntegerField()
    to_number = serializers.CharField()


class RecordStarted(serializers.Serializer[Any]):
    """The new recording's id and address."""

    message = serializers.CharField()
    recording_id = serializers.CharField()
    url = serializers.CharField()


def shaped(call: ApiCall, recording: Recording) -> Row:
    """The recording as the API shows it; storing it costs nothing."""
    return {
        "add_time": stamp(recording.created_at, local(call.account), fine=True),
        "call_uuid": str(recording.call_uuid) if recording.call_uuid else None,
        "conference_name": recording.conference_name,
        "conference_uuid": _text(recording.conference_uuid),
        "from_number": recording.from_number.lstrip("+"),
        "monthly_recording_storage_amount": 0.0,
        "mpc_name": recording.mpc_name or None,
        "mpc_uuid": _text(recording.mpc_uuid),
        "recording_duration_ms": f"{recording.duration_ms}.00000",
        "recording_end_ms": f"{recording.end_ms}.00000",
        "recording_format": recording.file_format,
        "recording_id": str(recording.recording_id),
        "recording_start_ms": f"{recording.start_ms}.00000",
        "recording_storage_duration": (clock.now() - recording.created_at).days,
        "recording_storage_rate": 0.0,
        "recording_type": recording.kind,
        "recording_url": told.public_url(recording),
        "resource_uri": f"{call.base}Recording/{recording.recording_id}/",
        "rounded_recording_duration": -(-recording.duration_ms // 60_000) * 60,
        "to_number": recording.to_number.lstrip("+"),
    }


def _recording(row: Row) -> Recording:
    """The row as an object; what a list adds to it is left out."""
    return Recording(**{name: row[name] for name in _COLUMNS})


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def uuid_in(word: str) -> UUID:
    """The id in a path; what is none is NotFound like one that never was."""
    try:
        return UUID(word)
    except ValueError:
        raise NotFound from None


class Recordings(Resource):
    """`Recording/`."""

    @operation(
        "recording_list",
        summary="List recordings",
        tag=TAG,
        args=RecordingFilter,
        answer=RecordingObject,
        kind=PAGE,
        errors=(400,),
        takes_async=True,
        python="client.recordings.list(limit=20, offset=0)",
        node="client.recordings.list({limit: 20, offset: 0})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first."""
        scope = subaccount_named(call, call.args.get("subaccount"))
        mine = Recording.objects.for_account(call.account, scope).listed()
        rows = cast("QuerySet[Recording, Row]", mine.filter(wanted(call)).newest_first().values())
        return page(call, rows, lambda row: shaped(call, _recording(row)))


class OneRecording(Resource):
    """`Recording/{recording_id}/`."""

    @operation(
        "recording_get",
        summary="Get a recording",
        tag=TAG,
        answer=RecordingObject,
        takes_async=True,
        python='client.recordings.get("48dfaf60-3b2a-41e3-8a3e-22000ac5040c")',
        node='client.recordings.get("48dfaf60-3b2a-41e3-8a3e-22000ac5040c")',
    )
    def get(self, call: ApiCall, recording_id: str) -> Reply:
        """One recording of the account; its file is at `recording_url`."""
        recording = services.get_recording(
            account=call.account, subaccount=call.subaccount, recording_id=uuid_in(recording_id)
        )
        return Reply(200, shaped(call, recording))

    @operation(
        "recording_delete",
        summary="Delete a recording",
        tag=TAG,
        kind=NOTHING,
        errors=(404,),
        takes_async=True,
        python='client.recordings.delete("48dfaf60-3b2a-41e3-8a3e-22000ac5040c")',
        node='client.recordings.delete("48dfaf60-3b2a-41e3-8a3e-22000ac5040c")',
    )
    def delete(self, call: ApiCall, recording_id: str) -> Reply:
        """Its file goes too, for good."""
        services.delete_recording(
            account=call.account,
            subaccount=call.subaccount,
            recording_id=uuid_in(recording_id),
            actor=call.credential,
        )
        return deleted()


class CallRecord(Resource):
    """`Call/{call_uuid}/Record/`."""

    @operation(
        "call_record_start",
        summary="Record a live call",
        tag=LIVE_TAG,
        args=RecordStart,
        answer=RecordStarted,
        kind=ACTION,
        example={"time_limit": 120, "file_format": "wav"},
        python='client.calls.record("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", time_limit=120)',
        node='client.calls.record("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", {timeLimit: 120})',
    )
    def post(self, call: ApiCall, call_uuid: str) -> Reply:
        """`callback_url` is told when the file is ready; it is no asynchronous request."""
        args = call.args
        recording = services.start_recording(
            account=call.account,
            subaccount=call.subaccount,
            call_uuid=uuid_in(call_uuid),
            time_limit=args.get("time_limit", services.DEFAULT_SECONDS),
            file_format=args.get("file_format", FileFormat.MP3),
            channels=_CHANNELS[args.get("record_channel_type", "stereo")],
            callback_url=args.get("callback_url", ""),
            callback_method=args.get("callback_method", "POST"),
        )
        return done(
            "call recording started",
            status=202,
            recording_id=str(recording.recording_id),
            url=told.public_url(recording),
        )

    @operation(
        "call_record_stop",
        summary="Stop recording a live call",
        tag=LIVE_TAG,
        args=RecordStop,
        kind=NOTHING,
        python='client.calls.record_stop("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
        node='client.calls.stopRecording("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
    )
    def delete(self, call: ApiCall, call_uuid: str) -> Reply:
        """Ends all recordings of the call, or the one at `URL`."""
        services.stop_recording(
            account=call.account,
            subaccount=call.subaccount,
            call_uuid=uuid_in(call_uuid),
            url=call.args.get("URL", ""),
        )
        return deleted()


urlpatterns = [
    path("Recording/", Recordings.as_view()),
    path("Recording/<str:recording_id>/", OneRecording.as_view()),
    path("Call/<str:call_uuid>/Record/", CallRecord.as_view()),
]
