"""What a request for outbound calls asks for, read and checked (compat/rest.md, Make a call)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict, TypeVar

from console.applications.callback_urls import clean_url
from console.core.errors import DomainError
from sandbox.calls.flow.detection import Detection
from sandbox.calls.flow.step import KEYS

MOST_DESTINATIONS: Final = 1000
LONGEST_NAME: Final = 50
LONGEST_CALL: Final = 86_400
TALK_SECONDS: Final = 14_400
RING_SECONDS: Final = 120
LONGEST_RING: Final = 3_600
LONGEST_DELAY: Final = 3_600
LONGEST_ADDRESS: Final = 128
_TONES: Final = re.compile(r"([0-9*#wW]{1,48})(@[0-9]{1,5})?")
_HEADER: Final = re.compile(r"([A-Za-z0-9_-]{1,48})=([A-Za-z0-9_.-]{1,128})")
_MOST_HEADERS: Final = 20
_MACHINE: Final = {"": "", "false": "", "true": "continue", "continue": "continue"}
T = TypeVar("T")
Listed = str | int | None


class Asked(TypedDict, total=False):
    """What may be asked for; all of it optional. `ring_timeout`, `time_limit`, `send_digits`
    and `delay_dial` may hold one value for each destination, joined by `<`.
    """

    answer_method: str
    ring_url: str
    ring_method: str
    hangup_url: str
    hangup_method: str
    fallback_url: str
    fallback_method: str
    caller_name: str
    send_digits: Listed
    send_on_preanswer: bool
    time_limit: Listed
    hangup_on_ring: Listed
    ring_timeout: Listed
    machine_detection: str
    machine_detection_time: Listed
    machine_detection_url: str
    machine_detection_method: str
    machine_detection_maximum_speech_length: Listed
    machine_detection_initial_silence: Listed
    machine_detection_maximum_words: Listed
    machine_detection_initial_greeting: Listed
    machine_detection_silence: Listed
    sip_headers: str
    confirm_key: str
    confirm_key_sound_url: str
    confirm_key_sound_method: str
    delay_dial: Listed


@dataclass(frozen=True, slots=True)
class Target:
    """One destination, as it was written, and what is its own; `delay` is seconds of waiting
    before it is dialled.
    """

    to: str
    ring_timeout: int
    time_limit: int
    send_digits: str
    delay: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """A request that can be carried out. Seconds, except where the name says milliseconds."""

    targets: tuple[Target, ...]
    answer_url: str
    answer_method: str
    ring_url: str
    ring_method: str
    hangup_url: str
    hangup_method: str
    fallback_url: str
    fallback_method: str
    caller_name: str
    send_on_preanswer: bool
    hangup_on_ring: int
    machine: str
    detection: Detection
    machine_url: str
    machine_method: str
    sip_headers: dict[str, str] = field(default_factory=dict)
    document: str = ""
    confirm_key: str = ""
    confirm_sound: str = ""
    confirm_method: str = "GET"


def read(*, to: str, answer_url: str, asked: Asked, document: str = "") -> Wishes:
    """The wishes; raises DomainError `invalid_parameter` or `invalid_url` that names the field.

    With a `document` of the platform's own no answer URL is needed.
    """
    answer = clean_url(answer_url, field="answer_url")
    if not answer and not document:
        raise wrong("answer_url", "Say which URL answers the call.")
    method = _method(asked, "answer")
    hangup_url = _url(asked, "hangup_url")
    return Wishes(
        targets=_targets(to, asked),
        answer_url=answer,
        document=document,
        answer_method=method,
        ring_url=_url(asked, "ring_url"),
        ring_method=_method(asked, "ring"),
        # compat/rest.md: without a hangup URL the answer URL is told.
        hangup_url=hangup_url or answer,
        hangup_method=_method(asked, "hangup") if hangup_url else method,
        fallback_url=_url(asked, "fallback_url"),
        fallback_method=_method(asked, "fallback"),
        caller_name=_caller_name(asked),
        send_on_preanswer=bool(asked.get("send_on_preanswer")),
        hangup_on_ring=_number(asked.get("hangup_on_ring"), "hangup_on_ring", -1, 0, LONGEST_RING),
        machine=_machine(asked),
        detection=_detection(asked),
        machine_url=_url(asked, "machine_detection_url"),
        machine_method=_method(asked, "machine_detection"),
        sip_headers=read_headers(asked.get("sip_headers") or ""),
        confirm_key=_key(asked.get("confirm_key") or ""),
        confirm_sound=_url(asked, "confirm_key_sound_url"),
        confirm_method=_method(asked, "confirm_key_sound", "GET"),
    )


def wrong(name: str, why: str) -> DomainError:
    """The refusal of one parameter."""
    return DomainError(f"{name} parameter is invalid: {why}", code="invalid_parameter", field=name)


def read_headers(text: str) -> dict[str, str]:
    """SIP headers `a=1,b=2` as names and values; raises DomainError `invalid_parameter`."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_HEADER.fullmatch(part) for part in parts]
    if len(parts) > _MOST_HEADERS or None in found:
        raise wrong(
            "sip_headers", "Write name=value pairs of letters and digits, separated by commas."
        )
    return {one[1]: one[2] for one in found if one}


