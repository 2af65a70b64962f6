"""Streams of living calls: begun and asked to end in the transaction of what causes it."""

from __future__ import annotations

from typing import Final

from console.core import outbox
from console.core.models import Queue
from sandbox.calls import effects, lines
from sandbox.calls.flow.commands import StartStream, StopStream
from sandbox.calls.models import Call
from sandbox.calls.work import Work
from sandbox.streams.models import OPEN, Stream

RUN: Final = "stream.run"
ENDED: Final = "stream.ended"
REASON: Final = "the engine streams its own call"


def register_all() -> None:
    """Tells the engine who carries out the commands about streams."""
    effects.register(StartStream, start)
    effects.register(StopStream, stop)
    effects.when_over(call_over)


def start(work: Work, command: StartStream) -> None:
    """Begins what a Stream element asks for (three queries); never on a platform call."""
    if work.call.platform:
        return
    url = f"{command.callback_url}#{command.settings}" if command.settings else command.callback_url
    stream = begun(
        work.call,
        number=command.stream_id,
        service_url=command.url,
        bidirectional=command.bidirectional,
        track=command.track,
        timeout_seconds=command.timeout_seconds,
        content_type=command.content_type,
        extra_headers=command.extra_headers,
        callback_url=url,
        callback_method=command.callback_method,
    )
    note_start(work, stream)


def begun(call: Call, **values: object) -> Stream:
    """Writes a stream of the call and plans its run (three queries)."""
    stream = Stream(
        account=call.account, subaccount=call.subaccount, call_uuid=call.call_uuid, **values
    )
    stream.save(force_insert=True)
    outbox.enqueue(
        kind=RUN,
        queue=Queue.WEBHOOKS,
        payload={"stream_id": str(stream.stream_id)},
        dedupe_key=f"{RUN}:{stream.stream_id}",
    )
    return stream


def note_start(work: Work, stream: Stream) -> None:
    """Tells the story that a stream was asked for."""
    work.tell(
        lines.stream_asked(
            stream=str(stream.stream_id),
            url=stream.service_url,
            track=stream.track,
            content_type=stream.content_type,
            bidirectional=stream.bidirectional,
        )
    )


def stop(work: Work, command: StopStream) -> None:
    """Asks one stream of the document to end (one query)."""
    mine = Stream.objects.unscoped(REASON).filter(call_uuid=work.call.call_uuid)
    mine.filter(number=command.stream_id, state__in=OPEN).update(stop_asked=True)


def call_over(work: Work) -> None:
    """The call has ended: so do its streams (one query)."""
    mine = Stream.objects.unscoped(REASON).filter(call_uuid=work.call.call_uuid)
    mine.filter(state__in=OPEN).update(stop_asked=True)
