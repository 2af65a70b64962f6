"""Settings: take your data along, close the account, keep it after all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from console.accounts import audit
from console.accounts.decorators import manager_required, reauthenticated
from console.accounts.middleware import ConsoleRequest
from console.core import clock, limits
from console.core.errors import DomainError
from console.core.http import client_ip, render_page
from console.privacy import keeping, services
from console.privacy.archive import archive
from console.privacy.forms import CloseForm, RecordsForm
from console.records.months import months_of
from console.records.slots import Download

_A_DAY = 10


@require_safe
@manager_required
def data(request: ConsoleRequest) -> HttpResponse:
    """The archive, how long records are kept, and how the account ends."""
    return _page(request)


def _page(
    request: ConsoleRequest,
    *,
    closing: CloseForm | None = None,
    keeping_for: RecordsForm | None = None,
) -> HttpResponse:
    days = keeping.days_of(request.account)
    facts = {
        "form": closing or CloseForm(),
        "records_form": keeping_for or RecordsForm(initial={"days": days}),
        "days": days,
        "months": months_of(request.account),
        "closure": services.closure_of(request.account),
    }
    status = 400 if closing or keeping_for else 200
    return render_page(request, "privacy/data.html", facts, status=status)


@require_POST
@manager_required
@reauthenticated
def records(request: ConsoleRequest) -> HttpResponse:
    """Sets for how long call records are kept."""
    form = RecordsForm(request.POST)
    if not form.is_valid():
        return _page(request, keeping_for=form)
    days = form.cleaned_data["days"]
    keeping.keep_for(account=request.account, days=days, actor=request.user, ip=client_ip(request))
    messages.success(request, f"Call records are kept for {days} days.")
    return redirect("privacy:data")


@require_POST
@manager_required
@reauthenticated
def take(request: ConsoleRequest) -> HttpResponseBase:
    """The archive, written while it is sent (PRIV-01); audited."""
    account = request.account
    try:
        services.require_owner(account, request.user)
        window = limits.Window(_A_DAY, limits.DAY)
        limits.take([limits.Bucket(kind="archive", subject=account.auth_id, windows=(window,))])
        download = Download(account.pk, archive(account))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("privacy:data")
    audit.record(
        action="account.archived",
        actor=request.user,
        account=account,
        object_type="account",
        object_id=account.auth_id,
        ip=client_ip(request),
    )
    name = f"ringfence-{account.auth_id}-{clock.now():%Y%m%d}.zip"
    return StreamingHttpResponse(
        download,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@require_POST
@manager_required
@reauthenticated
def close(request: ConsoleRequest) -> HttpResponse:
    """Closes the account at once; it is erased in fourteen days."""
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            services.close_account(
                account=request.account, actor=request.user, name=form.cleaned_data["name"]
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "The account is closed. You can keep it for 14 more days.")
            return redirect("privacy:data")
    return _page(request, closing=form)


@require_POST
@manager_required
def keep(request: ConsoleRequest) -> HttpResponse:
    """Takes the closing back."""
    try:
        services.keep_account(account=request.account, actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The account is kept. Everything works as before.")
    return redirect("privacy:data")
