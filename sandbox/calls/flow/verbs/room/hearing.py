"""What a member hears of the room: who comes and goes, keys, sounds played to all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...commands import Beep, StopPrompt
from ...prompts import sounds_of
from ...rooms import JOINING, LIVE, WAITING, Caption, RoomHeard
from ...values import evolve

if TYPE_CHECKING:
    from ...document import Document
    from ...turn import Turn
    from .run import InRoom

MOST_SOUNDS: Final = 20
_TEXTS: Final = {"entered": "joined", "left": "left"}


def hear(turn: Turn, here: InRoom, event: RoomHeard, document: Document | None) -> InRoom:
    """Let the member hear it; one that waits, is held or deaf hears nothing.

    That the room is recorded is told to all, and what is announced then is heard by one that waits
    as soon as it is in the talk.
    """
    if event.what == "silence":
        return silence(turn, here)
    if event.what == "recorded":
        # No sound: true of a member that waits too, or whose word of being live comes just after.
        turn.note("room_recorded")
        return here
    if event.what == "announced" and here.phase in (JOINING, WAITING):
        return evolve(here, announced=document)
    if here.phase != LIVE or here.deaf:
        return here
    if event.what in _TEXTS:
        turn.note(f"room_heard_{event.what}", who=event.who)
        turn.emit(Caption(f"{event.who} {_TEXTS[event.what]}."))
    elif event.what == "digits":
        turn.note("room_heard_digits", who=event.who, digits=event.digits)
        turn.emit(Caption(event.digits, tone=True))
    elif event.what == "words":
        turn.note("room_heard_words", who=event.who, text=event.text)
        turn.emit(Caption(f"{event.who}: {event.text}"))
    if event.beeps:
        turn.emit(Beep(times=event.beeps))
    return here if document is None else _play(turn, here, document)


def catch_up(turn: Turn, here: InRoom) -> InRoom:
    """Let a member that is in the talk now hear what was announced while it waited."""
    document = here.announced
    if document is None or here.phase != LIVE:
        return here
    here = evolve(here, announced=None)
    return here if here.deaf else _play(turn, here, document)


def silence(turn: Turn, here: InRoom) -> InRoom:
    """Stop the sounds that the room plays."""
    for prompt_id in here.heard:
        turn.emit(StopPrompt(prompt_id))
    return evolve(here, heard=()) if here.heard else here


def tell_phase(turn: Turn, room: str, phase: str, others: int) -> None:
    """Tell the story and the phone in which phase the member is from now on."""
    if phase == LIVE:
        turn.note("room_live", room=room, others=others)
        company = f"with {others} more" if others else "alone"
        turn.emit(Caption(f"You are in {room}, {company}."))
    elif phase == WAITING:
        turn.note("room_waiting", room=room)
        turn.emit(Caption(f"You are waiting for {room} to begin."))
    else:
        turn.note("room_held", room=room)
        turn.emit(Caption("You are on hold."))


def _play(turn: Turn, here: InRoom, document: Document) -> InRoom:
    heard = here.heard
    for sound in sounds_of(turn, document)[:MOST_SOUNDS]:
        if sound.name == "Wait":  # nothing waits for what is played over a talk
            continue
        now = sound.utter(turn, 0)
        if now is not None:
            heard = (*heard, now.prompt_id)
    for prompt_id in heard[:-MOST_SOUNDS]:
        turn.emit(StopPrompt(prompt_id))
    return evolve(here, heard=heard[-MOST_SOUNDS:])
