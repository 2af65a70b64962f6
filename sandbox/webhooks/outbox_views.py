"""Staff's page of the outbox: how late each queue is, what was given up, another chance (BG-06)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from console.accounts import audit
from console.accounts.decorators import staff_required
from console.accounts.models import User
from console.core import outbox_care
from console.core.errors import NotFound
from console.core.http import client_ip, render_page
from console.core.models import Queue


@require_safe
@staff_required
def outbox(request: HttpRequest) -> HttpResponse:
    """Every queue and the newest dead rows; payloads are not shown (WEB-09)."""
    queue = request.GET.get("queue", "")
    queue = queue if queue in Queue.values else ""
    rows = outbox_care.dead_rows(queue=queue, size=outbox_care.PAGE_SIZE + 1)
    context = {
        "queues": outbox_care.queue_states(),
        "broker": outbox_care.broker_answers(),
        "beat": outbox_care.beat_leads(),
        "queue": queue,
        "rows": rows[: outbox_care.PAGE_SIZE],
        "more": len(rows) > outbox_care.PAGE_SIZE,
    }
    return render_page(request, "webhooks/outbox.html", context)


@require_POST
@staff_required
def outbox_revive(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Gives a dead row its tries back."""
    assert isinstance(request.user, User)
    try:
        with transaction.atomic():
            row = outbox_care.revive(row_id)
            audit.record(
                action="outbox.revived",
                actor=request.user,
                object_type="outbox",
                object_id=str(row.pk),
                data={"kind": row.kind, "queue": row.queue},
                ip=client_ip(request),
            )
    except NotFound as error:
        messages.info(request, error.message)
    else:
        messages.success(request, "The row is due again, with all its tries.")
    return redirect("webhooks:operator-outbox")
