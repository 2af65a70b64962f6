"""Settings: the account itself, asking for an upgrade, and one's own name in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import manager_required, member_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.operator_forms import WishForm
from console.accounts.services import settings as service
from console.accounts.services import upgrades
from console.accounts.settings_forms import AccountForm, YourNameForm
from console.core.errors import DomainError
from console.core.http import client_ip, render_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def account(request: ConsoleRequest) -> HttpResponseBase:
    """Name, time zone and country; members without the right see them only."""
    if request.method == "POST":
        return _save(request)
    return _show(request, AccountForm(account=request.account))


@manager_required
def _save(request: ConsoleRequest) -> HttpResponse:
    form = AccountForm(request.POST, account=request.account)
    if form.is_valid():
        try:
            service.change_account(
                account=request.account,
                actor=request.user,
                ip=client_ip(request),
                **form.cleaned_data,
            )
        except DomainError as error:
            add_error(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:settings")
    return _show(request, form, status=400)


def _show(request: ConsoleRequest, form: AccountForm, status: int = 200) -> HttpResponse:
    if not request.membership.may_manage:
        for field in form.fields.values():
            field.disabled = True
    context: dict[str, Any] = {"form": form, "wish": WishForm()}
    if request.account.on_trial:
        context["asked"] = upgrades.open_request(request.account)
    return render_page(request, "accounts/account.html", context, status=status)


@require_POST
@manager_required
def upgrade(request: ConsoleRequest) -> HttpResponse:
    """Asks for a full account (GATE-09)."""
    form = WishForm(request.POST)
    wish = form.cleaned_data["wish"] if form.is_valid() else ""
    try:
        upgrades.ask_upgrade(
            account=request.account, actor=request.user, wish=wish, ip=client_ip(request)
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "We have asked. You get an e-mail when it is decided.")
    return redirect("accounts:settings")


def add_error(form: forms.Form, error: DomainError) -> None:
    """Puts a domain error beside its field."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


@require_POST
@member_required
def own_name(request: ConsoleRequest) -> HttpResponse:
    """Saves what others of the account see as one's name."""
    form = YourNameForm(request.POST)
    if form.is_valid():
        service.change_own_name(user=request.user, name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
    else:
        messages.error(request, "A name has at most 80 characters.")
    return redirect("accounts:security")
