"""Pages of endpoints. A SIP password is shown in the answer that makes it, and never again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import member_required, refuse, writer_required
from console.accounts.middleware import ConsoleRequest
from console.applications.services import application_choices, pick_application
from console.core.errors import DomainError, NotFound
from console.core.forms import add_refusal
from console.core.http import client_ip, render_page
from console.endpoints import services
from console.endpoints.forms import EndpointForm
from console.endpoints.models import Endpoint
from console.endpoints.phones import PHONES

PAGE_SIZE = 50


def _fetch(request: ConsoleRequest, endpoint_id: str) -> Endpoint:
    try:
        return services.find_endpoint(account=request.account, endpoint_id=endpoint_id)
    except NotFound as error:
        raise Http404 from error


@member_required
@require_safe
def endpoint_list(request: ConsoleRequest) -> HttpResponse:
    """The account's endpoints, newest first."""
    mine = Endpoint.objects.for_account(request.account)
    before = request.GET.get("before", "")
    if before and (last := mine.filter(endpoint_id=before).first()):
        older = Q(created_at=last.created_at, pk__lt=last.pk)
        mine = mine.filter(Q(created_at__lt=last.created_at) | older)
    found = mine.select_related("application").order_by("-created_at", "-pk")
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "endpoints": rows[:PAGE_SIZE],
        "older": f"?before={rows[PAGE_SIZE - 1].endpoint_id}" if len(rows) > PAGE_SIZE else "",
        "before": before,
    }
    return render_page(request, "endpoints/list.html", context)


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_new(request: ConsoleRequest) -> HttpResponse:
    """The empty form; POST makes the endpoint and shows its page with the password."""
    choices = application_choices(request.account)
    form = EndpointForm(
        request.POST if request.method == "POST" else None,
        initial={"application": choices.for_endpoint},
        applications=choices.pairs,
        is_new=True,
    )
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = _create(request, form)
            except DomainError as error:
                status, refusal = _refused(form, error)
            else:
                if not made.password:  # the form was sent twice: the first answer had it
                    return redirect("endpoints:detail", endpoint_id=made.endpoint.endpoint_id)
                fresh = _edit_form(request, made.endpoint)
                return _detail_page(request, made.endpoint, fresh, password=made.password)
    context = {"form": form, "refusal": refusal}
    return render_page(request, "endpoints/new.html", context, status=status)


def _create(request: ConsoleRequest, form: EndpointForm) -> services.NewEndpoint:
    given = form.cleaned_data
    return services.create_endpoint(
        account=request.account,
        actor=request.user,
        name=given["username"],
        alias=given["alias"],
        application=pick_application(account=request.account, app_id=given["application"]),
        form_key=given["form_key"],
        ip=client_ip(request),
    )


def _refused(form: EndpointForm, error: DomainError) -> tuple[int, DomainError | None]:
    """The status, and the error itself when it belongs to no field and needs a box of its own."""
    if error.field in form.fields:
        return add_refusal(form, error), None
    return error.status, error


def _edit_form(request: ConsoleRequest, endpoint: Endpoint) -> EndpointForm:
    application = endpoint.application.app_id if endpoint.application else ""
    return EndpointForm(
        initial={"alias": endpoint.alias, "application": application},
        applications=application_choices(request.account).pairs,
        is_new=False,
    )


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_detail(request: ConsoleRequest, endpoint_id: str) -> HttpResponse:
    """The endpoint with its form; POST saves alias and application."""
    endpoint = _fetch(request, endpoint_id)
    if request.method != "POST":
        return _detail_page(request, endpoint, _edit_form(request, endpoint))
    if not request.membership.may_write:
        return refuse(request, "Analysts can read this account but not change it.")
    choices = application_choices(request.account)
    form = EndpointForm(request.POST, applications=choices.pairs, is_new=False)
    status, refusal = 400, None
    if form.is_valid():
        try:
            _save(request, endpoint, form)
        except DomainError as error:
            status, refusal = _refused(form, error)
        else:
            messages.success(request, "Saved")
            return redirect("endpoints:detail", endpoint_id=endpoint_id)
    return _detail_page(request, endpoint, form, status=status, refusal=refusal)


def _save(request: ConsoleRequest, endpoint: Endpoint, form: EndpointForm) -> None:
    app_id = form.cleaned_data["application"]
    services.update_endpoint(
        endpoint=endpoint,
        actor=request.user,
        alias=form.cleaned_data["alias"],
        application=pick_application(account=request.account, app_id=app_id),
        ip=client_ip(request),
    )


def _detail_page(
    request: ConsoleRequest,
    endpoint: Endpoint,
    form: EndpointForm,
    *,
    password: str = "",
    status: int = 200,
    refusal: DomainError | None = None,
) -> HttpResponse:
    context = {
        "endpoint": endpoint,
        "form": form,
        "password": password,
        "refusal": refusal,
        "sip_domain": settings.SIP_DOMAIN,
    }
    return render_page(request, "endpoints/detail.html", context, status=status)


@writer_required
@require_POST
def endpoint_password(request: ConsoleRequest, endpoint_id: str) -> HttpResponse:
    """Makes a new SIP password and shows it this once; phones must be given it."""
    endpoint = _fetch(request, endpoint_id)
    password = services.new_password()
    services.update_endpoint(
        endpoint=endpoint, actor=request.user, password=password, ip=client_ip(request)
    )
    return _detail_page(request, endpoint, _edit_form(request, endpoint), password=password)


@writer_required
@require_POST
def endpoint_delete(request: ConsoleRequest, endpoint_id: str) -> HttpResponse:
    """Deletes the endpoint."""
    endpoint = _fetch(request, endpoint_id)
    services.delete_endpoint(endpoint=endpoint, actor=request.user, ip=client_ip(request))
    messages.success(request, f"Endpoint {endpoint.alias} deleted")
    return redirect("endpoints:list")


@member_required
@require_safe
def phones(request: ConsoleRequest) -> HttpResponse:
    """Where well-known phones want which value."""
    context = {"phones": PHONES, "sip_domain": settings.SIP_DOMAIN}
    return render_page(request, "endpoints/phones.html", context)
