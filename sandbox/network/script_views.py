"""The page on which a handset is told what to do by itself."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.accounts.decorators import writer_required
from console.accounts.middleware import ConsoleRequest
from sandbox.network import scripting
from sandbox.network.forms import ScriptForm, fits, initial_of
from sandbox.network.models import HandsetScript


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def script(request: ConsoleRequest, number: str) -> HttpResponse:
    """Shows the script as a form; sending it puts the new one in its place."""
    if not settings.SIMULATED_NETWORK:
        raise Http404
    now = scripting.get_script(account=request.account, number=number)
    sent = request.POST if request.method == "POST" else None
    form = ScriptForm(sent, initial=initial_of(now))
    if sent is not None and form.is_valid():
        _save(request, number, form)
        return HttpResponseRedirect(reverse("network:handset", args=[number]))
    context = {"form": form, "number": number, "more": _more_than_the_form(now)}
    return render(request, "network/script.html", context, status=400 if form.errors else 200)


def _more_than_the_form(now: HandsetScript | None) -> str:
    """The script as JSON when the form does not hold all of it."""
    if now is None or fits(now):
        return ""
    return json.dumps(scripting.script_json(now), indent=2)


def _save(request: ConsoleRequest, number: str, form: ScriptForm) -> None:
    if not form.cleaned_data["on_ring"]:
        scripting.remove_script(account=request.account, number=number)
        messages.success(request, "The handset waits for you again.")
        return
    scripting.set_script(
        account=request.account,
        number=number,
        **form.wanted(),
    )
    messages.success(request, "The handset does this from its next ring on.")
