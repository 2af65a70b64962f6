"""What the story says about rooms; registered when the app is ready."""

from __future__ import annotations

from typing import Final

from sandbox.calls.models import Leg
from sandbox.calls.said import Data, Said, teach

_WHY: Final = {
    "hangup": "It hung up.",
    "transferred": "The call goes on with another document.",
    "star": "The star was pressed.",
    "time_limit": "Its time in the room is over.",
    "wait_over": "It has waited as long as it should.",
    "kicked": "It was removed.",
    "ended": "The room has ended.",
}
_URLS: Final = {
    "wait_sound": "the wait sound",
    "hold_music": "the hold music",
    "enter_sound": "the enter sound",
    "exit_sound": "the exit sound",
    "record_start_sound": "the sound of a recording's begin",
    "record_stop_sound": "the sound of a recording's end",
    "conference": "the room's callback URL",
}


def _room(data: Data) -> str:
    return f"“{data['room']}”" if data.get("room") else "the room"


def _company(data: Data) -> str:
    others = int(data.get("others") or 0)
    if not others:
        return "Nobody else is there."
    return "One more is there." if others == 1 else f"{others} more are there."


def _joined(data: Data, leg: Leg | None) -> Said:
    member = f" as member {data['member']}" if data.get("member") else ""
    return Said(f"Enters {_room(data)}{member}.", "ok", "log-in", _company(data))


def _left(data: Data, leg: Leg | None) -> Said:
    why = _WHY.get(str(data.get("why")), "")
    return Said(f"Leaves {_room(data)}. {why}".strip(), icon="log-out")


def _refused(data: Data, leg: Leg | None) -> Said:
    return Said(f"There is no place left in {_room(data)}.", "warn", "users")


def _waiting(data: Data, leg: Leg | None) -> Said:
    return Said(f"Waits until somebody starts {_room(data)}.", icon="hourglass")


def _live(data: Data, leg: Leg | None) -> Said:
    return Said(f"Talks in {_room(data)}.", "ok", "users", _company(data))


def _held(data: Data, leg: Leg | None) -> Said:
    return Said("Is put on hold.", icon="pause")


def _who(data: Data) -> str:
    return str(data.get("who") or "somebody")


_SENTENCES: Final = {
    "room_joined": _joined,
    "room_left": _left,
    "room_refused": _refused,
    "room_waiting": _waiting,
    "room_live": _live,
    "room_held": _held,
    "room_recorded": lambda data, leg: Said(
        "The room is recorded from now on.", "info", "circle-dot"
    ),
    "room_muted": lambda data, leg: Said("Is muted: the others do not hear it.", icon="mic-off"),
    "room_unmuted": lambda data, leg: Said("Is not muted any more.", icon="mic"),
    "room_deafened": lambda data, leg: Said("Does not hear the others.", icon="ear-off"),
    "room_undeafened": lambda data, leg: Said("Hears the others again.", icon="ear"),
    "room_heard_entered": lambda data, leg: Said(f"Hears {_who(data)} join.", icon="user-plus"),
    "room_heard_left": lambda data, leg: Said(f"Hears {_who(data)} leave.", icon="user-minus"),
    "room_heard_words": lambda data, leg: Said(
        f"Hears {_who(data)} say: “{data.get('text', '')}”", icon="message-square"
    ),
    "room_unheard": lambda data, leg: Said(
        f"Does not hear {_who(data)}: the API lets it hear something else alone.", icon="volume-x"
    ),
    "room_heard_digits": lambda data, leg: Said(
        f"Hears {_who(data)} press {data.get('digits', 'keys')}.", icon="grid-3x3"
    ),
}

teach(_SENTENCES, _URLS)
