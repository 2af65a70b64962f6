"""Asking for the next document, and what becomes of a call that gets none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import causes, commands
from .base import Activity
from .document import Document
from .events import DocumentRefused, FetchFailed
from .urls import METHODS

if TYPE_CHECKING:
    from .turn import Turn

MAX_DOCUMENTS: Final = 50  # requests for documents in one call (trust.md XML-02)
MAX_IDLE_DOCUMENTS: Final = 10  # documents in a row without a media step (trust.md XML-02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching(Activity):
    """Waiting for the document that replaces the current one."""

    fetch_id: int
    purpose: str
    url: str
    method: str

    def on_document(self, turn: Turn, fetch_id: int, document: Document) -> None:
        """Run the document."""
        if fetch_id == self.fetch_id:
            turn.load(document, self.url)

    def on_failure(self, turn: Turn, event: FetchFailed | DocumentRefused) -> None:
        """Try the fallback URL, or end the call with the cause of the purpose."""
        if event.fetch_id != self.fetch_id:
            return
        codes = causes.FETCH_CAUSES[self.purpose]
        came = note_failure(turn, event, self.url)
        _missing(turn, self, codes.bad_xml if came else codes.unreachable)


def fetch_document(
    turn: Turn,
    purpose: str,
    url: str,
    method: str,
    *,
    extra: commands.Pairs = (),
    child: int = 0,
    secret: tuple[str, ...] = (),
) -> None:
    """Ask `url` for the document that replaces the current one.

    A URL or a method that cannot be used ends the call with its cause (after the fallback URL for
    the answer URL), and so does a loop of documents.
    """
    codes = causes.FETCH_CAUSES[purpose]
    turn.stop_activity()
    target = turn.target(url)
    if target is None or method not in METHODS:
        bad_url = target is None
        turn.note("url_unusable" if bad_url else "method_unusable", url=url, method=method)
        asked = Fetching(fetch_id=0, purpose=purpose, url=url, method=method)
        _missing(turn, asked, codes.bad_url if bad_url else codes.bad_method)
        return
    if turn.documents >= MAX_DOCUMENTS or turn.idle_documents >= MAX_IDLE_DOCUMENTS:
        turn.note("xml_loop", urls=(*turn.visited, target.url), documents=turn.documents)
        turn.end(codes.unreachable, reason="xml_loop")
        return
    fetch_id = _count(turn, target.url)
    element = turn.element
    turn.activity = Fetching(fetch_id=fetch_id, purpose=purpose, url=target.url, method=method)
    event = "StartApp" if purpose in ("answer", "fallback") else "Redirect"
    status, name = turn.call_status(), element.name if element else ""
    where = (fetch_id, purpose, target.url, method, target.settings)
    turn.emit(commands.Fetch(*where, event, status, extra, child, secret, name))


def request_action(
    turn: Turn,
    *,
    url: str,
    method: str,
    redirect: bool,
    extra: commands.Pairs,
    child: int = 0,
    secret: tuple[str, ...] = (),
) -> None:
    """End the current element by asking its action URL (compat/xml.md section 1).

    With `redirect` the reply replaces the document; without, the URL is told and the next element
    runs. An element without an action just ends.
    """
    if not url:
        turn.done()
        return
    if redirect:
        fetch_document(turn, "action", url, method, extra=extra, child=child, secret=secret)
        return
    turn.notify("action", url, method, event="Redirect", extra=extra, child=child, secret=secret)
    turn.done()


def fetch_aside(turn: Turn, purpose: str, url: str, *, method: str = "POST", child: int = 0) -> int:
    """Ask for a document of sounds that does not replace the current one.

    Return the id of the fetch; 0, with a note, when URL or method cannot be used or the call has
    asked for too many documents.
    """
    target = turn.target(url)
    element = turn.element
    if target is None or method not in METHODS or turn.documents >= MAX_DOCUMENTS:
        turn.note("sounds_skipped", purpose=purpose, url=url)
        return 0
    fetch_id = _count(turn, target.url)
    turn.emit(
        commands.Fetch(
            fetch_id,
            purpose,
            target.url,
            method,
            target.settings,
            call_status=turn.call_status(),
            child=child,
            element=element.name if element else "",
        )
    )
    return fetch_id


def _count(turn: Turn, url: str) -> int:
    turn.documents += 1
    turn.visited = (*turn.visited[-(MAX_IDLE_DOCUMENTS - 1) :], url)
    return turn.next_id()


def note_failure(turn: Turn, event: FetchFailed | DocumentRefused, url: str) -> bool:
    """Tell the story why a document is missing; True when one came but was refused."""
    if isinstance(event, DocumentRefused):
        said = (("code", event.code), ("message", event.message), ("url", url))
        place = (event.element, event.line, event.column)
        turn.emit(commands.StoryNote("document_refused", *place, said))
        return True
    turn.note("fetch_failed", reason=event.reason, status=event.status, url=url)
    return False


def _missing(turn: Turn, asked: Fetching, code: int) -> None:
    leg = turn.leg
    if asked.purpose == "answer" and leg.fallback_url:
        failed = (("RequestedURL", asked.url), ("HTTPMethod", asked.method))
        fetch_document(turn, "fallback", leg.fallback_url, leg.fallback_method, extra=failed)
        return
    turn.end(code)
