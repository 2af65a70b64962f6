"""Pages of the sandbox numbers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import DomainError, NotFound
from console.core.http import client_ip, render_page, wants_partial
from console.core.numbers import display
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification import services
from sandbox.verification.errors import CodeRefused
from sandbox.verification.forms import AddNumberForm, CodeForm, SendForm
from sandbox.verification.pages import number_page
from sandbox.verification.services.numbers import Preview


@require_http_methods(["GET", "HEAD", "POST"])
def number_list(request: ConsoleRequest) -> HttpResponse:
    """The account's sandbox numbers, and the form that adds one."""
    view = _add if request.method == "POST" else _list
    return view(request)  # type: ignore[return-value]  # decorated views give the base class


@member_required
def _list(request: ConsoleRequest) -> HttpResponse:
    raw, region = request.GET.get("number", ""), request.GET.get("region", "")
    initial = {"number": raw[:64], "region": region[:2]}
    form = AddNumberForm(account=request.account, initial=initial)
    seen, refusal = None, None
    if raw.strip():
        try:
            seen = services.preview(raw=raw, region=region[:2])
        except DomainError as error:
            refusal = error
    return _list_page(request, form, seen=seen, refusal=refusal)


@writer_required
def _add(request: ConsoleRequest) -> HttpResponse:
    form = AddNumberForm(request.POST, account=request.account)
    if not form.is_valid():
        return _list_page(request, form, status=400)
    raw, region = form.cleaned_data["number"], form.cleaned_data["region"]
    try:
        seen = services.preview(raw=raw, region=region)
        if form.cleaned_data["confirmed"] != seen.number.e164:
            return _list_page(request, form, seen=seen)
        number, _ = services.add_number(
            account=request.account,
            raw=raw,
            region=region,
            channel=request.POST.get("channel", ""),
            language=form.cleaned_data["language"],
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _waiting(_list_page(request, form, status=error.status), error)
    return redirect("verification:detail", public_id=number.public_id)


def _list_page(
    request: ConsoleRequest,
    form: AddNumberForm,
    *,
    seen: Preview | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    numbers = SandboxNumber.objects.for_account(request.account).live().order_by("-pk")[:100]
    context = {"form": form, "numbers": numbers, "seen": seen, "refusal": refusal}
    return render_page(request, "verification/list.html", context, partial="echo", status=status)


@member_required
@require_safe
def detail(request: ConsoleRequest, public_id: UUID) -> HttpResponse:
    """One number: where its proof stands, the code, and what was sent and tried."""
    return _detail_page(request, _number(request, public_id))


@writer_required
@require_POST
def verify(request: ConsoleRequest, public_id: UUID) -> HttpResponse:
    """Checks a code. A second press after the right one shows the success (OTP-06)."""
    number, form = _number(request, public_id), CodeForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, number, form=form, status=400)
    try:
        services.check_code(
            account=request.account,
            number=number,
            code=form.cleaned_data["code"],
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        number.refresh_from_db()
        if isinstance(error, CodeRefused) and number.shown_state == NumberState.VERIFIED:
            return redirect("verification:detail", public_id=public_id)
        form.add_error("code", error.message)
        return _waiting(_detail_page(request, number, form=form, status=error.status), error)
    messages.success(request, f"{display(number.e164)} is verified.")
    return redirect("verification:detail", public_id=public_id)


@writer_required
@require_POST
def send(request: ConsoleRequest, public_id: UUID) -> HttpResponse:
    """Sends the first code, another one, or calls with it: by which button was pressed."""
    number = _number(request, public_id)
    act = services.resend_code if request.POST.get("again") else services.send_code
    try:
        act(
            account=request.account,
            number=number,
            channel=request.POST.get("channel", ""),
            language=request.POST.get("language", "")[:5],
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        page = _detail_page(request, number, refusal=error, status=error.status)
        return _waiting(page, error)
    return redirect("verification:detail", public_id=public_id)


@writer_required
@require_POST
def remove(request: ConsoleRequest, public_id: UUID) -> HttpResponse:
    """Takes the number away at once (NUM-09)."""
    number = _number(request, public_id)
    services.remove_number(
        account=request.account, number=number, actor=request.user, ip=client_ip(request)
    )
    messages.success(request, f"{display(number.e164)} is removed.")
    return redirect("verification:list")


def _number(request: ConsoleRequest, public_id: UUID) -> SandboxNumber:
    try:
        return services.find_number(account=request.account, public_id=public_id)
    except NotFound as error:
        raise Http404 from error


def _detail_page(
    request: ConsoleRequest,
    number: SandboxNumber,
    *,
    form: CodeForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    page = number_page(account=request.account, number=number)
    if request.method == "GET" and wants_partial(request) and request.GET.get("seen") == page.mark:
        # Nothing new: no swap, so that a screen reader does not hear the same line each second.
        return HttpResponse(status=204)
    context = {
        "page": page,
        "number": number,
        "form": form or CodeForm(),
        "send_form": SendForm(),
        "refusal": refusal,
    }
    template = "verification/detail.html"
    return render_page(request, template, context, partial="live", status=status)


def _waiting(response: HttpResponse, error: DomainError) -> HttpResponse:
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
