"""`/metrics` for Prometheus: this process, its requests, and the state of the outbox."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest

from console.accounts.decorators import staff_required
from console.core.http import client_ip
from console.core.outbox_care import QueueState, queue_states
from sandbox.webhooks.models import InFlight

_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@require_safe
def metrics(request: HttpRequest) -> HttpResponseBase:
    """The figures (two queries), for a scraper on this machine or for staff; else 404.

    A request that a proxy passed on is never taken for one of this machine.
    """
    if _is_local(request):
        return _figures(request)
    if not request.user.is_authenticated:
        return render(request, "404.html", status=404)
    return staff_required(_figures)(request)


def _is_local(request: HttpRequest) -> bool:
    if any(request.headers.get(name) for name in _FORWARDED):
        return False
    return ipaddress.ip_address(client_ip(request)).is_loopback


def _figures(request: HttpRequest) -> HttpResponse:
    own = _outbox(queue_states())
    Gauge(
        "ringfence_webhooks_in_flight", "Requests to customers' servers under way", registry=own
    ).set(InFlight.objects.count())
    return HttpResponse(
        generate_latest(REGISTRY) + generate_latest(own), content_type=CONTENT_TYPE_LATEST
    )


def _outbox(queues: list[QueueState]) -> CollectorRegistry:
    """The outbox's gauges, read from the database: the same from every process."""
    registry = CollectorRegistry()
    rows = Gauge(
        "ringfence_outbox_rows", "Rows of the outbox", ["queue", "state"], registry=registry
    )
    late = Gauge(
        "ringfence_outbox_late_seconds",
        "How long the oldest due row has been due",
        ["queue"],
        registry=registry,
    )
    for one in queues:
        for state in ("due", "waiting", "running", "dead"):
            rows.labels(queue=one.name, state=state).set(getattr(one, state))
        late.labels(queue=one.name).set(one.late)
    return registry
