"""The table of calls that run documents of the Python SDK's builder, and what comes of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from plivo import plivoxml as xml

from tests.sdk import xml_documents as documents
from tests.sdk.xml_documents import Elements, Url

NOT_WRITTEN_OUT = frozenset({"transcription_ignored"})


@dataclass(frozen=True)
class Deed:
    """What the phone of a leg does when so many lines of what happened hold `when`.

    Such a line is `A hears Hello` (the A leg does), or `status MPCStart` (a request, its event).
    """

    when: str
    does: str
    what: str = ""
    leg: str = "A"
    times: int = 1


@dataclass(frozen=True)
class Row:
    """A document, how its call must end, and what must be told: the URL's name and its method.

    It begins `after` a line of another row. `notices` are what the story may say was read
    otherwise than written.
    """

    name: str
    document: Callable[[Url, dict[str, str]], Elements]
    ends: tuple[int, str] = (4010, "Plivo")
    tells: dict[str, str] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    hears: tuple[str, ...] = ()
    inbound: bool = False
    after: str = ""
    notices: frozenset[str] = frozenset()


ROWS = (
    Row("speak", documents.speak, hears=("Good day",)),
    Row("play", lambda url, _: [xml.PlayElement(url("sound"), loop=2)], tells={"sound": "GET"}),
    Row(
        "wait",
        lambda url, _: [
            xml.WaitElement(length=5, silence=True, min_silence=500),
            xml.WaitElement(length=1, beep=True),
        ],
    ),
    Row("dtmf", lambda url, _: [xml.DTMFElement("12w#", async_=False)]),
    Row(
        "redirect",
        lambda url, _: [xml.RedirectElement(url("next"), method="GET")],
        tells={"next": "GET"},
        hears=("redirect next",),
    ),
    Row("hangup", lambda url, _: [xml.HangupElement()], ends=(4000, "Answer XML")),
    Row(
        "schedule",
        lambda url, _: [xml.HangupElement(schedule=5), xml.WaitElement(length=900)],
        ends=(6000, "Plivo"),
    ),
    Row(
        "reason",
        lambda url, _: [xml.HangupElement(reason="busy")],
        ends=(3010, "Answer XML"),
        inbound=True,
    ),
    Row(
        "preanswer",
        documents.pre_answer,
        tells={"sound": "GET", "elsewhere": "POST"},
        hears=("Please hold", "preanswer elsewhere"),
        inbound=True,
    ),
    Row("message", documents.message, tells={"status": "GET"}),
    Row(
        "digits",
        documents.digits,
        tells={"action": "GET", "invalid": "GET"},
        deeds=(
            Deed("A hears Press your keys", "Digits", "9"),
            Deed("A hears Press your keys", "Digits", "12*", times=2),
        ),
    ),
    Row(
        "keys",
        documents.input_keys,
        tells={"action": "GET"},
        deeds=(Deed("A hears Type it in", "Digits", "12*"),),
        hears=("keys action",),
    ),
    Row(
        "words",
        documents.input_words,
        tells={"action": "POST", "interim": "GET"},
        deeds=(Deed("A hears Say it", "Say", "Yes, please"),),
    ),
    Row(
        "record",
        documents.record,
        tells={"action": "GET", "recorded": "GET"},
        notices=NOT_WRITTEN_OUT,
    ),
    Row("session", documents.record_session, tells={"action": "POST", "recorded": "POST"}),
    Row(
        "dial",
        documents.dial,
        tells={
            "action": "GET",
            "confirm": "POST",
            "music": "POST",
            "events": "GET",
            "recorded": "POST",
        },
        deeds=(
            Deed("B hears dial confirm", "Digits", "5", leg="B"),
            Deed("A hears You are talking with", "Digits", "12"),
            Deed("events DialDigitsMatch ALeg", "Digits", "3", leg="B"),
            Deed("events DialDigitsMatch BLeg", "Digits", "*"),
        ),
        hears=("Back to you",),
    ),
    Row(
        "user",
        documents.dial_user,
        tells={"action": "POST", "events": "POST"},
        notices=frozenset({"unreached"}),  # nobody has opened the handset of that endpoint
    ),
    Row("stream", documents.stream, tells={"status": "GET"}, hears=("The stream is over",)),
    Row(
        "waits",
        documents.waits,
        tells={"music": "POST", "action": "GET", "events": "GET"},
        hears=("waits action",),
    ),
    Row(
        "leads",
        documents.leads,
        notices=NOT_WRITTEN_OUT,
        after="waits: A hears You are waiting",
        tells={"enter": "POST", "action": "POST", "events": "POST"},
        deeds=(
            Deed("A hears You are in Table of rows, with 1 more", "Digits", "12"),
            Deed("events ConferenceDigitsMatch", "Say", "Hello all"),
            Deed("events ConferenceFloor", "Digits", "*"),
        ),
    ),
    Row(
        "agent",
        documents.agent,
        notices=NOT_WRITTEN_OUT,
        tells={
            "music": "POST",
            "hold": "POST",
            "recorded": "GET",
            "status": "GET",
            "action": "GET",
        },
        hears=("agent action",),
    ),
    Row(
        "customer",
        documents.customer,
        after="agent: A hears You are waiting",
        ends=(4000, "Callee"),
        deeds=(Deed("A hears You are in Party of rows, with 1 more", "Hangup"),),
    ),
)
