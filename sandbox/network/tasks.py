"""What the worker does for the network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from console.core import clock
from console.core.models import OutboxRow
from console.core.outbox import handler
from console.core.periodic import periodic
from sandbox.network import automata
from sandbox.network.models import HandsetCall, HandsetMessage

_KEPT = timedelta(days=30)


@handler(automata.KIND)
def handset_act(payload: dict[str, Any], row: OutboxRow) -> None:
    """A phone does by itself what its script or its fate says."""
    automata.run(payload)


@periodic(every=timedelta(hours=1), forgets=True, title="Clear old handset screens")
def prune_handsets() -> None:
    """Deletes what phones showed 30 days ago, 2,000 rows at a time (trust.md section 11)."""
    before = clock.now() - _KEPT
    messages = HandsetMessage.objects.unscoped("retention").filter(received_at__lt=before)
    some = list(messages.values_list("pk", flat=True)[:2000])
    HandsetMessage.objects.unscoped("retention").filter(pk__in=some).delete()
    calls = HandsetCall.objects.unscoped("retention").filter(started_at__lt=before)
    ids = list(calls.values_list("pk", flat=True)[:2000])
    HandsetCall.objects.unscoped("retention").filter(pk__in=ids).delete()
