"""Streams as the flow, the API and the worker ask for them."""

from __future__ import annotations

import time
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.core import clock, outbox
from console.core.errors import DomainError, NotFound
from console.core.models import Queue
from sandbox.calls import params
from sandbox.calls.models import Call, CallPhase
from sandbox.calls.services import get_call
from sandbox.calls.work import Stale, Work, lock
from sandbox.streams import live
from sandbox.streams.models import OPEN, Stream, StreamState, Track
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify
from sandbox.webhooks.targets import TargetError
from sandbox.webhooks.websocket import parse_websocket

LONGEST_SECONDS: Final = 86_400
LONGEST_HEADERS: Final = 512
DEFAULT_CONTENT: Final = "audio/x-l16;rate=8000"
CONTENT_TYPES: Final = (DEFAULT_CONTENT, "audio/x-l16;rate=16000", "audio/x-mulaw;rate=8000")
MOST_AT_ONCE: Final = 20
"""Living streams of one account, as many as requests to its servers (SSRF-07)."""
_EVENTS: Final = {
    StreamState.LIVE: "started",
    StreamState.COMPLETED: "stopped",
    StreamState.FAILED: "failed",
}


def start_stream(
    *,
    account: Account,
    call_uuid: UUID,
    service_url: str,
    subaccount: Subaccount | None = None,
    bidirectional: bool = False,
    track: str = Track.INBOUND,
    timeout_seconds: int = LONGEST_SECONDS,
    content_type: str = DEFAULT_CONTENT,
    extra_headers: str = "",
    callback_url: str = "",
    callback_method: str = "POST",
) -> Stream:
    """Sends a living call's sound to a WebSocket from now on (about eight queries).

    It ends after `timeout_seconds` of telephone time, when the server closes it, and with the
    call. Raises NotFound for a call that is not the account's, or not answered and living;
    DomainError `invalid_url`, `invalid_parameter` or `too_many`.
    """
    _require_sound(service_url, bidirectional, track, content_type, extra_headers)
    get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.phase != CallPhase.LIVE:
            raise NotFound
        if crowded(account):
            raise DomainError(
                f"{MOST_AT_ONCE} streams are running; stop one first.", code="too_many", status=409
            )
        work = Work(call, at=clock.now())
        stream = live.begun(
            call,
            service_url=service_url,
            bidirectional=bidirectional,
            track=track,
            timeout_seconds=min(max(1, timeout_seconds), LONGEST_SECONDS),
            content_type=content_type,
            extra_headers=extra_headers,
            callback_url=callback_url,
            callback_method=callback_method,
        )
        live.note_start(work, stream)
        work.save()
    return stream


def _require_sound(
    service_url: str, bidirectional: bool, track: str, content_type: str, extra_headers: str
) -> None:
    try:
        parse_websocket(service_url)
    except TargetError as error:
        raise DomainError(str(error), code="invalid_url", field="service_url") from error
    wrong = (
        (content_type not in CONTENT_TYPES, "content_type", "This kind of sound is not sent."),
        (track not in Track.values, "audio_track", "The track is inbound, outbound or both."),
        (
            bidirectional and track != Track.INBOUND,
            "audio_track",
            "A bidirectional stream sends the inbound track.",
        ),
        (
            len(extra_headers.encode()) > LONGEST_HEADERS,
            "extra_headers",
            f"The extra headers have more than {LONGEST_HEADERS} bytes.",
        ),
    )
    for is_wrong, field, sentence in wrong:
        if is_wrong:
            raise DomainError(sentence, code="invalid_parameter", field=field)


def crowded(account: Account) -> bool:
    """Whether the account has as many streams as it may (one query)."""
    living = Stream.objects.for_account(account).filter(state__in=OPEN)
    return living.count() >= MOST_AT_ONCE


