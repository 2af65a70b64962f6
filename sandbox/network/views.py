"""The handsets' pages. Every rule is in the services; nothing here decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import DomainError
from sandbox.network import live, outgoing, screens, services
from sandbox.network.registration import OPEN_PAGE, endpoint_of, register, unregister

MOST_SIDE_BY_SIDE = 4
_LETTERS = ("", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ", "", "", "")
KEYPAD = tuple(zip("123456789*0#", _LETTERS, strict=True))
Deed = Callable[[ConsoleRequest, str], object]


def _only_simulated() -> None:
    """OTP-18: with real carriers there is no handset at all."""
    if not settings.SIMULATED_NETWORK:
        raise Http404


@require_safe
@member_required
def handset_list(request: ConsoleRequest) -> HttpResponse:
    """All handsets of the account; with `?show=` those side by side."""
    _only_simulated()
    if request.GET.getlist("show"):
        return _side_by_side(request)
    lists = {
        "lines": screens.lines(request.account),
        "endpoints": screens.endpoint_lines(request.account),
    }
    return render(request, "network/handsets.html", lists)


def _side_by_side(request: ConsoleRequest) -> HttpResponse:
    asked = [_canonical(raw) for raw in request.GET.getlist("show")]
    shown = list(dict.fromkeys(asked))[:MOST_SIDE_BY_SIDE]
    page = _page(request, shown)
    return render(request, "network/side_by_side.html", page)


@require_safe
@member_required
def handset(request: ConsoleRequest, number: str) -> HttpResponse:
    """One phone."""
    _only_simulated()
    number, endpoint = _canonical(number), None
    if number.startswith("sip:"):
        number = _known(request, number)
        _stay_registered(request, number)
        endpoint = endpoint_of(account=request.account, uri=number)
    page = _page(request, [number]) | {"number": number, "endpoint": endpoint}
    return render(request, "network/handset.html", page)


@require_safe
@member_required
def screen(request: ConsoleRequest, number: str) -> HttpResponse:
    """The phone's screen alone; 204 while it still looks as in `?seen=`."""
    _only_simulated()
    number = _known(request, number)
    _stay_registered(request, number)
    phone = screens.screens(request.account, [number])[0]
    if request.GET.get("seen") == phone.seen:
        return HttpResponse(status=204)
    context = {"phone": phone, "may_act": request.membership.may_write}
    return render(request, "network/screen.html", context)


@require_POST
@writer_required
def act(request: ConsoleRequest, number: str, deed: str) -> HttpResponseBase:
    """A key or a button of the phone. A page gets itself back, a script 204 or the refusal."""
    _only_simulated()
    number = _canonical(number)
    do = _DEEDS.get(deed)
    if do is None:
        raise Http404
    scripted = request.headers.get("X-Requested-With") == "fetch"
    try:
        do(request, number)
    except DomainError as error:
        if scripted:
            return JsonResponse(_refusal(error), status=error.status)
        if error.status == 404:
            raise
        messages.error(request, error.message)
    if scripted:
        return HttpResponse(status=204)
    return HttpResponseRedirect(_back(request, number))


@require_safe
@member_required
def events(request: ConsoleRequest, number: str) -> HttpResponseBase:
    """Server-sent events: `changed` with a fingerprint, `closed` when the phone is taken away."""
    _only_simulated()
    number = _known(request, number)
    if not live.room_left():
        return HttpResponse("Too many live pages are open.", status=503)
    seen = request.headers.get("Last-Event-ID") or request.GET.get("seen", "")
    answer = StreamingHttpResponse(
        live.stream(
            live.look_at(request.account.pk, number, registers=_may_register(request, number)),
            seen,
        ),
        content_type="text/event-stream",
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    # The stream has a connection of its own; this one would be held for as long as it lasts.
    if not connection.in_atomic_block:
        connection.close()
    return answer


def _page(request: ConsoleRequest, numbers: list[str]) -> dict[str, Any]:
    """What a page with these phones needs, in four queries; 404 when one is not the account's."""
    reachable = screens.reachable(request.account)
    if not set(numbers) <= set(reachable.handsets):
        raise Http404
    return {
        "phones": screens.screens(request.account, numbers),
        "others": [number for number in reachable.handsets if number not in numbers],
        "own_numbers": reachable.numbers,
        "may_act": request.membership.may_write,
        "keypad": KEYPAD,
    }


def _known(request: ConsoleRequest, number: str) -> str:
    """The number or SIP URI of a handset of the account, as it is kept. Raises NotFound."""
    canonical = _canonical(number)
    return services.require_handset(account=request.account, number=canonical).number


def _may_register(request: ConsoleRequest, number: str) -> bool:
    return number.startswith("sip:") and request.membership.may_write


def _stay_registered(request: ConsoleRequest, number: str) -> None:
    """An endpoint is registered while the page of its phone is open."""
    if _may_register(request, number):
        register(account=request.account, uri=number, lasts=OPEN_PAGE)


def _canonical(number: str) -> str:
    """A plus is often lost on the way: in a query string it means a space."""
    bare = number.strip()
    return f"+{bare}" if bare.isascii() and bare.isdigit() else bare


def _back(request: ConsoleRequest, number: str) -> str:
    """The page that the form was on: one phone, or several side by side."""
    shown = [_canonical(raw) for raw in request.POST.getlist("show")]
    if number in shown:
        return f"{reverse('network:handsets')}?{urlencode({'show': shown}, doseq=True)}"
    return reverse("network:handset", args=[number])


def _refusal(error: DomainError) -> dict[str, str]:
    return {
        "error": error.message,
        "code": error.code,
        "field": error.field,
        "fix_url": error.fix_url,
    }


def _on_call(service: Callable[..., object]) -> Deed:
    def do(request: ConsoleRequest, number: str) -> object:
        return service(
            account=request.account,
            number=number,
            call_uuid=screens.call_uuid_of(request.POST.get("call_uuid", "")),
            action_id=request.POST.get("action_id", ""),
        )

    return do


def _press(request: ConsoleRequest, number: str) -> object:
    return services.press_digits(
        account=request.account,
        number=number,
        digits=request.POST.get("digits", ""),
        call_uuid=screens.call_uuid_of(request.POST.get("call_uuid", "")),
        action_id=request.POST.get("action_id", ""),
    )


def _say(request: ConsoleRequest, number: str) -> object:
    return services.say(
        account=request.account,
        number=number,
        text=request.POST.get("words") or request.POST.get("text", ""),
        call_uuid=screens.call_uuid_of(request.POST.get("call_uuid", "")),
        action_id=request.POST.get("action_id", ""),
    )


def _call(request: ConsoleRequest, number: str) -> object:
    return outgoing.place_call(
        account=request.account, number=number, to=request.POST.get("to", "")
    )


def _text(request: ConsoleRequest, number: str) -> object:
    return outgoing.send_message(
        account=request.account,
        number=number,
        to=request.POST.get("to", ""),
        text=request.POST.get("text", "").replace("\r\n", "\n"),
    )


def _switch(service: Callable[..., object]) -> Deed:
    def do(request: ConsoleRequest, number: str) -> object:
        return service(account=request.account, uri=number)

    return do


_DEEDS: dict[str, Deed] = {
    "switch-on": _switch(register),
    "switch-off": _switch(unregister),
    "answer": _on_call(services.answer),
    "reject": _on_call(services.reject),
    "hangup": _on_call(services.hang_up),
    "digits": _press,
    "say": _say,
    "call": _call,
    "message": _text,
}
