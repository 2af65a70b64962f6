"""Staff: accounts, what they ask for, where they stand. Each look at one is audited (ACC-12)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.accounts import audit
from console.accounts.decorators import staff_required
from console.accounts.models import Account, AccountState, Membership, UpgradeRequest, User
from console.accounts.operator_forms import AccountSearchForm, CreditForm, DecisionForm, StateForm
from console.accounts.services import change_state, upgrades
from console.core.errors import DomainError
from console.core.http import client_ip, render_page

SHOWN = 50


@require_safe
@staff_required
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts, newest first, those that wait for a decision on top."""
    form = AccountSearchForm(request.GET)
    found = _filtered(Account.objects.order_by("-pk"), form)
    if (before := request.GET.get("before", "")).isdecimal() and len(before) < 15:
        found = found.filter(pk__lt=int(before))
    accounts = list(found[: SHOWN + 1])
    waiting = UpgradeRequest.objects.unscoped("staff decide about upgrades").filter(state="open")
    more = request.GET.copy()
    if len(accounts) > SHOWN:
        more["before"] = str(accounts[SHOWN - 1].pk)
    context = {
        "form": form,
        "accounts": accounts[:SHOWN],
        "older": f"?{more.urlencode()}" if len(accounts) > SHOWN else "",
        "waiting": list(waiting.select_related("account").order_by("created_at", "pk")[:20]),
    }
    return render_page(request, "operator/accounts.html", context)


def _filtered(found: QuerySet[Account], form: AccountSearchForm) -> QuerySet[Account]:
    if not form.is_valid():
        return found
    if state := form.cleaned_data["state"]:
        found = found.filter(state=state)
    if words := form.cleaned_data["q"].strip():
        found = found.filter(Q(name__icontains=words) | Q(auth_id__istartswith=words))
    return found


@require_safe
@staff_required
def account_detail(request: HttpRequest, auth_id: str) -> HttpResponse:
    """One account as staff see it; the look is in its audit log."""
    account = _account(auth_id)
    audit.record(
        action="staff.account_viewed",
        actor=_staff(request),
        account=account,
        object_type="account",
        object_id=account.auth_id,
        ip=client_ip(request),
    )
    return _show(request, account)


def _show(request: HttpRequest, account: Account, **forms: Form) -> HttpResponse:
    members = Membership.objects.filter(account=account).select_related("user")
    context: dict[str, Any] = {
        "shown": account,
        "members": list(members.order_by("created_at", "pk")[:50]),
        "asked": upgrades.open_request(account),
        "decision": DecisionForm(prefix="decision"),
        "state": StateForm(account=account, prefix="state"),
        "credit": CreditForm(prefix="credit"),
    }
    wrong = any(form.errors for form in forms.values())
    context |= forms
    return render_page(request, "operator/account.html", context, status=400 if wrong else 200)


@require_POST
@staff_required
def decide(request: HttpRequest, auth_id: str) -> HttpResponse:
    """Yes or no to the account's upgrade request."""
    account, form = _account(auth_id), DecisionForm(request.POST, prefix="decision")
    return _do(
        request,
        account,
        "decision",
        form,
        lambda given: upgrades.decide_upgrade(
            account=account,
            approve=given["decision"] == "approve",
            actor=_staff(request),
            reason=given["reason"],
            ip=client_ip(request),
        ),
    )


@require_POST
@staff_required
def state(request: HttpRequest, auth_id: str) -> HttpResponse:
    """Moves the account to another state, with a reason (GATE-08)."""
    account = _account(auth_id)
    form = StateForm(request.POST, account=account, prefix="state")
    return _do(
        request,
        account,
        "state",
        form,
        lambda given: change_state(
            account, AccountState(given["to"]), _staff(request), given["reason"]
        ),
    )


@require_POST
@staff_required
def credit(request: HttpRequest, auth_id: str) -> HttpResponse:
    """Gives credit to the account, or takes it."""
    account, form = _account(auth_id), CreditForm(request.POST, prefix="credit")
    return _do(
        request,
        account,
        "credit",
        form,
        lambda given: upgrades.grant_credit(
            account=account,
            amount=given["amount"],
            actor=_staff(request),
            reason=given["reason"],
            ip=client_ip(request),
        ),
    )


def _do(
    request: HttpRequest, account: Account, name: str, form: Form, service: Any
) -> HttpResponse:
    if form.is_valid():
        try:
            service(form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "Done.")
            return redirect(reverse("accounts:operator-account", args=[account.auth_id]))
    account.refresh_from_db()
    return _show(request, account, **{name: form})


def _account(auth_id: str) -> Account:
    found = Account.objects.filter(auth_id=auth_id).first()
    if found is None:
        raise Http404
    return found


def _staff(request: HttpRequest) -> User:
    return cast(User, request.user)
