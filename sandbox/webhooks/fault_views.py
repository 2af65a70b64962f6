"""The page of an application's fault setting."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import member_required, refuse, writer_required
from console.accounts.middleware import ConsoleRequest
from console.applications.models import Application
from console.applications.services import find_application
from console.core.errors import DomainError, NotFound
from console.core.http import client_ip, render_page
from sandbox.webhooks import faults
from sandbox.webhooks.fault_forms import FaultForm, initial_of


def _fetch(request: ConsoleRequest, app_id: str) -> Application:
    try:
        return find_application(account=request.account, app_id=app_id)
    except NotFound as error:
        raise Http404 from error


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def fault_setting(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """What is to go wrong with requests of this application; POST sets it."""
    application = _fetch(request, app_id)
    setting = faults.find_setting(application, account=request.account)
    form, refusal, status = FaultForm(initial=initial_of(setting)), None, 200
    if request.method == "POST":
        if not request.membership.may_write:
            return refuse(request, "Analysts can read this account but not change it.")
        form, status = FaultForm(request.POST), 400
        if form.is_valid():
            try:
                faults.set_faults(
                    application=application,
                    wanted=form.wanted(),
                    actor=request.user,
                    ip=client_ip(request),
                )
            except DomainError as error:
                refusal = error
            else:
                messages.success(request, "Faults are on. The log says which requests suffered.")
                return redirect("webhooks:faults", app_id=app_id)
    context = {
        "application": application,
        "form": form,
        "refusal": refusal,
        "setting": setting if setting and setting.is_on() else None,
        "fault": faults.fault_of(setting) if setting else None,
        "may_write": request.membership.may_write,
    }
    return render_page(request, "webhooks/faults.html", context, status=status)


@require_POST
@writer_required
def fault_clear(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Everything goes as it should again."""
    application = _fetch(request, app_id)
    faults.clear_faults(application=application, actor=request.user, ip=client_ip(request))
    messages.success(request, "Faults are off.")
    return redirect("webhooks:faults", app_id=app_id)
