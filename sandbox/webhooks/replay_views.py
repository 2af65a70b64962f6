"""Pages of replays: the request to edit, the range to send, the two answers side by side."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.core import clock
from console.core.errors import DomainError, NotFound
from console.core.http import client_ip, render_page
from sandbox.webhooks import replays, selectors
from sandbox.webhooks.compared import compare
from sandbox.webhooks.forms import DeliveryFilterForm, ReplayForm, escaped
from sandbox.webhooks.models import ReplayState, WebhookDelivery
from sandbox.webhooks.records import HIDDEN

# BG-09: from then on the page says so.
DELAYED_AFTER = timedelta(seconds=30)


def _fetch(request: ConsoleRequest, row_id: UUID) -> WebhookDelivery:
    try:
        return selectors.get_delivery(account=request.account, row_id=row_id)
    except NotFound as error:
        raise Http404 from error


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def replay_new(request: ConsoleRequest, row_id: UUID) -> HttpResponse:
    """The request to look over and edit; POST sends it and goes to its page.

    A POST without a URL sends it as it was.
    """
    row = _fetch(request, row_id)
    form, refusal, status = ReplayForm(initial=_initial(row)), None, 200
    if request.method == "POST":
        as_it_was = "url" not in request.POST
        form = form if as_it_was else ReplayForm(request.POST)
        status = 400
        if as_it_was or form.is_valid():
            try:
                made = replays.replay(
                    account=request.account,
                    row_id=row.pk,
                    actor=request.user,
                    ip=client_ip(request),
                    **({} if as_it_was else form.cleaned_data),
                )
                return redirect("webhooks:replay", replay_id=made.pk)
            except DomainError as error:
                status, refusal = error.status, _unplaced(form, error)
    context = {
        "row": row,
        "form": form,
        "refusal": refusal,
        "hidden": [name for name, value in row.params.items() if value == HIDDEN],
    }
    return render_page(request, "webhooks/replay_form.html", context, status=status)


def _initial(row: WebhookDelivery) -> dict[str, str]:
    lines = (f"{name}={escaped(value)}" for name, value in row.params.items())
    return {"url": row.url, "method": row.method, "params": "\n".join(lines)}


def _unplaced(form: ReplayForm, error: DomainError) -> DomainError | None:
    """The error when it belongs to no field of the form and needs a box of its own."""
    if form.is_bound and error.field in form.fields:
        form.add_error(error.field, error.message)
        return None
    return error


@require_POST
@writer_required
def replay_range(request: ConsoleRequest) -> HttpResponse:
    """Sends the last try of every delivery again that the list's filter finds."""
    wanted = DeliveryFilterForm(request.GET, zone=request.account.time_zone).wanted()
    try:
        if wanted is None:
            raise DomainError("The filter could not be read.", code="nothing_to_replay")
        made = replays.replay_many(
            account=request.account, wanted=wanted, actor=request.user, ip=client_ip(request)
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        count = "1 request goes" if len(made) == 1 else f"{len(made)} requests go"
        messages.success(request, f"{count} out again. Each stands here as a new try.")
    return redirect("webhooks:list")


@require_safe
@member_required
def replay_detail(request: ConsoleRequest, replay_id: UUID) -> HttpResponse:
    """Then and now, side by side; htmx asks again until the new answer is there."""
    try:
        again = replays.find_replay(account=request.account, replay_id=replay_id)
    except NotFound as error:
        raise Http404 from error
    result = replays.result_of(again)
    waiting = again.state == ReplayState.WAITING
    context = {
        "replay": again,
        "source": again.source,
        "result": result,
        "waiting": waiting,
        "delayed": waiting and clock.now() - again.created_at > DELAYED_AFTER,
        "comparison": compare(again.source, result) if result and not waiting else None,
    }
    return render_page(request, "webhooks/replay.html", context, partial="body")
