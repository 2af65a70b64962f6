"""The network page: POPs on a map, delays, how the carriers are."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.core.http import render_page
from sandbox.network.atlas import atlas


@require_safe
@member_required
def network(request: ConsoleRequest) -> HttpResponse:
    """What carries this account's calls."""
    return render_page(request, "network/index.html", {"atlas": atlas()})
