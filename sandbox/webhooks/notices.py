"""Telling an account's owners, once a day at most, that deliveries were given up (HOOK-04)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from console.accounts import mail
from console.accounts.models import Account, Membership, Role
from console.core import clock, outbox
from console.core.models import OutboxRow, Queue
from sandbox.webhooks.models import DeliveryState, WebhookDelivery

KIND = "webhooks.given_up"
# A server that is down loses many at once: one letter tells them all.
_GATHERED_FOR = timedelta(minutes=10)

_SUBJECT = "Your server did not take our notifications"
_TEXT = """Hello,

{count} from {account} could not be delivered to your server, and we have stopped trying.
The last one went to:

{url}

{sentence}

Every try, with what was sent and what came back:
{link}

We write this at most once a day.
"""


def plan(*, account: Account) -> None:
    """Sees to today's letter; called again on the same day it does nothing (two queries)."""
    outbox.enqueue(
        kind=KIND,
        queue=Queue.MAIL,
        payload={"account": account.pk},
        dedupe_key=f"{KIND}:{account.pk}:{clock.now():%Y-%m-%d}",
        delay=_GATHERED_FOR,
    )


def send(*, account_id: int, row: OutboxRow) -> None:
    """Writes the letters and ends the row in one transaction, so that they go out once."""
    dead = WebhookDelivery.objects.unscoped("the worker's own").filter(
        account=account_id,
        state=DeliveryState.DEAD,
        started_at__gte=clock.now() - timedelta(days=1),
    )
    last = dead.newest_first().select_related("account").first()
    if last is None:
        return
    count = dead.count()
    text = _TEXT.format(
        count="One notification" if count == 1 else f"{count} notifications",
        account=last.account.name,
        url=last.url,
        sentence=last.sentence,
        link=mail.link("webhooks:list") + "?outcome=dead",
    )
    owners = Membership.objects.filter(account=account_id, role=Role.OWNER)
    addresses = list(owners.values_list("user__email", flat=True))
    with transaction.atomic():
        if outbox.complete(row):
            for address in addresses:
                mail.post(to=address, subject=_SUBJECT, text=text)