def read_tones(text: str, *, name: str = "send_digits") -> str:
    """Tones to send, without the length of each; raises DomainError `invalid_parameter`."""
    if not text:
        return ""
    found = _TONES.fullmatch(text)
    if found is None:
        raise wrong(name, "Use 0 to 9, *, #, w and W.")
    return found[1]


def _targets(to: str, asked: Asked) -> tuple[Target, ...]:
    places = [part.strip() for part in to.split("<")]
    if not to.strip() or not all(0 < len(part) <= LONGEST_ADDRESS for part in places):
        raise wrong("to", "Give one or more numbers or SIP addresses, separated by <.")
    if len(places) > MOST_DESTINATIONS:
        raise wrong("to", f"At most {MOST_DESTINATIONS} destinations go into one request.")
    count = len(places)
    rings = _each(
        asked.get("ring_timeout"),
        "ring_timeout",
        count,
        lambda one: _number(one, "ring_timeout", RING_SECONDS, 0, LONGEST_RING, cut=True),
    )
    limits = _each(
        asked.get("time_limit"),
        "time_limit",
        count,
        lambda one: _number(one, "time_limit", TALK_SECONDS, 1, LONGEST_CALL, cut=True),
    )
    tones = _each(asked.get("send_digits"), "send_digits", count, read_tones)
    delays = _each(
        asked.get("delay_dial"),
        "delay_dial",
        count,
        lambda one: _number(one, "delay_dial", 0, 0, LONGEST_DELAY),
    )
    return tuple(map(Target, places, rings, limits, tones, delays))


def _each(given: Listed, name: str, count: int, read_one: Callable[[str], T]) -> Sequence[T]:
    """One value for each destination: the one that was given, or the list of them."""
    parts = [part.strip() for part in str("" if given is None else given).split("<")]
    if len(parts) == 1:
        return [read_one(parts[0])] * count
    if len(parts) != count:
        raise wrong(name, f"Give one value, or one for each of the {count} destinations.")
    return [read_one(part) for part in parts]


def _number(
    given: Listed, name: str, default: int, low: int, high: int, *, cut: bool = False
) -> int:
    text = str("" if given is None else given).strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise wrong(name, "Write a whole number.")
    number = min(int(text), high) if cut else int(text)
    if not low <= number <= high:
        raise wrong(name, f"Write a number from {low} to {high}.")
    return number


def _detection(asked: Asked) -> Detection:
    knobs: dict[str, Any] = dict(asked)
    figures = {
        name: _number(knobs.get(f"machine_detection_{name}"), f"machine_detection_{name}", *range_)
        for name, range_ in _KNOBS.items()
    }
    return Detection(
        time=figures["time"] / 1000,
        speech=figures["maximum_speech_length"] / 1000,
        initial_silence=figures["initial_silence"] / 1000,
        words=figures["maximum_words"],
        greeting=figures["initial_greeting"] / 1000,
        silence=figures["silence"] / 1000,
    )


# Default, least, most; times are milliseconds.
_KNOBS: Final = {
    "time": (5000, 2000, 10_000),
    "maximum_speech_length": (5000, 1000, 6000),
    "initial_silence": (4500, 2000, 10_000),
    "maximum_words": (3, 2, 10),
    "initial_greeting": (1500, 1000, 5000),
    "silence": (800, 500, 5000),
}


def _machine(asked: Asked) -> str:
    wanted = str(asked.get("machine_detection") or "").strip().lower()
    if wanted == "hangup":
        return wanted
    if wanted not in _MACHINE:
        raise wrong("machine_detection", "Write true or hangup.")
    return _MACHINE[wanted]


def _caller_name(asked: Asked) -> str:
    name = (asked.get("caller_name") or "").strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise wrong("caller_name", f"Write at most {LONGEST_NAME} visible characters.")
    return name


def _url(asked: Asked, name: str) -> str:
    given: dict[str, Any] = dict(asked)
    return clean_url(str(given.get(name) or ""), field=name)


def _key(text: str) -> str:
    if text and (len(text) != 1 or text not in KEYS):
        raise wrong("confirm_key", "Write one of 0 to 9, # and *.")
    return text


def _method(asked: Asked, name: str, default: str = "POST") -> str:
    given: dict[str, Any] = dict(asked)
    method = str(given.get(f"{name}_method") or default).upper()
    if method not in {"GET", "POST"}:
        raise wrong(f"{name}_method", "Write GET or POST.")
    return method
