"""The XML playground: a document runs, and no call is made. Readable without signing in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from console.accounts.models import Account
from console.applications.services import find_application
from console.core.errors import NotFound
from console.core.http import render_page
from console.help import reference
from console.help.content import Kind, library
from console.help.playground import Playground
from console.help.xml_check import EXAMPLE
from sandbox.calls.documents import trees
from sandbox.calls.flow import cause
from sandbox.calls.rehearsal import Rehearsal, rehearse
from sandbox.calls.rehearsal.again import plan_of
from sandbox.calls.rehearsal.plan import MOST_REPLIES, Move, MoveKind, Plan, Reply
from sandbox.calls.sentences import FINE, source_words, url_words
from sandbox.calls.telling import all_lines
from sandbox.calls.timeline import timeline

BEGINS: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When every run begins: time is made up here, and asking for the real one may cost a query."""
_EXAMPLE: Final = re.compile(r"^```xml\n(.*?)\n```", re.DOTALL | re.MULTILINE)
_FIRST: Final = Plan(EXAMPLE, moves=(Move(MoveKind.KEYS, "1"),))
_ANSWERS: Final = frozenset({"document_fetched", "document_refused", "fetch_failed"})


@require_http_methods(["GET", "HEAD", "POST"])
def playground(request: HttpRequest) -> HttpResponse:
    """The forms and what became of them; htmx gets that part alone.

    GET runs an example, that of `?element=`, one for `?application=`, or what the line
    `?document=` of the story of `?call=` brought; 404 for what is not the reader's. POST runs what
    was sent. Three queries for a call, one for an application, else none, beside the four
    of any page for who is signed in.
    """
    if request.method == "POST":
        sent = Playground(sent=request.POST)
        if not sent.is_valid():
            return _page(request, {"work": sent}, status=400)
        plan = sent.plan(auth_id=_auth_id(request))
    else:
        plan = replace(_asked_for(request), auth_id=_auth_id(request))
    found = rehearse(plan, now=BEGINS)
    return _page(request, _shown(found, Playground(_next(plan, found))))


def _account(request: HttpRequest) -> Account | None:
    # A lazy object is never None itself; of a reader who has not signed in it is empty.
    return getattr(request, "account", None) or None


def _auth_id(request: HttpRequest) -> str:
    account = _account(request)
    return account.auth_id if account else reference.NOBODY


def _asked_for(request: HttpRequest) -> Plan:
    """What the address asks to be run."""
    wanted = request.GET
    if "call" in wanted:
        return _of_call(request, wanted["call"], wanted.get("document", ""))
    if "application" in wanted:
        return _of_application(request, wanted["application"])
    if "element" in wanted:
        page = library().find(Kind.ELEMENT, wanted["element"])
        example = _EXAMPLE.search(page.body) if page is not None else None
        if example is None:
            raise Http404("No such example")
        return Plan(example[1])
    return _FIRST


def _of_call(request: HttpRequest, call: str, document: str) -> Plan:
    account = _account(request)
    if account is None or not (document.isascii() and document.isdecimal()):
        raise Http404("No such document")
    try:
        line = int(document[:9])
        return plan_of(account=account, call_uuid=UUID(call), line=line)
    except (ValueError, NotFound) as error:
        raise Http404("No such document") from error


def _of_application(request: HttpRequest, app_id: str) -> Plan:
    account = _account(request)
    if account is None:
        raise Http404("No such application")
    try:
        found = find_application(account=account, app_id=app_id)
    except NotFound as error:
        raise Http404("No such application") from error
    return replace(
        _FIRST,
        answer_url=found.answer_url or _FIRST.answer_url,
        fallback_url=found.fallback_answer_url,
        hangup_url=found.url_for_hangup[0],
    )


def _next(plan: Plan, found: Rehearsal) -> Plan:
    """The plan with the answers that were given, and room for the one that is waited for."""
    given = plan.replies[: found.used]
    if found.request is None:
        return replace(plan, replies=given)
    return replace(plan, replies=(*given, Reply(found.request.earlier, asked=found.request.key)))


def _shown(found: Rehearsal, work: Playground) -> dict[str, Any]:
    call, legs, story = found.call, found.legs, found.story
    over = cause(legs[0].cause) if call.is_over else None
    answered = [one.data for one in story if one.key and one.kind in _ANSWERS]
    asked = [f"{one['method']} {one['url']}" for one in answered[1:]]
    return {
        "ran": found,
        "call": call,
        "lines": list(all_lines(call, legs, story)),
        "timeline": timeline(call, legs, story, now=_end(found)),
        "documents": trees(call.started_at, story),
        "cause": over,
        "ended_by": source_words(legs[0].source) if over else "",
        "went_wrong": bool(over and legs[0].cause not in FINE),
        "where": url_words(found.request.purpose) if found.request else "",
        "work": work,
        "answers": list(zip(asked, work.replies[: found.used], strict=False)),
        "pending": work.replies[found.used] if len(work.replies) > found.used else None,
        "most_replies": MOST_REPLIES,
    }


def _end(found: Rehearsal) -> datetime:
    """The moment up to which it ran."""
    return found.call.started_at + timedelta(seconds=found.seconds)


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context |= {"guides": library().of(Kind.GUIDE), "current": "playground"}
    return render_page(request, "help/playground.html", context, partial="work", status=status)
