"""Sentences of calls that we place, and of what is done to living calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sandbox.calls.models import Direction, Leg
from sandbox.calls.said import Data, Said, party, who

_ORIGINS: Final = {
    "api_call": "An API request",
    "test_call": "The test button",
}


_WHY_A_MACHINE: Final = {
    "greeting": "Its greeting is longer than machine_detection_initial_greeting.",
    "words": "It says more words than machine_detection_maximum_words.",
    "speech": "It talks longer in one go than machine_detection_maximum_speech_length.",
}


def _call_asked(data: Data, leg: Leg | None) -> Said:
    who = _ORIGINS.get(str(data.get("origin")), "Somebody")
    text = f"{who} asks for a call from {party(data.get('from'))} to {party(data.get('to'))}."
    return Said(text, icon="phone-outgoing", more="It waits its turn in the account's line.")


def _begins(data: Data, leg: Leg | None) -> Said:
    return Said("The call's turn has come: it is dialled.", icon="phone-forwarded")


def _comes_back(data: Data, leg: Leg | None) -> Said:
    text = f"{party(data.get('to'))} is a number of this account: its application answers."
    return Said(text, icon="corner-down-left")


def _machine(data: Data, leg: Leg | None) -> Said:
    end = "the call ends" if data.get("action") == "hangup" else "the call goes on"
    why = _WHY_A_MACHINE.get(str(data.get("because")), "")
    text = f"An answering machine talks at the other end; {end}."
    return Said(text, "warn", "voicemail", more=why)


def _leg_ended(data: Data, leg: Leg | None) -> Said:
    if leg is None or (leg.is_a and leg.direction == Direction.INBOUND):
        return Said("The caller hangs up.", icon="phone-off")
    if leg.is_a:
        end = "hangs up" if leg.answered_at else "does not take the call"
        return Said(f"{who(leg)} {end}.", icon="phone-off")
    return Said(f"The leg to {who(leg)} has ended.", icon="phone-off")


def _transfer(data: Data, leg: Leg | None) -> Said:
    text = "The API moves the call to another document."
    return Said(text, icon="corner-up-right", more=str(data.get("url", "")))


def _left(data: Data, leg: Leg | None) -> Said:
    text = "The B leg goes its own way: it is a call of its own from here on."
    return Said(text, icon="git-branch")


def _taken(data: Data, leg: Leg | None) -> Said:
    text = "This was the B leg of another call; the API moved it to a document of its own."
    return Said(text, icon="git-branch", more=str(data.get("url", "")))


def _api_sound(data: Data, leg: Leg | None) -> Said:
    if data.get("text"):
        text = f"The API says: “{data['text']}”"
    else:
        text = f"The API plays {data.get('url') or ', '.join(data.get('urls', []))}"
    mix = "" if data.get("mix", True) else "The parties do not hear each other meanwhile."
    return Said(text, icon="volume-2", more=mix)


def _api_silence(data: Data, leg: Leg | None) -> Said:
    return Said(f"What the API {data.get('verb', 'played')} has ended.", icon="volume-x")


def _confirm(data: Data, leg: Leg | None) -> Said:
    text = f"{who(leg)} has to press {data.get('digit', 'a key')} to be connected."
    return Said(text, icon="key-round")


def _ringback(data: Data, leg: Leg | None) -> Said:
    what = "the far end ring" if data.get("style") == "real" else "a ringing tone"
    return Said(f"The caller hears {what} until somebody answers.", icon="bell-ring")


OUTBOUND: Final[dict[str, Callable[[Data, Leg | None], Said]]] = {
    "call_asked": _call_asked,
    "outgoing_call": _begins,
    "phone_rings": lambda data, leg: Said(f"It rings at {who(leg)}.", icon="bell-ring"),
    "comes_back": _comes_back,
    "machine_detected": _machine,
    "confirm_asked": _confirm,
    "ringback": _ringback,
    "leg_ended": _leg_ended,
    "transfer_asked": _transfer,
    "leg_parted": _left,
    "leg_taken": _taken,
    "api_sound": _api_sound,
    "api_silence": _api_silence,
}
"""A sentence for each kind of line."""
