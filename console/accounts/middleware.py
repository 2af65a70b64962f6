"""Who is asking, for which account, and whether their session is still good."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from console.accounts import sessions
from console.accounts.models import Account, Membership
from console.accounts.querysets import tenant_guard

if TYPE_CHECKING:
    from console.accounts.models import User
    from console.core.http import HtmxRequest as _Base
else:
    _Base = HttpRequest

Next = Callable[[HttpRequest], HttpResponseBase]


class ConsoleRequest(_Base):
    """A request of a signed-in member: `account` and `membership` are there."""

    user: User
    account: Account
    membership: Membership
    memberships: list[Membership]


class AccountScope:
    """Ends sessions that are over, and gives a request its `account` and `membership`.

    The account is the one chosen in the switcher (kept in the session), else the member's first;
    it costs one query, when first used. While the request runs, tenants' rows cannot be read
    unscoped (TEN-01).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The view's answer."""
        if _has_session(request) and request.user.is_authenticated and sessions.is_over(request):
            logout(request)
            messages.info(request, "You were away for a while. Please sign in again.")
        request.membership = SimpleLazyObject(lambda: membership_of(request))  # type: ignore[attr-defined]
        request.account = SimpleLazyObject(lambda: _account_of(request))  # type: ignore[attr-defined]
        with tenant_guard():
            response = self.get_response(request)
        if getattr(request, "signed_out", False):
            # What the browser kept of private pages goes with the session (WEB-04).
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _has_session(request: HttpRequest) -> bool:
    return bool(request.session.session_key)


def membership_of(request: HttpRequest) -> Membership | None:
    """The member's place in the chosen account; None when signed out or in no account."""
    if not request.user.is_authenticated:
        return None
    places = Membership.objects.filter(user=request.user).select_related("account")
    chosen = request.session.get("account")
    found = list(places.order_by("created_at", "pk"))
    request.memberships = found  # type: ignore[attr-defined]  # for the account switcher
    return next((p for p in found if p.account.auth_id == chosen), found[0] if found else None)


def _account_of(request: HttpRequest) -> Account | None:
    place = request.membership  # type: ignore[attr-defined]
    return place.account if place else None
