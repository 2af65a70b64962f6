"""What sounded on a leg and when: from what its phone heard and what its call's story tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from sandbox.calls.models import CallEvent, Leg
from sandbox.network.models import CaptionKind, HandsetCaption
from sandbox.recordings.sound import speech, tones
from sandbox.recordings.sound.mix import CALLER, PLATFORM, Placed, place
from sandbox.recordings.sound.tones import RATE, Source

OF_PHONES: Final = {"digits": "digits", "speech_heard": "text", "heard": "what"}
"""Lines of a story that tell of sounds from a phone, and what of them says which."""
_LOOPED: Final = ("said", "played", "api_sound")
_TOLD_LENGTH: Final = re.compile(r", ([0-9.]{1,8}) s\Z")
"""How a caption says how long the audio of a stream is."""
_BRIDGE: Final = "bridge-"
"""Captions that tell a reader who is connected; they are no sound."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """Something that was heard. `loops` 0 goes on until `until`; `seconds` is one repetition."""

    track: int
    at: datetime
    kind: str  # speak, play or tone
    text: str
    language: str = ""
    loops: int = 1
    seconds: float | None = None
    until: datetime | None = None
    markup: str = ""


def of_legs(legs: Sequence[UUID], *, call_uuid: UUID | None, until: datetime) -> Iterator[Sounding]:
    """What the legs' phones heard (the platform's track), and what was said and pressed there.

    With `call_uuid` one leg is recorded: its own keys and words are the caller's track, those of
    the legs it talks with the platform's. In a room all are the caller's. Four queries.
    """
    yield from _from_platform(legs, loops_of(legs), until)
    events = CallEvent.objects.filter(kind__in=OF_PHONES, at__lte=until).order_by("at", "pk")
    others: set[int] = set()
    if call_uuid is not None:
        events = events.filter(call__call_uuid=call_uuid)
        others = set(Leg.objects.filter(call__call_uuid=call_uuid).values_list("child", flat=True))
        others -= {0}
    else:
        events = events.filter(call__legs__call_uuid__in=legs).distinct()
    for event in events.iterator():
        if event.child in others and event.data.get("unheard"):
            continue
        yield Sounding(
            track=PLATFORM if event.child in others else CALLER,
            at=event.at,
            kind=kind_of(event),
            text=str(event.data.get(OF_PHONES[event.kind], "")),
        )


def kind_of(event: CallEvent) -> CaptionKind:
    """What sounds when a line of `OF_PHONES` is told."""
    return CaptionKind.SPEAK if event.kind == "speech_heard" else CaptionKind.TONE


def own_side(soundings: Iterator[Sounding]) -> Iterator[Sounding]:
    """What the caller's side alone brought: words and keys, and nothing that was heard."""
    return (one for one in soundings if one.track == CALLER)


Manner = tuple[int, float | None, str]
"""How often, how long once, and as which SSML."""


def loops_of(legs: Sequence[UUID]) -> dict[str, Manner]:
    """How often a text or a file was to be heard, how long a file is, and a text's SSML."""
    lines = CallEvent.objects.filter(kind__in=_LOOPED, call__legs__call_uuid__in=legs)
    found: dict[str, Manner] = {}
    for kind, data in lines.order_by("pk").values_list("kind", "data").iterator():
        loop = int(data.get("loop", 1)) if kind != "api_sound" else int(not data.get("loop"))
        name = str(data.get("text") or data.get("url"))
        if kind != "api_sound" or "text" in data:
            found[name] = loop, data.get("seconds"), str(data.get("ssml", ""))
    return found


def _from_platform(
    legs: Sequence[UUID], looped: dict[str, Manner], until: datetime
) -> Iterator[Sounding]:
    heard = HandsetCaption.objects.filter(call_id__in=legs, at__lte=until, mine=False)
    captions = heard.filter(sealed=None)
    before: dict[UUID, Sounding] = {}
    for row in captions.exclude(key__startswith=_BRIDGE).order_by("id").iterator():
        loops, seconds, markup = looped.get(row.text, (1, None, ""))
        said = (row.kind, row.text, row.language)
        now = Sounding(PLATFORM, row.at, *said, loops, seconds, row.stopped_at, markup)
        # One prompt after the other: what comes next ends what went before.
        last = before.pop(row.call_id, None)
        if last is not None:
            yield last if last.until else replace(last, until=row.at)
        if row.kind == CaptionKind.TONE and row.text != "ringing":
            yield now
        else:
            before[row.call_id] = now
    yield from before.values()


def placed(
    soundings: Iterator[Sounding], *, start: datetime, length: int, folder: Path
) -> list[Placed]:
    """The soundings as sources on their tracks, counted in samples of telephone time."""
    made = []
    for number, one in enumerate(soundings):
        at = _samples(one.at, start)
        until = min(length, _samples(one.until, start)) if one.until else length
        if until <= 0 or at >= length:
            continue
        found = place(
            source_of(one, folder=folder, name=str(number)), track=one.track, start=at, until=until
        )
        if found.end > 0:
            made.append(found)
    return made


def source_of(one: Sounding, *, folder: Path, name: str) -> Source:
    """The sound of it; speech is put into a file in `folder` where a program can speak."""
    if one.kind == CaptionKind.SPEAK:
        return speech.speak(
            one.text,
            language=one.language,
            loops=one.loops,
            folder=folder,
            name=name,
            markup=one.markup,
        )
    if one.kind == CaptionKind.PLAY:
        told = _TOLD_LENGTH.search(one.text)
        seconds = one.seconds or (float(told[1]) if told else 1.0)
        return tones.music(seconds * one.loops if one.loops else None)
    if one.text == "ringing":
        return tones.ringing()
    return tones.beep() if one.text == "beep" else tones.keys(one.text)


def _samples(moment: datetime, start: datetime) -> int:
    return round((moment - start).total_seconds() * settings.TIME_SCALE * RATE)