def streams_of(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> list[Stream]:
    """The streams of a call, newest first, at most 100 (two queries). Raises NotFound."""
    get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    mine = Stream.objects.for_account(account).filter(call_uuid=call_uuid)
    return list(mine.order_by("-created_at", "-stream_id")[:100])


def get_stream(
    *, account: Account, call_uuid: UUID, stream_id: UUID, subaccount: Subaccount | None = None
) -> Stream:
    """One stream of a call (one query). Raises NotFound for anyone else's."""
    mine = Stream.objects.for_account(account, subaccount).filter(call_uuid=call_uuid)
    found = mine.filter(pk=stream_id).first()
    if found is None:
        raise NotFound
    return found


def stop_streams(
    *,
    account: Account,
    call_uuid: UUID,
    stream_id: UUID | None = None,
    subaccount: Subaccount | None = None,
) -> int:
    """Asks the streams of a call, or one of them, to end; gives how many (two queries).

    The worker ends them within a second. Raises NotFound.
    """
    get_call(account=account, call_uuid=call_uuid, subaccount=subaccount)
    mine = Stream.objects.for_account(account).filter(call_uuid=call_uuid)
    if stream_id is not None:
        mine = mine.filter(pk=stream_id)
        if not mine.exists():
            raise NotFound
    return mine.filter(state__in=OPEN).update(stop_asked=True)


# The worker's side


def went_live(stream: Stream) -> bool:
    """The socket is open; the callback URL is told (four queries). False when it is over."""
    with transaction.atomic():
        open_ = Stream.objects.unscoped(live.REASON).filter(pk=stream.pk)
        now = clock.now()
        waiting = open_.filter(state=StreamState.INITIATED)
        if not waiting.update(state=StreamState.LIVE, started_at=now, beat_at=now):
            return False
        stream.state, stream.started_at = StreamState.LIVE, now
        _tell(stream, "")
    _note(stream, "stream_live", url=stream.service_url)
    return True


def finish(stream: Stream, *, state: StreamState, reason: str, sentence: str = "") -> bool:
    """Ends a stream once: row, status callback, and the call that waits for it; both or neither."""
    with transaction.atomic():
        living = Stream.objects.unscoped(live.REASON).filter(pk=stream.pk, state__in=OPEN)
        stream.ended_at = clock.now()
        stream.state, stream.reason, stream.sentence = state, reason[:24], sentence[:300]
        if not living.update(
            state=state, reason=stream.reason, sentence=stream.sentence, ended_at=stream.ended_at
        ):
            return False
        _tell(stream, reason)
        if stream.number:
            outbox.enqueue(
                kind=live.ENDED,
                queue=Queue.CALLS,
                payload={
                    "call_uuid": str(stream.call_uuid),
                    "number": stream.number,
                    "reason": stream.reason,
                },
                dedupe_key=f"{live.ENDED}:{stream.pk}",
            )
    failed = state == StreamState.FAILED
    _note(stream, "stream_over", failed=failed, seconds=stream.seconds, sentence=sentence)
    return True


def _tell(stream: Stream, reason: str) -> None:
    if not stream.callback_url:
        return
    calls = Call.objects.unscoped(live.REASON).select_related("account", "subaccount")
    call = calls.filter(call_uuid=stream.call_uuid).first()
    leg = call.legs.filter(child=0).first() if call else None
    if call is None or leg is None:
        return
    event = _EVENTS[StreamState(stream.state)]
    status = "completed" if call.is_over else "in-progress"
    told = params.standard(call, leg, event=event, status=status)
    told |= {
        "StreamID": str(stream.stream_id),
        "Timestamp": clock.zulu(clock.now()),
        "ServiceURL": stream.service_url,
    }
    if reason:
        told["StatusReason"] = reason
    if stream.state == StreamState.COMPLETED:
        told["Duration"] = str(stream.seconds)
    notify(
        account=call.account,
        subaccount=call.subaccount,
        url=stream.callback_url,
        method=stream.callback_method,
        params=told,
        purpose=Purpose.STREAM,
        call_uuid=call.call_uuid,
        application=call.app_id,
        dedupe_key=f"stream:{stream.stream_id}:{event}",
    )


def _note(stream: Stream, kind: str, **data: Any) -> None:
    """A line of the story; left out when the call is over or keeps others busy."""
    for _ in range(3):
        try:
            with transaction.atomic():
                call = lock(stream.call_uuid)
                if call is None or call.is_over:
                    return
                work = Work(call, at=clock.now())
                work.note(kind, stream=str(stream.stream_id), **data)
                work.save()
            return
        except Stale:
            time.sleep(0.02)
