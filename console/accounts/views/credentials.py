"""Settings: auth id and tokens; a clear token is shown by one page, once (ACC-10)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST, require_safe

from console.accounts import once
from console.accounts.decorators import manager_required, member_required, reauthenticated
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Account, AuthToken, Subaccount
from console.accounts.services import revoke_token, rotate_token
from console.accounts.settings_forms import RotateForm
from console.core import clock
from console.core.errors import DomainError
from console.core.http import client_ip, render_page


@require_safe
@member_required
def credentials(request: ConsoleRequest) -> HttpResponse:
    """Auth id, hints of the tokens, when they were last used."""
    return _show(request, RotateForm())


def _show(request: ConsoleRequest, form: RotateForm, status: int = 200) -> HttpResponse:
    live = living_tokens(request.account)
    facts = {
        "form": form,
        "tokens": live,
        "has_token": any(row.expires_at is None for row in live),
        "api_base": f"{settings.PUBLIC_URL}/v1/Account/{request.account.auth_id}/",
    }
    return render_page(request, "accounts/credentials.html", facts, status=status)


def living_tokens(account: Account, subaccount: Subaccount | None = None) -> list[AuthToken]:
    """Tokens that still work, newest first: the account's own or the subaccount's (one query)."""
    rows = AuthToken.objects.for_account(account).filter(subaccount=subaccount)
    living = rows.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()))
    return list(living.order_by("-created_at", "-pk"))


@require_POST
@manager_required
@reauthenticated
def rotate(request: ConsoleRequest) -> HttpResponse:
    """Makes a new token and goes to the page that shows it."""
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=400)
    token = rotate_token(
        account=request.account,
        grace_hours=form.cleaned_data["grace_hours"],
        actor=request.user,
        ip=client_ip(request),
    )
    once.put(request, account=request.account, token=token)
    return redirect("accounts:token")


@require_POST
@manager_required
@reauthenticated
def revoke(request: ConsoleRequest, token_id: UUID) -> HttpResponse:
    """Ends a token at once, the account's or a subaccount's."""
    try:
        gone = revoke_token(
            account=request.account, token_id=token_id, actor=request.user, ip=client_ip(request)
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("accounts:credentials")
    messages.success(request, "The token is revoked. Nothing accepts it any more.")
    if gone.subaccount is not None:
        return redirect("accounts:subaccount", auth_id=gone.subaccount.auth_id)
    return redirect("accounts:credentials")


@require_GET
@member_required
def token(request: ConsoleRequest) -> HttpResponse:
    """Shows a token that was just made; a second look finds it gone.

    That of a subaccount leads to the subaccount, also when it is gone.
    """
    after = request.GET.get("next", "")
    if not after.startswith("/") or not url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        after = "/"
    shown = once.take(request, account=request.account)
    its_page = _page_of_subaccount(request)
    if its_page:
        after = its_page
        if not shown:
            messages.info(request, "Its token was shown once. If you did not save it, rotate it.")
            return redirect(after)
    facts = {
        "token": shown.token if shown else "",
        "auth_id": shown.auth_id if shown else request.account.auth_id,
        "first": "next" in request.GET,
        "of_subaccount": bool(its_page),
        "after": after,
    }
    return render_page(request, "accounts/token.html", facts)


def _page_of_subaccount(request: ConsoleRequest) -> str:
    """Where the subaccount that the address names is shown; "" when it names none of this account.

    One query at most.
    """
    auth_id = request.GET.get("subaccount", "")
    mine = Subaccount.objects.for_account(request.account)
    if not auth_id or not mine.filter(auth_id=auth_id).exists():
        return ""
    return reverse("accounts:subaccount", args=[auth_id])
