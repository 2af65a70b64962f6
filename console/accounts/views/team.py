"""Settings: who is in the account, who is invited."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import go_to, manager_required, member_required, reauthenticated
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Invitation, Membership, Role
from console.accounts.services import invitations
from console.accounts.services import settings as service
from console.accounts.settings_forms import InviteForm, RoleForm
from console.accounts.views.account import add_error
from console.core.errors import DomainError
from console.core.http import client_ip, render_page


@require_safe
@member_required
def team(request: ConsoleRequest) -> HttpResponse:
    """Members with their roles, and open invitations."""
    return _show(request, InviteForm())


def _show(request: ConsoleRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    places = Membership.objects.filter(account=request.account).select_related("user")
    facts = {
        "form": form,
        "places": places.order_by("created_at", "pk"),
        "roles": Role.choices,
        "invitations": Invitation.objects.for_account(request.account).order_by("created_at", "pk"),
    }
    return render_page(request, "accounts/team.html", facts, status=status)


@require_POST
@manager_required
@reauthenticated
def team_role(request: ConsoleRequest, member_id: UUID) -> HttpResponse:
    """Gives a member another role."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a role.")
        return redirect("accounts:team")
    try:
        place = service.change_role(
            account=request.account,
            member_id=member_id,
            role=Role(form.cleaned_data["role"]),
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{place.user.email} is {place.get_role_display()} now.")
    return redirect("accounts:team")


@require_POST
@manager_required
@reauthenticated
def team_remove(request: ConsoleRequest, member_id: UUID) -> HttpResponse:
    """Takes a member out."""
    try:
        service.remove_member(
            account=request.account,
            member_id=member_id,
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "They are no longer in this account.")
    return redirect("accounts:team")


@require_POST
@manager_required
@reauthenticated
def invite(request: ConsoleRequest) -> HttpResponse:
    """Offers a seat by mail."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            offer = invitations.invite(
                account=request.account,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                actor=request.user,
                ip=client_ip(request),
            )
        except DomainError as error:
            add_error(form, error)
        else:
            messages.success(request, f"A letter is on its way to {offer.email}.")
            return redirect("accounts:team")
    return _show(request, form, status=400)


@require_POST
@manager_required
def withdraw(request: ConsoleRequest, invitation_id: UUID) -> HttpResponse:
    """Takes an invitation back."""
    try:
        invitations.withdraw_invitation(
            account=request.account,
            invitation_id=invitation_id,
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The invitation is withdrawn.")
    return redirect("accounts:team")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, invitation_id: UUID, secret: str) -> HttpResponseBase:
    """Where an invitation's link leads: who is invited, and a button to join."""
    if not request.user.is_authenticated:
        return go_to(request, settings.LOGIN_URL)
    if request.method == "POST":
        place = invitations.accept_invitation(
            invitation_id=invitation_id, secret=secret, actor=request.user, ip=client_ip(request)
        )
        request.session["account"] = place.account.auth_id
        messages.success(request, f"You are in {place.account.name} now.")
        return redirect("/")
    offer = invitations.find_invitation(invitation_id=invitation_id, secret=secret)
    facts = {"offer": offer, "mine": offer.email == request.user.email.lower()}
    return render_page(request, "accounts/invitation.html", facts)
