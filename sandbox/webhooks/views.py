"""The log of webhooks: what was sent to the customer's server, and what came back."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import NotFound
from console.core.http import render_page
from sandbox.webhooks import replays, selectors, services
from sandbox.webhooks.faults import SENDERS
from sandbox.webhooks.forms import DeliveryFilterForm, StoppedUrlForm
from sandbox.webhooks.models import Purpose


@require_safe
@member_required
def delivery_list(request: ConsoleRequest) -> HttpResponse:
    """The account's tries, newest first, 50 a page."""
    form = DeliveryFilterForm(request.GET, zone=request.account.time_zone)
    wanted = form.wanted()
    page = selectors.Page(rows=[])
    if wanted is not None:
        page = selectors.list_deliveries(
            account=request.account,
            wanted=wanted,
            before=request.GET.get("before", ""),
            after=request.GET.get("after", ""),
        )
    context = {
        "form": form,
        "page": page,
        "narrowed": wanted != selectors.DeliveryFilter(),
        "older": _link(request.GET, before=page.older),
        "newer": _link(request.GET, after=page.newer),
        "given_up": 0
        if form["outcome"].value() == "dead"
        else selectors.given_up(account=request.account),
        "stopped": selectors.stopped_urls(account=request.account),
        "may_write": request.membership.may_write,
        "range": _range_link(request.GET, page) if wanted != selectors.DeliveryFilter() else "",
        "most": settings.TRUST.webhook_replay_rows,
    }
    return render_page(request, "webhooks/list.html", context)


@require_safe
@member_required
def delivery_detail(request: ConsoleRequest, row_id: UUID) -> HttpResponse:
    """One try with all that was sent and the beginning of what came back."""
    try:
        row = selectors.get_delivery(account=request.account, row_id=row_id)
    except NotFound as error:
        raise Http404 from error
    context = {
        "row": row,
        "tries": list(selectors.tries_of(row)),
        "replays": list(replays.replays_of(row)),
        "may_write": request.membership.may_write,
        "kept": bool(row.headers),
        "sender": SENDERS.get(Purpose(row.purpose), ""),
    }
    return render_page(request, "webhooks/detail.html", context)


@require_POST
@writer_required
def url_enable(request: ConsoleRequest) -> HttpResponse:
    """Lets notifications go to a stopped URL again."""
    form = StoppedUrlForm(request.POST)
    if form.is_valid():
        services.enable_url(account=request.account, url=form.cleaned_data["url"])
        messages.success(request, "Notifications to this URL are on again.")
    return redirect("webhooks:list")


def _range_link(query: QueryDict, page: selectors.Page) -> str:
    """Where the filtered range is sent again; "" when there is nothing in it."""
    return f"{reverse('webhooks:replay-range')}?{query.urlencode()}" if page.rows else ""


def _link(query: QueryDict, **key: str) -> str:
    name, value = next(iter(key.items()))
    if not value:
        return ""
    kept = query.copy()
    for paging in ("before", "after"):
        kept.pop(paging, None)
    kept[name] = value
    return f"?{kept.urlencode()}"
