"""Pages that make a test call, and buttons that act on a living one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import writer_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import DomainError, NotFound
from console.core.forms import add_refusal
from console.core.http import client_ip, render_page
from sandbox.calls import control, outbound
from sandbox.calls.forms import TestCallForm

Deed = Callable[[ConsoleRequest, UUID], None]


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def test_call(request: ConsoleRequest) -> HttpResponse:
    """The form; POST places the call and goes to its story. `?application=` chooses one."""
    sent = request.POST if request.method == "POST" else None
    form = TestCallForm(sent, account=request.account, initial=request.GET.dict())
    refusal, status = None, 200
    if sent is not None:
        status = 400
        if form.is_valid():
            try:
                call_uuid = outbound.place_test_call(
                    account=request.account,
                    application=form.cleaned_data["application"],
                    from_=form.cleaned_data["from_"],
                    to=form.cleaned_data["to"],
                    source_ip=client_ip(request),
                )
            except DomainError as error:
                add_refusal(form, error)
                refusal, status = error, error.status
            else:
                return redirect("story:detail", call_uuid=call_uuid)
    context = {"form": form, "refusal": refusal}
    return render_page(request, "calls/test_call.html", context, status=status)


@require_POST
@writer_required
def act(request: ConsoleRequest, call_uuid: UUID, deed: str) -> HttpResponse:
    """Says something, sends digits, or moves the call; then its story again."""
    do = _DEEDS.get(deed)
    if do is None or not control.is_known(account=request.account, call_uuid=call_uuid):
        raise Http404
    try:
        do(request, call_uuid)
    except NotFound:
        messages.info(request, "The call had ended already.")
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _DONE[deed])
    return redirect(reverse("story:detail", args=[call_uuid]))


def _who(request: ConsoleRequest, call_uuid: UUID) -> dict[str, Any]:
    return {
        "account": request.account,
        "call_uuid": call_uuid,
        "request_id": request.POST.get("request_id", ""),
    }


def _speak(request: ConsoleRequest, call_uuid: UUID) -> None:
    text = request.POST.get("text", "")
    control.speak(**_who(request, call_uuid), text=text)


def _digits(request: ConsoleRequest, call_uuid: UUID) -> None:
    digits = request.POST.get("digits", "").strip()
    control.send_digits(**_who(request, call_uuid), digits=digits)


def _transfer(request: ConsoleRequest, call_uuid: UUID) -> None:
    url = request.POST.get("url", "")
    control.transfer(**_who(request, call_uuid), aleg_url=url)


_DEEDS: dict[str, Deed] = {"speak": _speak, "digits": _digits, "transfer": _transfer}
_DONE = {
    "speak": "The call hears it now.",
    "digits": "The digits are sent.",
    "transfer": "The call moves to the other document.",
}
