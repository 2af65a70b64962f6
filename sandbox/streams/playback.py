"""What the customer's program sends back: audio, marks in it, and the wish to clear it."""

from __future__ import annotations

import base64
import binascii
import json
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from console.core.telephone_time import scaled
from sandbox.calls import leg_effects
from sandbox.calls.models import Leg
from sandbox.streams.codec import format_of
from sandbox.streams.models import Stream
from sandbox.webhooks.pace import Pace

MOST_SECONDS: Final = 600
MOST_MARKS: Final = 200
_GATHERED: Final = 0.4
"""Seconds without new audio after which what came is one caption."""
_TOGETHER: Final = 5.0
_LONGEST_WISH: Final = 4096
"""Bytes of a message that may be another wish than to play audio."""
_ROWS: Final = 10
"""What a look into the database costs, in messages."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A checkpoint, and when (by the monotonic clock) playback reaches it."""

    name: str
    at: float


class Playback:
    """The audio that waits to be heard; all times are readings of the monotonic clock."""

    def __init__(self, stream: Stream, pace: Pace) -> None:
        self._stream, self._pace = stream, pace
        self._heard_until = 0.0
        self._marks: deque[Mark] = deque()
        self._pending = 0.0
        self._last_came = 0.0
        self._captions = 0

    def take(self, message: str | bytes, *, now: float) -> list[dict[str, Any]]:
        """Takes a message; gives the frames to answer it with.

        What cannot be read is dropped, and so, unread, is audio for which there is no room.
        """
        if self._is_full(now) and len(message) > _LONGEST_WISH:
            return []
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            return []
        if not isinstance(said, dict):
            return []
        event = said.get("event")
        if event == "playAudio":
            self._play(said.get("media"), now)
        elif event == "checkpoint":
            self._mark(str(said.get("name", ""))[:128], now)
        elif event == "clearAudio":
            self._clear(now)
            return [{"event": "clearedAudio", "streamId": str(self._stream.stream_id)}]
        return []

    def reached(self, *, now: float) -> list[dict[str, Any]]:
        """The checkpoints that playback has come to; gathers what came into one caption."""
        if self._pending and (now - self._last_came >= _GATHERED or self._pending >= _TOGETHER):
            self.flush()
        frames = []
        while self._marks and self._marks[0].at <= now:
            name = self._marks.popleft().name
            played = {"event": "playedStream", "streamId": str(self._stream.stream_id)}
            frames.append({**played, "name": name})
        return frames

    def flush(self) -> None:
        """Lets the phone hear what came since the last time (three queries)."""
        if not self._pending:
            return
        seconds, self._pending = self._pending, 0.0
        self._captions += 1
        self._pace.spend(_ROWS)
        leg = Leg.objects.filter(call_uuid=self._stream.call_uuid).first()
        if leg is not None and not leg.is_over:
            key = f"stream-{self._stream.stream_id}-{self._captions}"
            told = f"Audio from your stream, {seconds:.1f} s"
            leg_effects.line_of(leg).play(call_uuid=leg.call_uuid, url=told, key=key)

    def _is_full(self, now: float) -> bool:
        return self._heard_until - now > MOST_SECONDS

    def _play(self, media: Any, now: float) -> None:
        if not isinstance(media, dict) or self._is_full(now):
            return
        try:
            payload = base64.b64decode(str(media.get("payload", "")), validate=True)
        except (binascii.Error, ValueError):
            return
        rate = str(media.get("sampleRate") or 8000)
        kind = format_of(f"{media.get('contentType') or 'audio/x-l16'};rate={rate}")
        seconds = len(payload) / kind.bytes_a_second
        begins = max(now, self._heard_until)
        self._heard_until = begins + scaled(seconds).total_seconds()
        self._pending += seconds
        self._last_came = now

    def _mark(self, name: str, now: float) -> None:
        self.flush()
        if len(self._marks) < MOST_MARKS:
            self._marks.append(Mark(name, max(now, self._heard_until)))

    def _clear(self, now: float) -> None:
        self._pending, self._heard_until = 0.0, now
        self._marks.clear()
        self._pace.spend(_ROWS)
        leg = Leg.objects.filter(call_uuid=self._stream.call_uuid).first()
        if leg is not None and not leg.is_over:
            leg_effects.line_of(leg).stop(call_uuid=leg.call_uuid)
