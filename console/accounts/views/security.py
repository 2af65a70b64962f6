"""Settings: how one signs in, and what was done in the account."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from console.accounts.decorators import manager_required, member_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import AuditEvent
from console.accounts.settings_forms import YourNameForm
from console.core.http import render_page

_PAGE = 50


@require_safe
@member_required
def security(request: ConsoleRequest) -> HttpResponse:
    """Password, second factors, passkeys, sessions: state and the way to each."""
    factors = list(Authenticator.objects.filter(user=request.user))
    facts: dict[str, Any] = {
        "name_form": YourNameForm(initial={"name": request.user.name}),
        "totp": next((one for one in factors if one.type == "totp"), None),
        "passkeys": [one for one in factors if one.type == "webauthn"],
        "recovery": next((one for one in factors if one.type == "recovery_codes"), None),
        "sessions": UserSession.objects.filter(user=request.user).count(),
    }
    if facts["recovery"]:
        facts["codes_left"] = len(facts["recovery"].wrap().get_unused_codes())
    return render_page(request, "accounts/security.html", facts)


@require_safe
@manager_required
def audit_log(request: ConsoleRequest) -> HttpResponse:
    """The account's own events, newest first; `before` and `after` are sequence numbers."""
    events = AuditEvent.objects.for_account(request.account)
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    if after:
        newer = events.filter(sequence__gt=after).order_by("sequence")[: _PAGE + 1]
        found = list(reversed(newer))
        rows, more_newer, more_older = found[-_PAGE:], len(found) > _PAGE, True
    else:
        older = events.filter(sequence__lt=before) if before else events
        found = list(older.order_by("-sequence")[: _PAGE + 1])
        rows, more_newer, more_older = found[:_PAGE], bool(before), len(found) > _PAGE
    facts = {
        "events": rows,
        "newer": f"?after={rows[0].sequence}" if rows and more_newer else "",
        "older": f"?before={rows[-1].sequence}" if rows and more_older else "",
    }
    return render_page(request, "accounts/audit_log.html", facts)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0
