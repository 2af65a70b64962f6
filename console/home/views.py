"""The front page, the palette, the account switcher, and what machines ask for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Account, Membership
from console.core import palette
from console.core.errors import NotFound
from console.core.http import render_page
from console.home import dashboard, glance, onboarding

_LONGEST_QUERY = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Signed out: what this is. Signed in: first steps until they are done, the account's day."""
    if not request.user.is_authenticated:
        return render_page(request, "home/front.html")
    account = getattr(request, "account", None)
    return render_page(request, "home/dashboard.html", _home(account) if account else {})


def _home(account: Account) -> dict[str, Any]:
    now = glance.at(account)
    steps = onboarding.states(now.done)
    done = all(one.done for one in steps)
    seen: dict[str, Any] = {"steps": [] if done else steps}
    if now.done["call"] or now.live_calls or now.messages_today:
        seen |= dashboard.facts(account)
        seen["live_calls"], seen["messages_today"] = now.live_calls, now.messages_today
        seen["spend"] += now.messages_spend
    return seen


@require_safe
@member_required
def palette_search(request: ConsoleRequest) -> HttpResponse:
    """What the command palette finds; a page of its own without htmx."""
    words = request.GET.get("q", "")[:_LONGEST_QUERY].strip()
    found = palette.search(request, words)
    return render_page(
        request, "home/palette.html", {"found": found, "words": words}, partial="results"
    )


@require_POST
@member_required
def switch_account(request: ConsoleRequest) -> HttpResponse:
    """Goes to another account of the same person; a stranger's is as if it were not (TEN-02)."""
    wanted = request.POST.get("auth_id", "")
    place = (
        Membership.objects.filter(user=request.user, account__auth_id=wanted)
        .select_related("account")
        .first()
    )
    if place is None:
        raise NotFound
    request.session["account"] = place.account.auth_id
    messages.success(request, f"You are in {place.account.name} now.")
    return redirect("home:index")


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process lives; no query."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers (one query), else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok"})
