"""Pages of verify sessions: what became of them, and never a code (OTP-16, OTP-22)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import NotFound
from console.core.http import render_page
from sandbox.verification import sessions
from sandbox.verification.models import SessionState, VerifySession

_PAGE = 50


@member_required
@require_safe
def session_list(request: ConsoleRequest) -> HttpResponse:
    """The account's sessions of ninety days, newest first."""
    status = request.GET.get("status", "")
    wanted = sessions.Filters(status=status if status in SessionState.values else "")
    rows = sessions.list_sessions(account=request.account, filters=wanted)
    last = _row(request, request.GET.get("before", ""))
    if last is not None:
        same_time = Q(created_at=last.created_at, pk__lt=last.pk)
        rows = rows.filter(Q(created_at__lt=last.created_at) | same_time)
    found = list(rows[: _PAGE + 1])
    kept = f"&status={wanted.status}" if wanted.status else ""
    context = {
        "sessions": found[:_PAGE],
        "status": wanted.status,
        "states": SessionState.choices,
        "older": f"?before={found[_PAGE - 1].public_id}{kept}" if len(found) > _PAGE else "",
        "newest": f"?{kept.removeprefix('&')}" if last is not None else "",
        "api_url": f"{settings.PUBLIC_URL}/v1/Account/{request.account.auth_id}/Verify/Session/",
    }
    return render_page(request, "verification/sessions.html", context)


def _row(request: ConsoleRequest, text: str) -> VerifySession | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    return VerifySession.objects.for_account(request.account).filter(public_id=key).first()


@member_required
@require_safe
def session(request: ConsoleRequest, public_id: UUID) -> HttpResponse:
    """One session: its attempts, what they cost, how many codes were tried."""
    try:
        found = sessions.find_session(
            account=request.account, session_uuid=public_id, attempts=True
        )
    except NotFound as error:
        raise Http404 from error
    attempts = list(found.attempts.all())
    total = sum((one.charge for one in attempts), found.validation_charge)
    context = {"session": found, "attempts": attempts, "total": total}
    return render_page(request, "verification/session.html", context)
