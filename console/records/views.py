"""The calls page and its download."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.applications.models import Application
from console.core.http import render_page, wants_partial
from console.records import direct, filters, services
from console.records.columns import Phones
from console.records.csv_stream import csv_blocks
from console.records.days import picture
from console.records.forms import CallFilterForm, query_of

_RECENT = 5
# The words of the filter that stay folded until one of them is used.
_MORE = ("direction", "leg", "cause", "application")


@member_required
@require_safe
def call_list(request: ConsoleRequest) -> HttpResponse:
    """The account's call records, newest first, by the filter of the query string."""
    wanted = filters.read(request.GET, time_zone=request.account.time_zone)
    if request.GET.get("recent") == "1" and wants_partial(request):
        return render_page(
            request, "records/calls.html", _recent(request, wanted), partial="recent"
        )
    if request.GET.get("chart") == "1" and wants_partial(request):
        return render_page(request, "records/calls.html", _chart(request, wanted), partial="chart")
    names = dict(
        Application.objects.for_account(request.account)
        .order_by("name")
        .values_list("app_id", "name")
    )
    page = services.list_calls(
        account=request.account,
        wanted=wanted,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    kept = query_of(wanted, request.GET)
    here = reverse("calls:list")
    context = {
        "form": CallFilterForm(request.GET, wanted=wanted, applications=list(names.items())),
        "rows": [(row, names.get(row.app_id, "")) for row in page.rows],
        "wanted": wanted,
        "more_filters": any(name in kept for name in _MORE),
        "newer": f"{here}?{urlencode({**kept, 'after': page.newer})}" if page.newer else "",
        "older": f"{here}?{urlencode({**kept, 'before': page.older})}" if page.older else "",
        "download": f"{reverse('calls:csv')}?{urlencode(kept)}",
        "chart_url": f"{here}?{urlencode({**kept, 'chart': '1'})}",
        **(_chart(request, wanted) if request.GET.get("chart") == "1" else {}),
        "export": f"{reverse('exports:new')}?{urlencode({'kind': 'calls', **kept})}",
    }
    status = 400 if wanted.errors else 200
    return render_page(request, "records/calls.html", context, partial="list", status=status)


def _recent(request: ConsoleRequest, wanted: filters.CallFilter) -> dict[str, Any]:
    page = services.list_calls(account=request.account, wanted=wanted, size=_RECENT)
    return {"rows": page.rows, "wanted": wanted}


def _chart(request: ConsoleRequest, wanted: filters.CallFilter) -> dict[str, Any]:
    return {"picture": picture(account=request.account, wanted=wanted)}


@member_required
@require_safe
def call_csv(request: ConsoleRequest) -> HttpResponseBase:
    """Exactly the filtered rows as CSV, streamed; a filter that cannot be read is a 400 page.

    More than a direct download gives are offered as an export (CSV-04).
    """
    zone = request.account.time_zone
    wanted = filters.read(request.GET, time_zone=zone)
    if wanted.errors or request.GET.get("phones", "e164") not in set(Phones):
        return call_list(request)
    rows = wanted.rows(request.account)
    kept = query_of(wanted, request.GET)
    if direct.is_too_long(rows):
        return direct.offer_export(request, kind="calls", filters=kept)
    blocks = csv_blocks(
        rows,
        time_zone=zone,
        phones=Phones(request.GET.get("phones", "e164")),
        bom=request.GET.get("bom") == "1",
    )
    return direct.send(request, blocks, kind="calls", filters=kept)
