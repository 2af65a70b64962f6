"""The operator's first page: is the installation well, and what waits for staff."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from console.accounts.decorators import staff_required
from console.accounts.models import Account, AccountState, Restore, UpgradeRequest
from console.core import clock
from console.core.http import render_page
from console.core.outbox_care import queue_states
from console.core.periodic import job_states
from sandbox.calls.models import Call, CallPhase
from sandbox.network.models import Carrier, CarrierHealth
from sandbox.verification.models import KillSwitch


@require_safe
@staff_required
def index(request: HttpRequest) -> HttpResponse:
    """Figures, queues and periodic jobs (nine queries with the sign-in's)."""
    states = dict(Account.objects.order_by().values_list("state").annotate(Count("pk")))
    unwell = Carrier.objects.exclude(health=CarrierHealth.UP).values_list("name", flat=True)
    living = Call.objects.unscoped("staff see how much runs").exclude(phase=CallPhase.ENDED)
    asked = UpgradeRequest.objects.unscoped("staff decide about upgrades")
    jobs = job_states()
    context = {
        "states": [(label, states.get(state, 0)) for state, label in AccountState.choices],
        "requests": asked.filter(state="open").count(),
        "living": living.count(),
        "unwell": list(unwell),
        "switches": KillSwitch.objects.filter(Q(until=None) | Q(until__gt=clock.now())).count(),
        "restores": Restore.objects.filter(decided_at=None).count(),
        "queues": queue_states(),
        "jobs": jobs,
        "stopped": all(one.late or one.last_run is None for one in jobs),
    }
    return render_page(request, "operator/index.html", context)
