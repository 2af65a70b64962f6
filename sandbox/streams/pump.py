"""The worker's part of a stream: one WebSocket, sound out in frames of 20 ms, audio back in."""

from __future__ import annotations

import base64
import json
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.frames import CloseCode
from websockets.sync.client import ClientConnection

from console.accounts.services.tokens import signing_tokens
from console.core import clock, randomness
from sandbox.calls.models import Call
from sandbox.recordings.sound.mix import CALLER, PLATFORM
from sandbox.recordings.sound.tones import RATE
from sandbox.streams import live, services
from sandbox.streams.codec import format_of
from sandbox.streams.feed import Feed, telephone_samples
from sandbox.streams.models import OPEN, Stream, StreamState, Track
from sandbox.streams.playback import Playback
from sandbox.webhooks import services as webhooks
from sandbox.webhooks.answers import TryFailedError
from sandbox.webhooks.config import current_policy
from sandbox.webhooks.pace import Pace
from sandbox.webhooks.signatures import NONCE_DIGITS, signature_headers
from sandbox.webhooks.targets import TargetError
from sandbox.webhooks.websocket import (
    MOST_BYTES,
    open_websocket,
    parse_websocket,
    websocket_url,
)

log = structlog.get_logger(__name__)
FRAME: Final = RATE // 50
"""Samples in a frame: 20 ms."""
LOOK_EVERY: Final = 0.25
BEAT_EVERY: Final = timedelta(seconds=5)
_MOST_LATE: Final = RATE * 5
MESSAGES_A_SECOND: Final = 100
"""Messages of up to 8 KiB that are taken in a second: twice what a line of 20 ms frames needs."""
MOST_MESSAGES: Final = 3000
"""Messages that are taken at once: a minute of such frames."""
_A_MESSAGE: Final = 8192
_FAULTS: Final[dict[int, str]] = {
    CloseCode.MESSAGE_TOO_BIG: f"Your server sent a message of over {MOST_BYTES // 1024} KiB.",
    CloseCode.POLICY_VIOLATION: "Your server sent too many pings, so we closed the connection.",
}
"""Why we closed, by the code that we sent."""
_TRACKS: Final = {
    Track.INBOUND: (("inbound", CALLER),),
    Track.OUTBOUND: (("outbound", PLATFORM),),
    Track.BOTH: (("inbound", CALLER), ("outbound", PLATFORM)),
}


def run(stream_id: UUID, *, between: Callable[[], None] | None = None) -> None:
    """Carries a stream from its connection to its end, whatever that is.

    Blocks for as long as the stream lasts. `between` is called each time the rows were looked at;
    it is where tests let the call go on.
    """
    streams = Stream.objects.unscoped(live.REASON).select_related("account", "subaccount")
    stream = streams.filter(pk=stream_id).first()
    if stream is None or not _claim(stream):
        return
    state, reason, sentence = StreamState.FAILED, "internal_error", "Something broke on our side."
    try:
        state, reason, sentence = _carry(stream, between)
    except Exception:
        log.exception("stream_broke", stream=str(stream_id))
    finally:
        services.finish(stream, state=state, reason=reason, sentence=sentence)


def _claim(stream: Stream) -> bool:
    free = Stream.objects.unscoped(live.REASON).filter(pk=stream.pk, claimed=False)
    return bool(free.filter(state__in=OPEN).update(claimed=True, beat_at=clock.now()))


def _carry(stream: Stream, between: Callable[[], None] | None) -> tuple[StreamState, str, str]:
    if stream.stop_asked:
        return StreamState.COMPLETED, "completed", "It was stopped before it was connected."
    others = Stream.objects.for_account(stream.account).filter(state=StreamState.LIVE)
    if others.count() >= services.MOST_AT_ONCE:
        return StreamState.FAILED, "too_many_streams", "Too many streams are running already."
    try:
        socket = _connect(stream)
    except (TryFailedError, TargetError) as error:
        return StreamState.FAILED, "connection_failed", str(error)
    with socket, tempfile.TemporaryDirectory() as folder:
        if not services.went_live(stream):
            return StreamState.FAILED, "internal_error", "It had ended before."
        return _Pump(stream, socket, Path(folder), between).run()


def _connect(stream: Stream) -> ClientConnection:
    target = parse_websocket(stream.service_url)
    tokens = signing_tokens(stream.account, stream.subaccount)
    headers = signature_headers(
        method="GET",
        url=websocket_url(target),
        params={},
        nonce=randomness.digits(NONCE_DIGITS),
        tokens=tuple(tokens.own),
        main_tokens=tuple(tokens.main),
    )
    lend_connection()
    return open_websocket(
        target,
        policy=current_policy(),
        headers=headers,
        resolver=webhooks.resolver,
        owner=stream.account.auth_id,
    )


