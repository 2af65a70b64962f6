"""What sounds on a line now: read from the rows again and again, given out frame by frame."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from sandbox.calls.models import CallEvent
from sandbox.network.models import CaptionKind, HandsetCaption
from sandbox.recordings import timeline
from sandbox.recordings.sound.mix import CALLER, PLATFORM, Placed, place, samples_of
from sandbox.recordings.sound.tones import RATE
from sandbox.streams.models import Stream

_FOR_EVER: Final = RATE * 86_400 * 2
_UNHEARD: Final = ("bridge-", "stream-")
"""Captions that are no sound of the line, or that the stream itself has brought."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A caption that sounds; it may still be cut short."""

    row_id: int
    sound: Placed


class Feed:
    """The sound of a call's own leg from now on. `position` counts samples of telephone time."""

    def __init__(self, stream: Stream, folder: Path) -> None:
        self._stream, self._folder = stream, folder
        self.position = 0
        self._sounds: list[Placed] = []
        self._current: _Heard | None = None
        self._last_caption = self._newest_caption()
        self._last_event = self._newest_event()
        self._names = 0

    def refresh(self) -> str:
        """Takes up what is new on the line; gives the keys pressed since (two queries)."""
        self._sounds = [one for one in self._sounds if one.end > self.position]
        self._read_captions()
        return self._read_events()

    def frame(self, track: int, count: int) -> array[int]:
        """The next `count` samples of a track; `advance` goes on."""
        own = [one for one in self._sounds if one.track == track]
        if self._current is not None and track == PLATFORM:
            own.append(self._current.sound)
        return samples_of(own, self.position, count)

    def advance(self, count: int) -> None:
        """So many samples were given out."""
        self.position += count

    def _newest_caption(self) -> int:
        mine = HandsetCaption.objects.filter(call_id=self._stream.call_uuid)
        return mine.order_by("-id").values_list("id", flat=True).first() or 0

    def _newest_event(self) -> int:
        mine = CallEvent.objects.filter(call__call_uuid=self._stream.call_uuid)
        return mine.order_by("-seq").values_list("seq", flat=True).first() or 0

    def _read_captions(self) -> None:
        current = self._current
        since = current.row_id if current is not None else self._last_caption + 1
        heard = HandsetCaption.objects.filter(call_id=self._stream.call_uuid, mine=False)
        rows = heard.filter(sealed=None)
        for row in rows.filter(id__gte=since).order_by("id"):
            if current is not None and row.id == current.row_id:
                if row.stopped_at is not None:
                    self._current = None
                continue
            self._last_caption = row.id
            if not row.key.startswith(_UNHEARD) and row.stopped_at is None:
                self._hear(row)

    def _hear(self, row: HandsetCaption) -> None:
        manners = timeline.loops_of([self._stream.call_uuid])
        loops, seconds, markup = manners.get(row.text, (1, None, ""))
        said = (row.kind, row.text, row.language)
        sounding = timeline.Sounding(PLATFORM, row.at, *said, loops, seconds, markup=markup)
        sound = self._placed(sounding)
        if row.kind == CaptionKind.TONE and row.text != "ringing":
            self._sounds.append(sound)
        else:
            self._current = _Heard(row.id, sound)

    def _read_events(self) -> str:
        pressed = ""
        rows = CallEvent.objects.filter(
            call__call_uuid=self._stream.call_uuid,
            kind__in=timeline.OF_PHONES,
            seq__gt=self._last_event,
        )
        for event in rows.order_by("seq"):
            self._last_event = event.seq
            text = str(event.data.get(timeline.OF_PHONES[event.kind], ""))
            if event.kind == "digits" and not event.child:
                pressed += text
            if event.child and event.data.get("unheard"):
                continue
            track = PLATFORM if event.child else CALLER
            kind = timeline.kind_of(event)
            self._sounds.append(self._placed(timeline.Sounding(track, event.at, kind, text)))
        return pressed

    def _placed(self, sounding: timeline.Sounding) -> Placed:
        self._names += 1
        source = timeline.source_of(sounding, folder=self._folder, name=f"s{self._names}")
        return place(source, track=sounding.track, start=self.position, until=_FOR_EVER)


def telephone_samples(seconds: float) -> int:
    """Samples of telephone time in so many seconds of the clock."""
    return int(seconds * settings.TIME_SCALE * RATE)
