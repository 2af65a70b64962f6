"""The story in plain sentences: one function a kind of line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sandbox.calls.models import Leg
from sandbox.calls.said import MORE_SENTENCES, MORE_URL_WORDS, Data, Said, party, who
from sandbox.calls.said_outbound import OUTBOUND

# Causes that are no fault of anybody's.
FINE: Final = frozenset({1000, 3000, 3010, 3020, 4000, 4010, 4020, 4030, 6000, 6010, 9000})

_UNHEARD: Final = "The other end does not hear it: the API lets it hear something else alone."
_URL_WORDS: Final = {
    "answer": "the answer URL",
    "fallback": "the fallback URL",
    "action": "the action URL",
    "redirect": "the redirect URL",
    "transfer": "the transfer URL",
    "confirm_sound": "the confirm sound",
    "dial_music": "the dial music",
    "ring": "the ring URL",
    "machine": "the machine detection URL",
    "hangup": "the hangup URL",
    "dial": "the Dial's callback URL",
    "sound": "a sound document",
}
_SOURCES: Final = {
    "Caller": "the caller",
    "Callee": "the call recipient",
    "Plivo": "the platform",
    "Carrier": "the carrier",
    "API Request": "an API request",
    "Answer XML": "the XML",
    "Error": "an error",
}


def url_words(purpose: object) -> str:
    """`the answer URL` for `answer`."""
    known = _URL_WORDS.get(str(purpose)) or MORE_URL_WORDS.get(str(purpose))
    return known or f"the {purpose} URL"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def source_words(source: object) -> str:
    """Who ended a leg: `the caller`."""
    return _SOURCES.get(str(source), "somebody unknown")


def _started(data: Data, leg: Leg | None) -> Said:
    name = data.get("application")
    more = f"Application {name}" if name else ""
    if data.get("pop"):
        more = ", ".join(filter(None, (more, f"POP {data['pop']}")))
    text = f"A call from {party(data.get('from'))} to {party(data.get('to'))}."
    return Said(text, icon="phone-incoming", more=more)


def _no_application(data: Data, leg: Leg | None) -> Said:
    return Said("This number has no application, so there is no URL to ask.", "bad", "unplug")


def _refused(data: Data, leg: Leg | None) -> Said:
    saw = str(data.get("saw", ""))
    if leg is not None and not leg.is_a:
        return Said(f"The fence refused {party(leg.to_number)}: {saw}", "warn", "shield-alert")
    return Said(f"The call was refused: {saw}", "warn", "shield-alert")


def _permitted(data: Data, leg: Leg | None) -> Said:
    return Said("The fence let it pass.", "ok", "shield-check")


def _routed(data: Data, leg: Leg | None) -> Said:
    taken, failed = (
        [step["carrier"] for step in data.get("steps", []) if step["outcome"] == outcome]
        for outcome in ("taken", "failed")
    )
    if not taken:
        return Said("No carrier could take it.", "bad", "route")
    text = f"Goes over the carrier {taken[0]}"
    if failed:
        return Said(f"{text}, after {' and '.join(failed)} failed.", "warn", "route")
    return Said(f"{text}.", icon="route")


def _unreached(data: Data, leg: Leg | None) -> Said:
    return Said(str(data.get("saw") or "It could not be reached."), "warn", "phone-missed")


def _dialled(data: Data, leg: Leg | None) -> Said:
    caller = party(data.get("caller_id"))
    return Said(f"Dials {party(data.get('to'))} and shows {caller}.", icon="phone-outgoing")


def _rings(data: Data, leg: Leg | None) -> Said:
    return Said(f"The phone of {who(leg)} rings.", icon="bell-ring")


def _leg_answered(data: Data, leg: Leg | None) -> Said:
    return Said(f"{who(leg)} answers.", "ok", "phone-call")


def _answered(data: Data, leg: Leg | None) -> Said:
    return Said("The platform answers. From here on the call is billed.", "ok", "phone-call")


def _fetch_started(data: Data, leg: Leg | None) -> Said:
    text = f"Asks {url_words(data.get('purpose'))}: {data.get('method')} {data.get('url')}"
    return Said(text, icon="cloud-upload")


def _fetched(data: Data, leg: Leg | None) -> Said:
    text = f"{_first_up(url_words(data.get('purpose')))} answers {data.get('http_status')}"
    return Said(f"{text} in {data.get('ms')} ms.", "ok", "cloud-download", _asked(data))


def _fetch_failed(data: Data, leg: Leg | None) -> Said:
    where = url_words(data.get("purpose"))
    sentence = data.get("sentence") or "Nothing came in time."
    return Said(f"{_first_up(where)} cannot be used. {sentence}", "bad", "cloud-off", _asked(data))


def _asked(data: Data) -> str:
    tries = data.get("tries", 1)
    asked = f"{data.get('method', '')} {data.get('url', '')}".strip()
    counted = f"{tries} tries" if tries and tries > 1 else ""
    return " · ".join(filter(None, (asked, counted, str(data.get("fault", "")))))


def _document(data: Data, leg: Leg | None) -> Said:
    return Said("The document begins to run.", icon="file-code")


def _document_refused(data: Data, leg: Leg | None) -> Said:
    place = f"Line {data['line']}, column {data['column']}: " if data.get("line") else ""
    return Said(f"The document cannot be run. {place}{data.get('message', '')}", "bad", "file-x")


def _element(data: Data, leg: Leg | None) -> Said:
    place = f" on line {data['line']}" if data.get("line") else ""
    return Said(f"<{data.get('element', '')}>{place}", icon="chevron-right")


def _said(data: Data, leg: Leg | None) -> Said:
    loop = data.get("loop", 1)
    times = "" if loop == 1 else (" Until the end." if loop == 0 else f" {loop} times.")
    more = f"{data.get('voice', '')}, {data.get('language', '')}"
    return Said(f"Says: “{data.get('text', '')}”{times}", icon="volume-2", more=more)


def _played(data: Data, leg: Leg | None) -> Said:
    more = f"{data['seconds']} s" if data.get("seconds") else ""
    return Said(f"Plays {data.get('url')}", icon="music", more=more)


def _digits(data: Data, leg: Leg | None) -> Said:
    return Said(f"Keys pressed: {data.get('digits', '')}", "info", "grid-3x3")


def _collected(data: Data, leg: Leg | None) -> Said:
    return Said(f"The keys are complete: {data.get('digits', '')}", icon="check")


def _invalid(data: Data, leg: Leg | None) -> Said:
    return Said(f"The key {data.get('digit', '')} is not one of the valid ones.", "warn", "x")


def _attempt(data: Data, leg: Leg | None) -> Said:
    attempt, of = data.get("attempt"), data.get("of")
    return Said(f"Attempt {attempt} of {of} brought no valid input.", "warn", "timer-off")


def _connected(data: Data, leg: Leg | None) -> Said:
    return Said(f"Both legs are connected: the caller talks with {who(leg)}.", "ok", "link")


def _notified(data: Data, leg: Leg | None) -> Said:
    where = url_words(data.get("purpose"))
    event = f" of the event {data['event']}" if data.get("event") else ""
    asked = f"{data.get('method')} {data.get('url')}"
    return Said(f"Tells {where}{event}.", icon="send", more=asked)


def _loop(data: Data, leg: Leg | None) -> Said:
    text = "The documents go round in a circle, so the call ends (xml_loop)."
    return Said(text, "bad", "repeat", " → ".join(map(str, data.get("urls", []))))


def _url_unusable(data: Data, leg: Leg | None) -> Said:
    url = data.get("url")
    if not url:
        return Said("There is no URL to ask.", "bad", "link-2-off")
    return Said(f"This URL cannot be asked: {url}", "bad", "link-2-off")


def _method_unusable(data: Data, leg: Leg | None) -> Said:
    return Said(f"The method {data.get('method')} cannot be used.", "bad", "link-2-off")


def _hung_up(data: Data, leg: Leg | None) -> Said:
    who = source_words(data.get("source"))
    text = f"The call has ended: {data.get('name', 'Unknown')}, by {who}."
    return Said(text, "" if data.get("cause") in FINE else "bad", "phone-off")


def _asked_to_hang_up(data: Data, leg: Leg | None) -> Said:
    return Said(f"Hanging up was asked for by {source_words(data.get('source'))}.", icon="hand")


def _heard(data: Data, leg: Leg | None) -> Said:
    beep = data.get("what") == "beep"
    return Said("A beep is heard." if beep else "A voice is heard.", icon="voicemail")


def _notice(data: Data, leg: Leg | None) -> Said:
    message = data.get("message") or data.get("reason") or ""
    return Said(str(message), "warn", "triangle-alert")


_SENTENCES: Final[dict[str, Callable[[Data, Leg | None], Said]]] = {
    "call_started": _started,
    "no_application": _no_application,
    "refused": _refused,
    "permitted": _permitted,
    "routed": _routed,
    "unreached": _unreached,
    "leg_dialled": _dialled,
    "leg_ringing": _rings,
    "leg_answered": _leg_answered,
    "answered": _answered,
    "fetch_started": _fetch_started,
    "document_fetched": _fetched,
    "fetch_failed": _fetch_failed,
    "document_started": _document,
    "document_refused": _document_refused,
    "element_started": _element,
    "said": _said,
    "played": _played,
    "digits": _digits,
    "digits_collected": _collected,
    "digit_invalid": _invalid,
    "attempt_failed": _attempt,
    "legs_connected": _connected,
    "notified": _notified,
    "xml_loop": _loop,
    "url_unusable": _url_unusable,
    "method_unusable": _method_unusable,
    "hung_up": _hung_up,
    "hangup_asked": _asked_to_hang_up,
    "legs_separated": lambda data, leg: Said("Both legs are separated.", icon="unlink"),
    "leg_confirmed": lambda data, leg: Said("The confirm key was pressed.", "ok", "check"),
    "star_pressed": lambda data, leg: Said("The caller pressed the star.", icon="asterisk"),
    "nothing_to_say": lambda data, leg: Said("There is nothing to say.", "warn", "volume-x"),
    "heard": _heard,
    "beep_heard": lambda data, leg: Said("The beep ends the Wait.", icon="voicemail"),
    "tones_sent": lambda data, leg: Said(f"Sends the tones {data.get('digits', '')}", icon="music"),
    "audio_failed": lambda data, leg: Said(
        f"The sound is skipped: {data.get('reason') or data.get('url', '')}", "warn", "volume-x"
    ),
    "notify_skipped": lambda data, leg: Said(
        f"This URL cannot be told anything: {data.get('url', '')}", "warn", "link-2-off"
    ),
}


def say(kind: str, data: Data, leg: Leg | None) -> Said:
    """The sentence of a line; an unknown kind shows its message, or its name in words."""
    known = _SENTENCES.get(kind) or OUTBOUND.get(kind) or MORE_SENTENCES.get(kind)
    if known is not None:
        said = known(data, leg)
        return replace(said, more=_UNHEARD) if data.get("unheard") else said
    if data.get("message") or data.get("reason"):
        return _notice(data, leg)
    return Said(f"{kind.replace('_', ' ').capitalize()}.")
