""" "Would this go through?" and what was refused of late."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.core.http import render_page
from sandbox.fence import services
from sandbox.fence.forms import DryRunForm, RouteTestForm
from sandbox.fence.models import FenceDenial
from sandbox.fence.route_test import route_test

_SHOWN = 20


@member_required
@require_safe
def index(request: ConsoleRequest) -> HttpResponse:
    """The form, the verdict once it was asked for, and the last refusals. Nothing is sent."""
    asked = bool(request.GET.get("to"))
    form = DryRunForm(request.GET if asked else None)
    verdict = None
    if asked and form.is_valid():
        verdict = services.dry_run(
            account=request.account,
            kind=form.cleaned_data["kind"],
            from_=form.cleaned_data["from_"],
            to=form.cleaned_data["to"],
        )
    denials = FenceDenial.objects.for_account(request.account).order_by("-at", "-pk")[:_SHOWN]
    context = {"form": form, "verdict": verdict, "denials": denials}
    return render_page(request, "fence/index.html", context, partial="verdict")


@member_required
@require_safe
def routes(request: ConsoleRequest) -> HttpResponse:
    """How a call to a number would go: verdict, POP, carriers in order, price. Nothing is sent."""
    asked = bool(request.GET.get("to"))
    form = RouteTestForm(request.GET if asked else None)
    test = None
    if asked and form.is_valid():
        to, from_ = form.cleaned_data["to"], form.cleaned_data["from_"]
        test = route_test(account=request.account, to=to, from_=from_)
    context = {"form": form, "test": test}
    return render_page(request, "fence/route_test.html", context, partial="answer")
