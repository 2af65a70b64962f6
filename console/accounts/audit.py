"""The audit log: who did what to which object, from where; nothing in it ever changes (ACC-12).

Each account has its own chain (the platform has one too): an event carries the keyed hash of the
one before it, and `AuditHead` holds the chain's length and last hash, so that a changed, missing or
added event shows in `manage.py audit_verify`. Triggers in the database refuse changes as such.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F

from console.accounts.actors import Actor, describe
from console.accounts.audit_triggers import KEPT_DAYS
from console.accounts.models import Account, AuditEvent, AuditHead
from console.core import clock
from console.core.seals import keyed_hash, same

PLATFORM = "platform"
START = "0" * 64
_BATCH = 2000


def record(
    *,
    action: str,
    actor: Actor,
    account: Account | None = None,
    object_type: str = "",
    object_id: str = "",
    data: dict[str, Any] | None = None,
    ip: str = "",
) -> AuditEvent:
    """Appends an event to the account's chain (the platform's for None) and gives it.

    Call it last in the transaction of what it tells about: it holds the chain until the commit
    (four queries). `action` is dotted (`token.rotated`); `data` is JSON without secrets.
    """
    kind, name, actor_id = describe(actor)
    with transaction.atomic():
        head = _next_link(account.auth_id if account else PLATFORM)
        event = AuditEvent(
            account=account,
            chain=head.chain,
            sequence=head.length,
            at=clock.now(),
            action=action,
            actor_kind=kind,
            actor_name=name,
            actor_id=actor_id,
            object_type=object_type,
            object_id=object_id,
            data=json.loads(json.dumps(data or {}, cls=DjangoJSONEncoder)),
            ip=str(ip_address(ip)) if ip else None,
            previous_hash=head.last_hash,
        )
        event.own_hash = _hash(event)
        event.save(force_insert=True)
        AuditHead.objects.filter(chain=head.chain).update(last_hash=event.own_hash)
    return event


def _next_link(chain: str) -> AuditHead:
    # The UPDATE takes the row's lock, so that events of a chain come one after the other.
    if not AuditHead.objects.filter(chain=chain).update(length=F("length") + 1):
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
        AuditHead.objects.filter(chain=chain).update(length=F("length") + 1)
    return AuditHead.objects.get(chain=chain)


def _hash(event: AuditEvent) -> str:
    return keyed_hash(
        settings.AUDIT_PEPPER,
        event.previous_hash,
        event.chain,
        str(event.sequence),
        event.at.isoformat(timespec="microseconds"),
        event.action,
        event.actor_kind,
        event.actor_name,
        str(event.actor_id or ""),
        event.object_type,
        event.object_id,
        json.dumps(event.data, sort_keys=True, separators=(",", ":")),
        event.ip or "",
    )


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold; `sequence` is 0 when the end is at fault."""

    chain: str
    sequence: int
    reason: str


def breaks() -> Iterator[Break]:
    """Every place where a chain does not hold; reads each event once, in order."""
    for head in AuditHead.objects.order_by("chain").iterator():
        yield from _breaks_of(head)
    known = AuditHead.objects.values("chain")
    events = AuditEvent.objects.unscoped("the proof reads all chains")
    for chain in events.exclude(chain__in=known).values_list("chain", flat=True).distinct():
        yield Break(chain, 0, "the chain has events but no head")


def _breaks_of(head: AuditHead) -> Iterator[Break]:
    before, sequence = head.anchor_hash, head.anchor_length
    events = AuditEvent.objects.unscoped("the proof reads all chains").filter(chain=head.chain)
    for event in events.order_by("sequence").iterator(chunk_size=2000):
        sequence += 1
        if event.sequence != sequence:
            yield Break(head.chain, event.sequence, f"event {sequence} is missing")
            sequence = event.sequence
        elif not same(event.previous_hash, before):
            yield Break(head.chain, sequence, "does not follow from the event before it")
        if not same(event.own_hash, _hash(event)):
            yield Break(head.chain, sequence, "was changed")
        before = event.own_hash
    if sequence != head.length or not same(before, head.last_hash):
        yield Break(head.chain, 0, f"ends at event {sequence}, not at {head.length} as recorded")


def forget_old() -> int:
    """Deletes events older than the retention time, oldest first, and moves the chains' anchors.

    Gives how many. In batches; a batch and its anchor go together.
    """
    before = clock.now() - timedelta(days=KEPT_DAYS + 1)
    gone = 0
    for chain in list(AuditHead.objects.values_list("chain", flat=True)):
        gone += _forget(chain, before)
    return gone


@transaction.atomic
def _forget(chain: str, before: datetime) -> int:
    events = AuditEvent.objects.unscoped("retention").filter(chain=chain)
    oldest = list(events.filter(at__lt=before).order_by("sequence")[:_BATCH])
    if not oldest:
        return 0
    last = oldest[-1]
    AuditHead.objects.filter(chain=chain).update(
        anchor_length=last.sequence, anchor_hash=last.own_hash
    )
    events.filter(sequence__lte=last.sequence).delete()
    return len(oldest)
