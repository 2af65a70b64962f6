"""Who may use a view of the console; from the outside in: login, role, re-authentication."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode

from console.accounts import sessions
from console.accounts.middleware import ConsoleRequest

P = ParamSpec("P")
View = Callable[Concatenate[ConsoleRequest, P], HttpResponseBase]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
_SAFE = {"GET", "HEAD", "OPTIONS"}


def member_required(view: View[P]) -> Guarded[P]:
    """For members of an account with a confirmed e-mail address; `request.account` is theirs.

    Signed out goes to the sign-in page and back. An address that is not confirmed cannot be signed
    in with, and an account is born only at confirmation (ACC-02), so membership says both.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return go_to(request, settings.LOGIN_URL)
        if not request.membership:  # type: ignore[attr-defined]  # of AccountScope
            return render(request, "accounts/no_account.html", status=403)
        return view(cast(ConsoleRequest, request), *args, **kwargs)

    return guarded


def writer_required(view: View[P]) -> Guarded[P]:
    """As `member_required`, and an analyst is refused with 403 on unsafe methods and pages."""

    @member_required
    @wraps(view)
    def guarded(request: ConsoleRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.membership.may_write:
            return refuse(request, "Analysts can read this account but not change it.")
        return view(request, *args, **kwargs)

    return guarded


def manager_required(view: View[P]) -> Guarded[P]:
    """As `member_required`, for owners and admins: credentials, team and the like."""

    @member_required
    @wraps(view)
    def guarded(request: ConsoleRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.membership.may_manage:
            return refuse(request, "Only an owner or an admin of this account can do this.")
        return view(request, *args, **kwargs)

    return guarded


def reauthenticated(view: View[P]) -> View[P]:
    """Asks for the password (or a second factor) when that was over 15 minutes ago (ACC-06).

    Goes under `member_required` or one of its kin. A form that was sent comes back to its page.
    """

    @wraps(view)
    def guarded(request: ConsoleRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not sessions.recently_authenticated(request):
            return ask_who(request)
        return view(request, *args, **kwargs)

    return guarded


def ask_who(request: HttpRequest) -> HttpResponse:
    """Goes to where the password (or a second factor) is given again, and back to the form."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return go_to(request, ways[0]["url"] if ways else settings.LOGIN_URL)


def staff_required(view: Guarded[P]) -> Guarded[P]:
    """For staff with a second factor (ACC-04); everyone else gets 404, as if it were not there.

    What changes something asks for a proof of the last 15 minutes (WEB-09), as `reauthenticated`
    does, and comes back to its page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return go_to(request, settings.LOGIN_URL)
        if not request.user.is_staff:
            return render(request, "404.html", status=404)
        if not is_mfa_enabled(request.user):
            return go_to(request, "mfa_activate_totp")
        if request.method not in _SAFE and not sessions.recently_authenticated(request):
            return ask_who(request)
        return view(request, *args, **kwargs)

    return guarded


def refuse(request: HttpRequest, reason: str) -> HttpResponse:
    """403 with a sentence: the object is theirs, the action is not."""
    return render(request, "403.html", {"reason": reason}, status=403)


def go_to(request: HttpRequest, name: str) -> HttpResponse:
    """Redirects to a page that comes back here; 401 with HX-Redirect for htmx (WEB-02)."""
    htmx = getattr(request, "htmx", None)
    back = request.get_full_path()
    if htmx:
        back = _page_of_htmx(request)
    elif request.method not in _SAFE:
        back = _page_of_form(request)
    url = f"{resolve_url(name)}?{urlencode({'next': back})}"
    if htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _page_of_htmx(request: HttpRequest) -> str:
    try:
        return request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    except ValueError:  # not a URL: htmx never sends one
        return "/"


def _page_of_form(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    here = f"{request.scheme}://{request.get_host()}/"
    return "/" + referer.removeprefix(here) if referer.startswith(here) else "/"
