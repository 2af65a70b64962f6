"""Audio streams over the API (compat/rest.md, Control a live call, Stream)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted, done
from console.api.fields import Args, Flag, PageArgs, Text, Url, Verb, Whole
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, limits
from console.api.scope import invalid, local, stamp
from console.core import money
from console.core.money import ZERO
from sandbox.recordings.api import uuid_in
from sandbox.streams import services
from sandbox.streams.models import Stream, Track

TAG: Final = "Live call"
_NOISE: Final = "There is no noise on a simulated line to cancel."


class Headers(Text):
    """Extra headers: `k=v,k2=v2`, or the object that some SDK users send."""

    def to_internal_value(self, data: Any) -> str:
        """One text."""
        if isinstance(data, dict):
            data = ",".join(f"{name}={value}" for name, value in data.items())
        return super().to_internal_value(data)


class StreamStart(Args):
    """Where to send the sound of a call, and how."""

    later = {
        "noise_cancellation": _NOISE,
        "noise_cancellation_level": _NOISE,
        "cx_bot": "There is no such bot here.",
    }
    service_url = Text(required=True, allow_blank=False, max_length=2000)
    bidirectional = Flag(required=False)
    audio_track = Text(required=False, max_length=10, help_text="inbound, outbound or both.")
    stream_timeout = Whole(required=False, min_value=1, help_text="Seconds; 86,400.")
    status_callback_url = Url(required=False)
    status_callback_method = Verb(required=False)
    content_type = Text(required=False, max_length=40)
    extra_headers = Headers(required=False, max_length=2048)
    noise_cancellation = Flag(required=False)
    noise_cancellation_level = Whole(required=False)
    cx_bot = Text(required=False)


class StreamObject(serializers.Serializer[Any]):
    """A stream. `status` is initiated, in-progress, completed or failed."""

    audio_track = serializers.CharField()
    bidirectional = serializers.BooleanField()
    bill_duration = serializers.IntegerField()
    billed_amount = serializers.CharField()
    call_uuid = serializers.CharField()
    content_type = serializers.CharField()
    end_time = serializers.CharField(allow_null=True)
    rounded_bill_duration = serializers.IntegerField()
    service_url = serializers.CharField()
    start_time = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    status_callback_url = serializers.CharField()
    stream_id = serializers.CharField()


class StreamStarted(serializers.Serializer[Any]):
    """The new stream's id."""

    message = serializers.CharField()
    stream_id = serializers.CharField()


