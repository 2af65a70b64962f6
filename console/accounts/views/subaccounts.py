"""Settings: subaccounts, their tokens, and what becomes of their objects (ACC-06)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts import once
from console.accounts.decorators import manager_required, member_required, reauthenticated
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Subaccount
from console.accounts.services import (
    create_subaccount,
    delete_subaccount,
    find_subaccount,
    rotate_token,
    update_subaccount,
)
from console.accounts.settings_forms import (
    DeleteSubaccountForm,
    NewSubaccountForm,
    RotateForm,
    SubaccountForm,
)
from console.accounts.views.account import add_error
from console.accounts.views.credentials import living_tokens
from console.core.errors import DomainError, NotFound
from console.core.http import client_ip, render_page

_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def subaccounts(request: ConsoleRequest) -> HttpResponseBase:
    """The account's subaccounts, newest first; POST makes one and shows its token once."""
    if request.method == "POST":
        return _create(request)
    return _list(request, NewSubaccountForm())


def _list(request: ConsoleRequest, form: NewSubaccountForm, status: int = 200) -> HttpResponse:
    mine = Subaccount.objects.for_account(request.account)
    before = request.GET.get("before", "")
    if before and (last := mine.filter(auth_id=before).first()):
        same_time = Q(created_at=last.created_at, pk__lt=last.pk)
        mine = mine.filter(Q(created_at__lt=last.created_at) | same_time)
    rows = list(mine.order_by("-created_at", "-pk")[: _PAGE + 1])
    facts = {
        "form": form,
        "subaccounts": rows[:_PAGE],
        "before": before,
        "older": f"?before={rows[_PAGE - 1].auth_id}" if len(rows) > _PAGE else "",
    }
    return render_page(request, "accounts/subaccounts.html", facts, status=status)


@manager_required
@reauthenticated
def _create(request: ConsoleRequest) -> HttpResponse:
    form = NewSubaccountForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            made = create_subaccount(
                account=request.account,
                name=form.cleaned_data["name"],
                actor=request.user,
                form_key=form.cleaned_data["form_key"],
                ip=client_ip(request),
            )
        except DomainError as error:
            add_error(form, error)
            status = error.status
        else:
            return _show_token(request, made.subaccount, made.token)
    return _list(request, form, status=status)


def _show_token(request: ConsoleRequest, subaccount: Subaccount, token: str) -> HttpResponse:
    """To the page with the token; a form sent twice leaves the one that the first has put there."""
    if token:
        once.put(request, account=request.account, subaccount=subaccount, token=token)
    here = reverse("accounts:token")
    return redirect(f"{here}?{urlencode({'subaccount': subaccount.auth_id})}")


def _fetch(request: ConsoleRequest, auth_id: str) -> Subaccount:
    try:
        return find_subaccount(account=request.account, auth_id=auth_id)
    except NotFound as error:
        raise Http404 from error


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def subaccount(request: ConsoleRequest, auth_id: str) -> HttpResponseBase:
    """One subaccount: name, state, tokens; POST renames it."""
    found = _fetch(request, auth_id)
    if request.method == "POST":
        return _rename(request, found)
    return _detail(request, found, SubaccountForm(initial={"name": found.name}))


@manager_required
def _rename(request: ConsoleRequest, found: Subaccount) -> HttpResponse:
    form = SubaccountForm(request.POST)
    if form.is_valid():
        try:
            update_subaccount(
                subaccount=found,
                name=form.cleaned_data["name"],
                actor=request.user,
                ip=client_ip(request),
            )
        except DomainError as error:
            add_error(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:subaccount", auth_id=found.auth_id)
    return _detail(request, found, form, status=400)


def _detail(
    request: ConsoleRequest, found: Subaccount, form: SubaccountForm, status: int = 200
) -> HttpResponse:
    facts: dict[str, Any] = {
        "subaccount": found,
        "form": form,
        "rotate_form": RotateForm(),
        "delete_form": DeleteSubaccountForm(),
        "tokens": living_tokens(request.account, found),
    }
    return render_page(request, "accounts/subaccount.html", facts, status=status)


@require_POST
@manager_required
def switch(request: ConsoleRequest, auth_id: str) -> HttpResponse:
    """Enables or disables it, by which button was pressed."""
    found, enabled = _fetch(request, auth_id), request.POST.get("enabled") == "1"
    try:
        update_subaccount(
            subaccount=found, enabled=enabled, actor=request.user, ip=client_ip(request)
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        done = "enabled" if enabled else "disabled. Its token is refused from now on"
        messages.success(request, f"{found.name} is {done}.")
    return redirect("accounts:subaccount", auth_id=auth_id)


@require_POST
@manager_required
@reauthenticated
def rotate(request: ConsoleRequest, auth_id: str) -> HttpResponse:
    """Makes it a new token and goes to the page that shows it."""
    found, form = _fetch(request, auth_id), RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose how long the old token works.")
        return redirect("accounts:subaccount", auth_id=auth_id)
    token = rotate_token(
        account=request.account,
        subaccount=found,
        grace_hours=form.cleaned_data["grace_hours"],
        actor=request.user,
        ip=client_ip(request),
    )
    return _show_token(request, found, token)


@require_POST
@manager_required
@reauthenticated
def delete(request: ConsoleRequest, auth_id: str) -> HttpResponse:
    """Deletes it; its objects move to the main account, or go too."""
    found, form = _fetch(request, auth_id), DeleteSubaccountForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what becomes of its objects.")
        return redirect("accounts:subaccount", auth_id=auth_id)
    try:
        delete_subaccount(
            subaccount=found,
            cascade=form.cleaned_data["objects"] == "delete",
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("accounts:subaccount", auth_id=auth_id)
    messages.success(request, f"The subaccount {found.name} is deleted.")
    return redirect("accounts:subaccounts")