def lend_connection() -> None:
    """Gives the database connection back to the pool; a stream may last for a day."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


class _Pump:
    """One open stream."""

    def __init__(
        self,
        stream: Stream,
        socket: ClientConnection,
        folder: Path,
        between: Callable[[], None] | None,
    ) -> None:
        self.stream, self.socket, self.between = stream, socket, between
        self.feed = Feed(stream, folder)
        self.pace = Pace(
            a_second=MESSAGES_A_SECOND * max(1.0, settings.TIME_SCALE), most=MOST_MESSAGES
        )
        self.playback = Playback(stream, self.pace)
        self.format = format_of(stream.content_type)
        self.tracks = _TRACKS[Track(stream.track)]
        self.began = time.monotonic()
        self.began_ms = round(clock.now().timestamp() * 1000)
        self.looked = 0.0
        self.beat = stream.beat_at
        self.sequence = self.chunk = 0

    def run(self) -> tuple[StreamState, str, str]:
        """Until somebody ends it: state, StatusReason and a sentence."""
        try:
            self._send(**self._start())
            while True:
                over = self._look()
                if over:
                    self.playback.flush()
                    return StreamState.COMPLETED, *over
                self._send_due()
                self._receive()
        except ConnectionClosedOK:
            self.playback.flush()
            return StreamState.COMPLETED, "completed", "Your server closed it."
        except (ConnectionClosed, OSError) as error:
            return StreamState.FAILED, "connection_lost", _fault(error)

    def _start(self) -> dict[str, Any]:
        shape = {"encoding": self.format.encoding, "sampleRate": self.format.rate}
        return {
            "event": "start",
            "start": {
                "callId": str(self.stream.call_uuid),
                "streamId": str(self.stream.stream_id),
                "accountId": self.stream.account.auth_id,
                "tracks": [name for name, _ in self.tracks],
                "mediaFormat": shape,
            },
            "extra_headers": self.stream.extra_headers,
        }

    def _look(self) -> tuple[str, str] | None:
        """Every quarter of a second: what is new on the line, and whether it is over."""
        now = time.monotonic()
        if now - self.looked < LOOK_EVERY:
            return None
        self.looked = now
        if self.between is not None:
            self.between()
        for digit in self.feed.refresh():
            self._send_digit(digit)
        over = self._over(now)
        for frame in self.playback.reached(now=now):
            self._send(**frame)
        lend_connection()
        return over

    def _over(self, now: float) -> tuple[str, str] | None:
        mine = Stream.objects.unscoped(live.REASON).filter(pk=self.stream.pk)
        if clock.now() - self.beat >= BEAT_EVERY:
            self.beat = clock.now()
            mine.update(beat_at=self.beat)
        row = mine.values_list("stop_asked", "state").first()
        if row is None or row[1] not in OPEN:
            return "completed", "It was ended elsewhere."
        if row[0]:
            calls = Call.objects.unscoped(live.REASON).filter(call_uuid=self.stream.call_uuid)
            ended = calls.filter(ended_at__isnull=False).exists()
            return "completed", "The call has ended." if ended else "It was stopped."
        if (now - self.began) * settings.TIME_SCALE >= self.stream.timeout_seconds:
            return "timeout", "Its time was over."
        return None

    def _send_due(self) -> None:
        """The frames of the time that has passed; a line that lags far behind skips."""
        due = telephone_samples(time.monotonic() - self.began)
        if due - self.feed.position > _MOST_LATE:
            self.feed.advance((due - self.feed.position) // FRAME * FRAME)
        while self.feed.position + FRAME <= due:
            self.chunk += 1
            for name, track in self.tracks:
                sound = self.format.encode(self.feed.frame(track, FRAME))
                media = {
                    "track": name,
                    "timestamp": self._timestamp(),
                    "chunk": self.chunk,
                    "payload": base64.b64encode(sound).decode(),
                }
                self._send(event="media", media=media, **self._common())
            self.feed.advance(FRAME)

    def _send_digit(self, digit: str) -> None:
        if digit in "0123456789*#":
            told = {"track": "inbound", "digit": digit, "timestamp": self._timestamp()}
            self._send(event="dtmf", dtmf=told, **self._common())

    def _common(self) -> dict[str, str]:
        return {
            "streamId": str(self.stream.stream_id),
            "extra_headers": self.stream.extra_headers,
        }

    def _timestamp(self) -> str:
        return str(self.began_ms + self.feed.position * 1000 // RATE)

    def _send(self, **frame: Any) -> None:
        self.sequence += 1
        self.socket.send(json.dumps({"sequenceNumber": self.sequence, **frame}))

    def _receive(self) -> None:
        """Waits for a message until the next frame is due; too many wait at the peer."""
        wait = max(0.002, 0.02 / settings.TIME_SCALE)
        if not self.pace.has_room(time.monotonic()):
            time.sleep(wait)
            return
        try:
            message = self.socket.recv(timeout=wait)
        except TimeoutError:
            return
        self.pace.spend(1 + len(message) // _A_MESSAGE)
        if self.stream.bidirectional:
            for frame in self.playback.take(message, now=time.monotonic()):
                self._send(**frame)


def _fault(error: ConnectionClosed | OSError) -> str:
    sent = error.sent if isinstance(error, ConnectionClosed) else None
    broke = "The connection to your server broke."
    return _FAULTS.get(sent.code, broke) if sent else broke
