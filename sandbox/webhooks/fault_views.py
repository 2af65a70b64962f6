"""The pages of fault settings: an application's, and those of senders without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import member_required, refuse, writer_required
from console.accounts.middleware import ConsoleRequest
from console.applications.models import Application
from console.applications.services import find_application
from console.core.errors import DomainError, NotFound
from console.core.http import client_ip, render_page
from sandbox.webhooks import faults
from sandbox.webhooks.fault_forms import FaultForm, SenderFaultForm, initial_of
from sandbox.webhooks.models import Sender

_TRAILS = {
    Sender.VERIFY: (
        ("Sandbox numbers", "verification:list"),
        ("Verify sessions", "verification:sessions"),
    ),
    Sender.MESSAGES: (("Messages", "messages:list"),),
}
_ABOUT = {
    Sender.VERIFY: "Faults set here reach what verify sessions tell the URL that you gave them.",
    Sender.MESSAGES: "Faults set here reach the status callbacks of messages that you send.",
}


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose setting a page shows, and how the page is named."""

    name: str
    trail: tuple[tuple[str, str], ...]
    here: str
    clear: str
    form: type[FaultForm]
    setting: faults.AnySetting | None
    save: Callable[..., object]
    about: str = ""

    @property
    def back(self) -> str:
        """The page that this one belongs to."""
        return self.trail[-1][1]


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
    own = reverse("applications:detail", args=[app_id])
    subject = _Subject(
        name=application.name,
        trail=(("Applications", reverse("applications:list")), (application.name, own)),
        here=reverse("webhooks:faults", args=[app_id]),
        clear=reverse("webhooks:faults-clear", args=[app_id]),
        form=FaultForm,
        setting=faults.find_setting(application, account=request.account),
        save=partial(faults.set_faults, application=application),
    )
    return _page(request, subject)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def sender_faults(request: ConsoleRequest, sender: Sender) -> HttpResponse:
    """The same for notifications that belong to no application."""
    subject = _Subject(
        name=sender.label,
        trail=tuple((name, reverse(route)) for name, route in _TRAILS[sender]),
        here=reverse(f"webhooks:{sender}-faults"),
        clear=reverse(f"webhooks:{sender}-faults-clear"),
        form=SenderFaultForm,
        setting=faults.find_sender_setting(sender, account=request.account),
        save=partial(faults.set_sender_faults, account=request.account, sender=sender),
        about=_ABOUT[sender],
    )
    return _page(request, subject)


def _page(request: ConsoleRequest, subject: _Subject) -> HttpResponse:
    """Shows the setting as a form; sending it puts the new one in its place."""
    setting = subject.setting
    form, refusal, status = subject.form(initial=initial_of(setting)), None, 200
    if request.method == "POST":
        if not request.membership.may_write:
            return refuse(request, "Analysts can read this account but not change it.")
        form, status = subject.form(request.POST), 400
        if form.is_valid():
            try:
                subject.save(wanted=form.wanted(), actor=request.user, ip=client_ip(request))
            except DomainError as error:
                refusal = error
            else:
                messages.success(request, "Faults are on. The log says which requests suffered.")
                return redirect(subject.here)
    context = {
        "subject": subject,
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


@require_POST
@writer_required
def sender_faults_clear(request: ConsoleRequest, sender: Sender) -> HttpResponse:
    """The same for a sender."""
    faults.clear_sender_faults(
        account=request.account, sender=sender, actor=request.user, ip=client_ip(request)
    )
    messages.success(request, "Faults are off.")
    return redirect(f"webhooks:{sender}-faults")
