"""What the worker and the beat do for deliveries."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.api.operations import ASYNC_ANSWER
from console.core import clock
from console.core.models import OutboxRow
from console.core.outbox import Payload, handler
from console.core.periodic import periodic
from sandbox.webhooks import notices, replays, services
from sandbox.webhooks.models import DeliveryState, InFlight, Purpose, Replay, WebhookDelivery

BODIES_KEPT = timedelta(days=7)
ROWS_KEPT = timedelta(days=30)
# Above the longest fetch and the worker's hard time limit.
_SURELY_OVER = timedelta(minutes=2)
_BATCH = 5000


@handler(services.NOTIFY)
def notify_task(payload: Payload, row: OutboxRow) -> None:
    """Makes the next try of a notification; waits live in the row's `next_at` (BG-07)."""
    services.deliver(payload)


@handler(replays.KIND)
def replay_task(payload: Payload, row: OutboxRow) -> None:
    """Sends a request again that somebody asked for."""
    replays.carry_out(UUID(payload["replay"]))


@handler(ASYNC_ANSWER)
def bring_answer(payload: Payload, row: OutboxRow) -> None:
    """Brings the answer of an API request to its `callback_url` (compat/rest.md, Async variant).

    Signed by whoever's scope was asked in; of a subaccount that is gone by the main account alone.
    """
    account = Account.objects.get(auth_id=payload["auth_id"])
    mine = Subaccount.objects.for_account(account)
    subaccount = mine.filter(auth_id=payload.get("subaccount", "")).first()
    told = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in payload["answer"].items()
    }
    with transaction.atomic():
        services.notify(
            account=account,
            subaccount=subaccount,
            url=payload["url"],
            method=payload["method"],
            params=told,
            purpose=Purpose.OTHER,
            dedupe_key=f"api:{row.pk}",
        )


@handler(notices.KIND)
def tell_owners_task(payload: Payload, row: OutboxRow) -> None:
    """Writes the day's letter about deliveries that were given up."""
    notices.send(account_id=payload["account"], row=row)


@periodic(every=timedelta(minutes=1), title="Close interrupted webhook tries")
def close_interrupted() -> None:
    """Says of tries whose worker died that they were cut off; their retry comes by itself."""
    lost = WebhookDelivery.objects.unscoped("housekeeping").filter(
        state=DeliveryState.SENDING, started_at__lt=clock.now() - _SURELY_OVER
    )
    lost.update(
        state=DeliveryState.FAILED,
        sentence="We do not know how this ended: our worker stopped in the middle of it.",
    )
    InFlight.objects.filter(until__lt=clock.now()).delete()


@periodic(every=timedelta(hours=1), forgets=True, title="Forget old webhook deliveries")
def prune_deliveries() -> None:
    """Empties deliveries after 7 days and deletes them after 30 (trust.md section 11)."""
    now = clock.now()
    rows = WebhookDelivery.objects.unscoped("housekeeping")
    old = rows.filter(started_at__lt=now - ROWS_KEPT).values_list("pk", flat=True)[:_BATCH]
    rows.filter(pk__in=list(old)).delete()
    full = rows.filter(started_at__lt=now - BODIES_KEPT).exclude(response_body="", params={})
    picked = full.values_list("pk", flat=True)[:_BATCH]
    rows.filter(pk__in=list(picked)).update(response_body="", params={}, headers={})
    again = Replay.objects.unscoped("housekeeping").filter(created_at__lt=now - BODIES_KEPT)
    spent = again.exclude(params={}).values_list("pk", flat=True)[:_BATCH]
    again.filter(pk__in=list(spent)).update(params={})