def _shaped(call: ApiCall, stream: Stream) -> Row:
    zone = local(call.account)
    return {
        "audio_track": stream.track,
        "bidirectional": stream.bidirectional,
        "bill_duration": stream.seconds,
        "billed_amount": money.text(ZERO),
        "call_uuid": str(stream.call_uuid),
        "content_type": stream.content_type,
        "end_time": stamp(stream.ended_at, zone),
        "rounded_bill_duration": -(-stream.seconds // 60) * 60,
        "service_url": stream.service_url,
        "start_time": stamp(stream.started_at, zone),
        "status": stream.state,
        "status_callback_url": stream.callback_url,
        "stream_id": str(stream.stream_id),
    }


class CallStreams(Resource):
    """`Call/{call_uuid}/Stream/`."""

    @operation(
        "call_stream_list",
        summary="List the streams of a call",
        tag=TAG,
        args=PageArgs,
        answer=StreamObject,
        kind=PAGE,
        python='client.calls.get_all_streams("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
        node='client.calls.getAllStream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
    )
    def get(self, call: ApiCall, call_uuid: str) -> Reply:
        """Newest first; ended ones too. `meta` has `count` in the place of `total_count`."""
        limit, offset = limits(call.raw)
        found = services.streams_of(
            account=call.account, subaccount=call.subaccount, call_uuid=uuid_in(call_uuid)
        )
        shown = found[offset : offset + limit]
        meta = {
            "count": len(found),
            "limit": limit,
            "next": _link(call, limit, offset + limit) if offset + limit < len(found) else None,
            "offset": offset,
            "previous": _link(call, limit, max(0, offset - limit)) if offset else None,
        }
        return Reply(200, {"meta": meta, "objects": [_shaped(call, one) for one in shown]})

    @operation(
        "call_stream_start",
        summary="Stream the sound of a live call",
        tag=TAG,
        args=StreamStart,
        answer=StreamStarted,
        kind=ACTION,
        example={"service_url": "wss://bot.example.com/audio"},
        python='client.calls.start_stream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", '
        'service_url="wss://bot.example.com/audio")',
        node='client.calls.stream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", '
        '"wss://bot.example.com/audio", {})',
    )
    def post(self, call: ApiCall, call_uuid: str) -> Reply:
        """The WebSocket obeys the rules of every URL of yours."""
        args = call.args
        if len(args.get("extra_headers", "").encode()) > services.LONGEST_HEADERS:
            raise invalid("extra_headers", f"it has at most {services.LONGEST_HEADERS} bytes")
        stream = services.start_stream(
            account=call.account,
            subaccount=call.subaccount,
            call_uuid=uuid_in(call_uuid),
            service_url=args["service_url"],
            bidirectional=args.get("bidirectional", False),
            track=args.get("audio_track") or Track.INBOUND,
            timeout_seconds=args.get("stream_timeout", services.LONGEST_SECONDS),
            content_type=_content_type(args.get("content_type")),
            extra_headers=args.get("extra_headers", ""),
            callback_url=args.get("status_callback_url", ""),
            callback_method=args.get("status_callback_method", "POST"),
        )
        return done("audio streaming started", status=202, stream_id=str(stream.stream_id))

    @operation(
        "call_stream_stop_all",
        summary="Stop all streams of a call",
        tag=TAG,
        kind=NOTHING,
        python='client.calls.delete_all_streams("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
        node='client.calls.stopAllStream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
    )
    def delete(self, call: ApiCall, call_uuid: str) -> Reply:
        """They end within a second."""
        services.stop_streams(
            account=call.account, subaccount=call.subaccount, call_uuid=uuid_in(call_uuid)
        )
        return deleted()


class OneStream(Resource):
    """`Call/{call_uuid}/Stream/{stream_id}/`."""

    @operation(
        "call_stream_get",
        summary="Get a stream",
        tag=TAG,
        answer=StreamObject,
        python='client.calls.get_details_of_specific_stream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", '
        '"30852c23-ee79-4eb4-b7b9-cd360545965b")',
        node='client.calls.getStream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", '
        '"30852c23-ee79-4eb4-b7b9-cd360545965b")',
    )
    def get(self, call: ApiCall, call_uuid: str, stream_id: str) -> Reply:
        """One stream, living or ended."""
        stream = services.get_stream(
            account=call.account,
            subaccount=call.subaccount,
            call_uuid=uuid_in(call_uuid),
            stream_id=uuid_in(stream_id),
        )
        return Reply(200, _shaped(call, stream))

    @operation(
        "call_stream_stop",
        summary="Stop a stream",
        tag=TAG,
        kind=NOTHING,
        python='client.calls.delete_specific_stream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", '
        '"30852c23-ee79-4eb4-b7b9-cd360545965b")',
        node='client.calls.stopStream("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e", '
        '"30852c23-ee79-4eb4-b7b9-cd360545965b")',
    )
    def delete(self, call: ApiCall, call_uuid: str, stream_id: str) -> Reply:
        """It ends within a second."""
        services.stop_streams(
            account=call.account,
            subaccount=call.subaccount,
            call_uuid=uuid_in(call_uuid),
            stream_id=uuid_in(stream_id),
        )
        return deleted()


def _content_type(text: str | None) -> str:
    return "".join((text or services.DEFAULT_CONTENT).split()).lower()


def _link(call: ApiCall, limit: int, offset: int) -> str:
    return f"{call.path}?limit={limit}&offset={offset}"


urlpatterns = [
    path("Call/<str:call_uuid>/Stream/", CallStreams.as_view()),
    path("Call/<str:call_uuid>/Stream/<str:stream_id>/", OneStream.as_view()),
]
