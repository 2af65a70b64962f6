"""The story of a call, and the calls that live."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Account
from console.core import clock, randomness
from console.core.errors import NotFound
from console.core.http import render_page, wants_partial
from sandbox.calls import services, shared_story
from sandbox.calls.documents import trees
from sandbox.calls.flow import cause
from sandbox.calls.flow.causes import API_REQUEST
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.calls.phones_of_call import how_again, legs_with_phones, phones_of
from sandbox.calls.recorded import recorded
from sandbox.calls.sentences import FINE, source_words
from sandbox.calls.telling import tell
from sandbox.calls.timeline import timeline
from sandbox.recordings.models import Recording
from sandbox.recordings.services import of_call


@require_safe
@member_required
def detail(request: ConsoleRequest, call_uuid: UUID) -> HttpResponse:
    """One call: its facts, legs and story; htmx asks for the part that still changes."""
    try:
        call, legs, events = _found(request.account, call_uuid)
    except NotFound as error:
        raise Http404 from error
    if wants_partial(request) and request.GET.get("seen") == str(call.version):
        return HttpResponse(status=204)  # nothing has happened since: htmx leaves all as it is
    a_leg, start = next(iter(legs), None), _start(request)
    phones = phones_of(call, legs)
    context = {
        "call": call,
        "legs": legs,
        "a_leg": a_leg,
        "story": tell(call, legs, events, start=start),
        "timeline": timeline(call, legs, events, now=clock.now()),
        "documents": trees(call.started_at, events),
        "application": next((one.data.get("application") for one in events), ""),
        "poll": "" if call.is_over else _poll_url(call, start),
        "state": _state(call, a_leg),
        "ended_by": source_words(a_leg.source) if a_leg and call.is_over else "",
        "cause": cause(a_leg.cause) if a_leg and call.is_over else None,
        "went_wrong": bool(a_leg and call.is_over and a_leg.cause not in FINE),
        "phones": phones,
        "again": how_again(call, phones),
        "recordings": _recordings(request.account, call_uuid, events),
        "may_write": request.membership.may_write,
        "control_id": randomness.new_uuid(),
    }
    return render_page(request, "calls/story.html", context, partial="body")


def _found(account: Account, call_uuid: UUID) -> tuple[Call, list[Leg], list[CallEvent]]:
    """The call with its legs and story; from the records alone when its steps are not kept."""
    try:
        call = services.get_call(account=account, call_uuid=call_uuid)
    except NotFound:
        return *recorded(account=account, call_uuid=call_uuid), []
    return call, legs_with_phones(call), services.story_events(call)


def _poll_url(call: Call, start: int | None) -> str:
    """What a living call's page asks for again: the lines it shows, if anything has changed."""
    url = f"{reverse('story:detail', args=[call.call_uuid])}?seen={call.version}"
    return url if start is None else f"{url}&line={start}"


def _start(request: ConsoleRequest) -> int | None:
    """Which line the page begins with; what is no number is as if nothing was asked."""
    asked = request.GET.get("line", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else None


@require_safe
@member_required
def story_json(request: ConsoleRequest, call_uuid: UUID) -> HttpResponse:
    """The story as JSON; 404 for another account's call."""
    try:
        call, legs, events = _found(request.account, call_uuid)
    except NotFound as error:
        raise Http404 from error
    story = shared_story.as_json(call, legs, events)
    return JsonResponse(story, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
@member_required
def story_markdown(request: ConsoleRequest, call_uuid: UUID) -> HttpResponse:
    """The story as Markdown; htmx gets it in a box with a button that copies it."""
    try:
        call, legs, events = _found(request.account, call_uuid)
    except NotFound as error:
        raise Http404 from error
    text = shared_story.as_markdown(call, legs, events)
    if wants_partial(request):
        return render(request, "calls/shared.html", {"text": text})
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@require_safe
@member_required
def live(request: ConsoleRequest) -> HttpResponse:
    """The account's calls that live now, at most 100."""
    calls = services.living_calls(account=request.account)
    return render_page(request, "calls/live.html", {"calls": calls}, partial="list")


@require_POST
@writer_required
def hang_up(request: ConsoleRequest, call_uuid: UUID) -> HttpResponse:
    """Ends a living call."""
    try:
        done = services.hang_up_call(
            account=request.account, call_uuid=call_uuid, source=API_REQUEST
        )
    except NotFound as error:
        raise Http404 from error
    if done:
        messages.success(request, "The call is hung up.")
    else:
        messages.info(request, "The call had ended already.")
    return redirect(reverse("story:detail", args=[call_uuid]))


def _state(call: Call, leg: Leg | None) -> str:
    """The word of the badge (ui.md)."""
    if not call.is_over:
        return call.get_phase_display()
    if leg is None or leg.answered_at:
        return "Completed"
    words = {3010: "Busy", 3000: "No answer", 6010: "No answer", 1000: "Canceled"}
    return words.get(leg.cause, "Failed")


def _recordings(account: Account, call_uuid: UUID, events: list[CallEvent]) -> list[Recording]:
    """Those of the call; asked for only when its story speaks of one."""
    if not any(event.kind.startswith("recording_") for event in events):
        return []
    return of_call(account=account, call_uuid=call_uuid)
