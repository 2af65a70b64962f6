"""What the API lets legs hear beside the document: a text, or sound files in turn.

The document never waits for these. One of each kind sounds at a time; it stands in the call's row
as `{number, legs, mix, …}`, and outbox rows that come for one that is gone find nothing to do.
While one sounds with `mix` false its legs hear nobody else (`Work.hears_others`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from console.core import clock
from console.core.models import Queue
from sandbox.calls import audio, engine, leg_effects
from sandbox.calls.flow.errors import FlowXmlError
from sandbox.calls.flow.parse import parse
from sandbox.calls.flow.ssml import SECONDS_PER_CHARACTER
from sandbox.calls.flow.verbs.speak import SpeakElement
from sandbox.calls.models import Call, CallPhase
from sandbox.calls.wishes import wrong
from sandbox.calls.work import OVERLAY, REASON, Work

PLAY: Final = "play"
SPEAK: Final = "speak"
_SPEAK: Final = re.compile(r"<speak(?:\s[^<>]*)?>(.*)</speak>", re.DOTALL)
_ANY_VOICE: Final = "Polly.Joanna"
_WORDS: Final = {PLAY: "plays", SPEAK: "says"}


@dataclass(frozen=True, slots=True)
class Saying:
    """A text, the seconds that its SSML makes it longer by, and that SSML."""

    text: str
    longer: float = 0.0
    markup: str = ""


def read_ssml(text: str) -> Saying:
    """The words and pauses of SSML, within `<speak>` or without; DomainError `invalid_parameter`.

    Read as the content of a Speak, so that the same elements and limits hold.
    """
    whole = _SPEAK.fullmatch(text.strip())
    bare = whole[1] if whole else text
    try:
        found = parse(f'<Response><Speak voice="{_ANY_VOICE}">{bare}</Speak></Response>'.encode())
    except FlowXmlError as error:
        raise wrong("text", f"This is no SSML that can be said: {error}") from error
    (said, *others) = found.elements
    if others or not isinstance(said, SpeakElement) or not said.text:
        raise wrong("text", "Write SSML with something to say.")
    return Saying(said.text, said.pause_seconds, said.markup)


def speak(
    work: Work,
    legs: Sequence[int],
    saying: Saying,
    *,
    voice: str,
    language: str,
    loop: bool,
    mix: bool,
) -> None:
    """Says a text on the legs, until its end or, with `loop`, until it is stopped."""
    number = _begin(work, SPEAK, legs, mix=mix)
    for child in legs:
        leg = work.legs[child]
        leg_effects.line_of(leg).speak(
            call_uuid=leg.call_uuid, text=saying.text, key=f"api-speak-{number}", language=language
        )
        said: dict[str, Any] = {
            "text": saying.text,
            "voice": voice,
            "language": language,
            "loop": loop,
            "mix": mix,
        }
        if saying.markup:
            said["ssml"] = saying.markup
        work.note("api_sound", child=child, **said)
    if not loop:
        seconds = len(saying.text) * SECONDS_PER_CHARACTER + saying.longer
        work.later(OVERLAY, f"o{number}-end", seconds=seconds, verb=SPEAK, number=number)


def play(
    work: Work, legs: Sequence[int], *, urls: Sequence[str], length: int, loop: bool, mix: bool
) -> None:
    """Asks for the first file; the legs hear each as it comes. `length` 0: to the end."""
    number = _begin(work, PLAY, legs, urls=list(urls), loop=loop, mix=mix)
    for child in legs:
        work.note("api_sound", child=child, urls=list(urls), loop=loop, mix=mix)
    if length:
        work.later(OVERLAY, f"o{number}-end", seconds=length, verb=PLAY, number=number)
    _ask(work, number, 0)


def stop(work: Work, verb: str) -> bool:
    """Ends what sounds now; False when nothing does. The caller writes the call."""
    found = work.overlays.pop(verb, None)
    if found is None:
        return False
    for name in [name for name in work.due if name.startswith(f"o{found['number']}-")]:
        work.reported(name)
    for child in found["legs"]:
        leg = work.legs.get(child)
        if leg is not None and not leg.is_over:
            line = leg_effects.line_of(leg)
            line.stop(call_uuid=leg.call_uuid, prefix=f"api-{verb}-{found['number']}")
    work.note("api_silence", verb=_WORDS[verb])
    return True


def carry_on(call_uuid: UUID, payload: dict[str, Any]) -> None:
    """An outbox row has come: the end of a text or of the time, or the next file. May run twice."""
    number = payload["number"]
    if "index" in payload:
        _next_file(call_uuid, number, payload["index"])
        return

    def end(work: Work) -> bool:
        if not _sounds(work, payload["verb"], number):
            return False
        stop(work, payload["verb"])
        work.save()
        return True

    engine.change(call_uuid, end)


def _begin(work: Work, verb: str, legs: Sequence[int], **more: Any) -> int:
    stop(work, verb)
    number = work.call.last_seq + 1
    work.overlays[verb] = {"number": number, "legs": list(legs), **more}
    return number


def _ask(work: Work, number: int, index: int, *, seconds: float = 0) -> None:
    name = f"o{number}-{index}"
    work.later(OVERLAY, name, seconds=seconds, queue=Queue.WEBHOOKS, number=number, index=index)


def _sounds(work: Work, verb: str, number: int) -> bool:
    return bool(work.overlays.get(verb, {}).get("number") == number)


def _next_file(call_uuid: UUID, number: int, index: int) -> None:
    calls = Call.objects.unscoped(REASON).select_related("account", "subaccount")
    call = calls.filter(call_uuid=call_uuid).exclude(phase=CallPhase.ENDED).first()
    if call is None:
        return
    before = Work(call, at=clock.now())
    if not _sounds(before, PLAY, number):
        return
    urls = before.overlays[PLAY]["urls"]
    seconds, fault = 0.0, ""
    if index < len(urls):
        give_up_at = before.now + audio.PATIENCE
        name = f"api-{number}-{index}"
        seconds, fault = audio.get(call, urls[index], name=name, give_up_at=give_up_at)

    def go_on(work: Work) -> bool:
        if not _sounds(work, PLAY, number) or f"o{number}-{index}" not in work.due:
            return False
        work.reported(f"o{number}-{index}")
        if index < len(urls):
            _hear(work, number, index, seconds, fault)
        elif not work.overlays[PLAY]["loop"]:
            stop(work, PLAY)
        work.save()
        return True

    engine.change(call_uuid, go_on)


def _hear(work: Work, number: int, index: int, seconds: float, fault: str) -> None:
    found = work.overlays[PLAY]
    url = found["urls"][index]
    for child in found["legs"]:
        leg = work.legs.get(child)
        if leg is None or leg.is_over:
            continue
        if fault:
            work.note("audio_failed", child=child, reason=fault, url=url)
            continue
        leg_effects.line_of(leg).play(
            call_uuid=leg.call_uuid, url=url, key=f"api-play-{number}-{index}"
        )
        work.note("played", child=child, url=url, seconds=round(seconds, 1))
    _ask(work, number, index + 1, seconds=seconds)
