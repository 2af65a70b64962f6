"""Error pages in their families, as the list of all errors shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.help.content import Kind, Page, library


@dataclass(frozen=True, slots=True)
class Family:
    """Errors of one sort; `facts` heads the column between the code and the meaning."""

    title: str
    anchor: str
    note: str
    facts: str
    pages: tuple[Page, ...]


_FIRST_DIGITS = (
    ("0", "unknown", "Unknown", "Nobody knows why."),
    ("1", "canceled", "1xxx · Canceled", "Called off before anybody answered."),
    ("2", "destination", "2xxx · Destination", "The number is wrong, closed or out of service."),
    (
        "3",
        "far-end",
        "3xxx · The far end",
        "The phone or its carrier did not take the call.",
    ),
    ("4", "normal", "4xxx · A normal end", "The call was answered and ended as calls do."),
    ("5", "network", "5xxx · Network and limits", "Something on the way failed or was full."),
    ("6", "timer", "6xxx · Timers", "A time ran out."),
    ("7", "url", "7xxx · Your URLs", "The platform could not reach your server."),
    (
        "8",
        "xml-answers",
        "8xxx · Your XML",
        "Your server’s answer cannot be run.",
    ),
    ("9", "dial", "9xxx · Dialling", "The end of a leg that another leg decided."),
)


def families() -> Iterator[Family]:
    """Every error page once: refusals, hangup causes by first digit, message errors. No query."""
    pages = library().of(Kind.ERROR)
    yield Family(
        "Refusals",
        "refusals",
        "What the fence and the API say no to, with the error_code they carry.",
        "Status",
        tuple(page for page in pages if page.extra["family"] == "fence"),
    )
    causes = [page for page in pages if page.extra["family"] == "hangup"]
    for digit, anchor, title, note in _FIRST_DIGITS:
        found = tuple(page for page in causes if page.code.startswith(digit))
        yield Family(title, anchor, note, "Ended by", found)
    inputs = tuple(page for page in pages if page.extra["family"] == "input")
    yield Family("Input", "input", "What a form or a request was refused for.", "Status", inputs)
    messages = tuple(page for page in pages if page.extra["family"] == "message")
    yield Family("Message errors", "messages", "Why a message was not delivered.", "", messages)


def fact(page: Page) -> str:
    """Who ends a call with this cause, or the HTTP status of a refusal; "" for messages."""
    source = page.extra.get("source", "")
    return page.extra.get("http") or source.replace("Plivo", "the platform").replace(
        "Callee", "Call recipient"
    )
