"""The log of API requests, and the compatibility report."""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.api import compat, requests
from console.api.forms import RequestFilterForm
from console.api.models import ApiRequest
from console.core.errors import NotFound
from console.core.http import render_page
from console.core.veil import veiled


@require_safe
@member_required
def request_list(request: ConsoleRequest) -> HttpResponse:
    """The account's API requests, newest first, 50 a page."""
    form = RequestFilterForm(request.GET)
    wanted = form.wanted(request.GET.get("before", ""))
    rows: list[ApiRequest] = []
    older = None
    if wanted is not None:
        rows, older = requests.list_requests(account=request.account, wanted=wanted)
    kept = request.GET.copy()
    kept.pop("before", None)
    narrowed = any(kept.values())
    if older:
        kept["before"] = veiled(older)
    context = {
        "form": form,
        "rows": rows,
        "narrowed": narrowed,
        "older": f"?{kept.urlencode()}" if older else "",
    }
    return render_page(request, "api/requests.html", context)


@require_safe
@member_required
def request_detail(request: ConsoleRequest, api_id: UUID) -> HttpResponse:
    """One request: what was sent, what was answered, and the same as a curl command."""
    try:
        row = requests.find_request(account=request.account, api_id=api_id)
    except NotFound as error:
        raise Http404 from error
    auth_id = row.subaccount.auth_id if row.subaccount else request.account.auth_id
    context = {
        "row": row,
        "sent": _pretty(row.sent),
        "answered": _pretty(row.answered),
        "curl": requests.as_curl(row, base_url=settings.PUBLIC_URL, auth_id=auth_id),
    }
    return render_page(request, "api/request.html", context)


@require_safe
@member_required
def compatibility(request: ConsoleRequest) -> HttpResponse:
    """What the account's own traffic of seven days sent in vain."""
    lines = compat.report(account=request.account)
    return render_page(request, "api/compatibility.html", {"lines": lines})


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False) if text else ""
    except ValueError:  # cut at 4 KiB
        return text
