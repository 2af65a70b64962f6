"""Sentences of the story about recordings and speech."""

from __future__ import annotations

from typing import Final

from sandbox.calls.models import Leg
from sandbox.calls.said import Data, Said, Teller

_REASONS: Final = {
    "FinishedOnKey": "a finish key was pressed",
    "MaxLength": "it has its longest time",
    "Timeout": "it was silent for too long",
    "HangUp": "the call has ended",
    "Stopped": "that was asked for",
    "Transfer": "the call goes elsewhere",
}


def _short(data: Data) -> str:
    return str(data.get("recording", "")).partition("-")[0]


def _recording(data: Data, leg: Leg | None) -> Said:
    channels = "stereo" if data.get("channels") == 2 else "mono"
    more = f"Recording {_short(data)}, {str(data.get('format', '')).upper()}, {channels}"
    if data.get("format") != data.get("asked_format"):
        more += ". MP3 was asked for; no program here writes it, so it will be a WAV file"
    return Said("The recording begins.", "info", "circle-dot", more)


def _recording_waits(data: Data, leg: Leg | None) -> Said:
    more = f"Recording {_short(data)}"
    return Said("A recording begins when a dialled phone answers.", icon="circle-dot", more=more)


def _recording_stopped(data: Data, leg: Leg | None) -> Said:
    why = _REASONS.get(str(data.get("reason")), "it was stopped")
    text = f"The recording ends after {data.get('seconds')} s: {why}."
    return Said(text, "info", "circle-stop", f"Recording {_short(data)}")


def _recording_void(data: Data, leg: Leg | None) -> Said:
    return Said("Nobody was connected, so nothing was recorded.", "warn", "circle-off")


def _speech(data: Data, leg: Leg | None) -> Said:
    return Said(f"Says into the phone: “{data.get('text', '')}”", "info", "mic")


def _collected(data: Data, leg: Leg | None) -> Said:
    what = "words" if data.get("type") == "speech" else "keys"
    return Said(f"The {what} are complete: {data.get('input', '')}", icon="check")


def _billed(data: Data, leg: Leg | None) -> Said:
    return Said(f"Understanding the words costs {data.get('amount')} USD.", icon="coins")


SENTENCES: Final[dict[str, Teller]] = {
    "recording_started": _recording,
    "recording_waits": _recording_waits,
    "recording_stopped": _recording_stopped,
    "recording_void": _recording_void,
    "speech_heard": _speech,
    "input_collected": _collected,
    "speech_billed": _billed,
}
