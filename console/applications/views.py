"""Pages of applications."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts import sessions
from console.accounts.decorators import ask_who, member_required, refuse, writer_required
from console.accounts.middleware import ConsoleRequest
from console.applications import services
from console.applications.forms import ApplicationForm
from console.applications.models import Application
from console.core.errors import DomainError, NotFound
from console.core.forms import add_refusal
from console.core.http import client_ip, render_page

PAGE_SIZE = 50
SHOWN_ATTACHED = 20


def _fetch(request: ConsoleRequest, app_id: str) -> Application:
    try:
        return services.find_application(account=request.account, app_id=app_id)
    except NotFound as error:
        raise Http404 from error


@member_required
@require_safe
def application_list(request: ConsoleRequest) -> HttpResponse:
    """The account's applications, newest first."""
    mine = Application.objects.for_account(request.account)
    before = request.GET.get("before", "")
    if before and (last := mine.filter(app_id=before).first()):
        older = Q(created_at=last.created_at, pk__lt=last.pk)
        mine = mine.filter(Q(created_at__lt=last.created_at) | older)
    found = mine.order_by("-created_at", "-pk").annotate(
        number_count=Count("numbers", filter=Q(numbers__released_at=None), distinct=True),
        endpoint_count=Count("endpoints", distinct=True),
    )
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "applications": rows[:PAGE_SIZE],
        "older": f"?before={rows[PAGE_SIZE - 1].app_id}" if len(rows) > PAGE_SIZE else "",
        "before": before,
    }
    return render_page(request, "applications/list.html", context)


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_new(request: ConsoleRequest) -> HttpResponse:
    """The empty form; POST makes the application and goes to its page."""
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = services.create_application(
                    account=request.account,
                    actor=request.user,
                    form_key=form.cleaned_data["form_key"],
                    ip=client_ip(request),
                    **form.fields_given(),
                )
            except DomainError as error:
                status, refusal = _refused(form, error)
            else:
                messages.success(request, f"Application {made.name} created")
                return redirect("applications:detail", app_id=made.app_id)
    context = {"form": form, "refusal": refusal}
    return render_page(request, "applications/new.html", context, status=status)


def _refused(form: ApplicationForm, error: DomainError) -> tuple[int, DomainError | None]:
    """The status, and the error itself when it belongs to no field and needs a box of its own."""
    if error.field in form.fields:
        return add_refusal(form, error), None
    return error.status, error


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_detail(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """The application with its form, its numbers and endpoints; POST saves the form."""
    application = _fetch(request, app_id)
    if request.method != "POST":
        form = ApplicationForm(initial=ApplicationForm.shown(application))
        return _detail_page(request, application, form)
    if not request.membership.may_write:
        return refuse(request, "Analysts can read this account but not change it.")
    form = ApplicationForm(request.POST)
    status, refusal = 400, None
    if form.is_valid():
        if _must_prove(request, application, form):
            return ask_who(request)
        try:
            services.update_application(
                application=application,
                actor=request.user,
                ip=client_ip(request),
                **form.fields_given(),
            )
        except DomainError as error:
            status, refusal = _refused(form, error)
        else:
            messages.success(request, "Saved")
            return redirect("applications:detail", app_id=app_id)
    application.refresh_from_db(fields=["name"])
    return _detail_page(request, application, form, status=status, refusal=refusal)


def _must_prove(request: ConsoleRequest, application: Application, form: ApplicationForm) -> bool:
    """Whether traffic would go to another host, and who says so has not just signed in (ACC-06)."""
    if sessions.recently_authenticated(request):
        return False
    new_hosts = services.new_hosts(application, form.fields_given())
    return bool(new_hosts) and services.is_live(application)


def _detail_page(
    request: ConsoleRequest,
    application: Application,
    form: ApplicationForm,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"application": application, "form": form, "refusal": refusal}
    numbers = application.numbers.for_account(request.account).living().order_by("number")
    endpoints = application.endpoints.for_account(request.account).order_by("username")
    context["numbers"] = list(numbers[: SHOWN_ATTACHED + 1])
    context["endpoints"] = list(endpoints[: SHOWN_ATTACHED + 1])
    context["shown"] = SHOWN_ATTACHED
    return render_page(request, "applications/detail.html", context, status=status)


@writer_required
@require_POST
def application_delete(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Deletes it; its numbers and endpoints stay, without an application."""
    application = _fetch(request, app_id)
    name = application.name
    services.delete_application(application=application, actor=request.user, ip=client_ip(request))
    messages.success(request, f"Application {name} deleted")
    return redirect("applications:list")
