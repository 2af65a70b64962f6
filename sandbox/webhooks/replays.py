"""Sending a request again by hand, as it was or edited, one or many (HOOK-05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from console.accounts import audit
from console.accounts.actors import Actor, describe
from console.accounts.models import Account
from console.core import outbox
from console.core.errors import DomainError, NotFound
from console.core.limits import HOUR, MINUTE, Bucket, Window, take
from console.core.models import OutboxRow, Queue
from sandbox.webhooks import services
from sandbox.webhooks.models import (
    DeliveryState,
    Origin,
    Purpose,
    Replay,
    ReplayState,
    WebhookDelivery,
)
from sandbox.webhooks.records import HIDDEN, Job, storable
from sandbox.webhooks.selectors import DeliveryFilter
from sandbox.webhooks.stopped import bare_url
from sandbox.webhooks.targets import TargetError, parse_target

KIND = "webhooks.replay"
METHODS = ("POST", "GET")
# Purposes whose answer the platform reads; for the others any 2xx will do.
DOCUMENTS = frozenset(
    {
        Purpose.ANSWER, Purpose.FALLBACK, Purpose.ACTION, Purpose.REDIRECT, Purpose.TRANSFER,
        Purpose.SOUND, Purpose.PLAY, Purpose.MESSAGE,
    }
)  # fmt: skip
_LOOKED_AT = 2000


def replay(
    *,
    account: Account,
    row_id: UUID,
    actor: Actor,
    url: str = "",
    method: str = "",
    params: Mapping[str, str] | None = None,
    ip: str = "",
) -> Replay:
    """Sees to it that a try is made again, and gives the row to watch.

    What is left out stays as it was sent; a parameter that was not kept goes as dots. Signed by
    the tokens that live when it is sent, under the same delivery id. Raises NotFound, DomainError
    on the field at fault, LimitReached. About 15 queries.
    """
    source = WebhookDelivery.objects.for_account(account).filter(pk=row_id).first()
    if source is None:
        raise NotFound
    _require_kept(source)
    again = Replay(
        account=account,
        source=source,
        url=_clean_url(url) or source.url,
        method=_clean_method(method) or source.method,
        params=source.params if params is None else _storable(params),
        asked_by=_name(actor),
    )
    again.edited = _differs(again, source)
    take([_bucket(account)])
    with transaction.atomic():
        again.save(force_insert=True)
        outbox.enqueue(kind=KIND, queue=Queue.WEBHOOKS, payload={"replay": str(again.pk)})
        _record("webhook.replayed", account, actor, _told(again), ip, source=source)
    return again


def replay_many(
    *, account: Account, wanted: DeliveryFilter, actor: Actor, ip: str = ""
) -> list[Replay]:
    """Sees to it that the last try of every delivery that the filter finds is made again.

    At most `TRUST.webhook_replay_rows`, newest first; those older than a week are left out, since
    their parameters are gone. Raises LimitReached, DomainError when there is none to send.
    """
    sources = list(_last_tries(account, wanted))
    if not sources:
        raise DomainError("No request that we still have matches this.", code="nothing_to_replay")
    take([_range_bucket(account)])
    rows = [
        Replay(
            account=account,
            source=source,
            url=source.url,
            method=source.method,
            params=source.params,
            asked_by=_name(actor),
        )
        for source in sources
    ]
    with transaction.atomic():
        Replay.objects.bulk_create(rows)
        outbox.enqueue_many(
            [
                OutboxRow(kind=KIND, queue=Queue.WEBHOOKS, payload={"replay": str(row.pk)})
                for row in rows
            ]
        )
        told = {"count": len(rows), "filter": wanted.words()}
        _record("webhook.range_replayed", account, actor, told, ip)
    return rows


def carry_out(replay_id: UUID) -> None:
    """Sends it once; running again after a killed worker sends it again, after an end not.

    Raises HostBusyError (an `outbox.Later`) while too many requests are under way.
    """
    rows = Replay.objects.unscoped("the worker's own").select_related("account", "source")
    again = rows.filter(pk=replay_id, state=ReplayState.WAITING).first()
    if again is None:
        return
    refusal = _refusal(again)
    if refusal:
        rows.filter(pk=again.pk).update(state=ReplayState.REFUSED, sentence=refusal)
        return
    if not again.tries.exclude(state=DeliveryState.SENDING).exists():
        services.send(_job(again), wants_body=again.source.purpose in DOCUMENTS)
    rows.filter(pk=again.pk).update(state=ReplayState.DONE)


def find_replay(*, account: Account, replay_id: UUID) -> Replay:
    """The account's replay with its source (one query); raises NotFound."""
    mine = Replay.objects.for_account(account).select_related("source")
    found = mine.filter(pk=replay_id).first()
    if found is None:
        raise NotFound
    return found


def result_of(again: Replay) -> WebhookDelivery | None:
    """The try that the replay made, None while it waits (one query)."""
    made = WebhookDelivery.objects.for_account(again.account).filter(replay=again)
    return made.order_by("-attempt").first()


def replays_of(row: WebhookDelivery) -> QuerySet[Replay]:
    """Replays of any try of the same delivery, newest first (one query)."""
    mine = Replay.objects.for_account(row.account).filter(source__delivery=row.delivery)
    return mine.order_by("-created_at", "pk")[:20]


def _refusal(again: Replay) -> str:
    """Why it may not go out now; "" when it may (GATE-08)."""
    if not again.account.may_act:
        return "This account is not active, so nothing leaves for it."
    subaccount = again.source.subaccount
    if subaccount is not None and not subaccount.enabled:
        return "This subaccount is disabled, so nothing leaves for it."
    return ""


def _job(again: Replay) -> Job:
    source = again.source
    return Job(
        account=again.account,
        subaccount=source.subaccount,
        url=again.url,
        method=again.method,
        params=again.params,
        purpose=source.purpose,
        delivery=source.delivery,
        call_uuid=source.call_uuid,
        application=source.application,
        redact=[name for name, value in source.params.items() if value == HIDDEN],
        replay=again,
        event_at=_event_time(source),
        sequence=int(source.headers.get("X-Ringfence-Sequence", "0")),
    )


def _event_time(source: WebhookDelivery) -> datetime | None:
    told = source.headers.get("X-Ringfence-Event-Time", "")
    return datetime.fromtimestamp(float(told), UTC) if told else None


def _last_tries(account: Account, wanted: DeliveryFilter) -> Iterable[WebhookDelivery]:
    rows = WebhookDelivery.objects.for_account(account).filter(wanted.condition())
    found = rows.exclude(headers={}).newest_first().defer("response_body")
    seen: set[UUID] = set()
    for row in found.exclude(origin=Origin.DOUBLE)[:_LOOKED_AT]:
        if row.delivery not in seen and len(seen) < settings.TRUST.webhook_replay_rows:
            seen.add(row.delivery)
            yield row


def _require_kept(source: WebhookDelivery) -> None:
    # A request always has headers, so none means that they and the parameters were deleted.
    if not source.headers and source.error != "destination not allowed":
        raise DomainError(
            "Its parameters were deleted after seven days, so it cannot be sent again.",
            code="nothing_to_replay",
        )


def _clean_url(url: str) -> str:
    if not url:
        return ""
    try:
        parse_target(url)
    except TargetError as error:
        raise DomainError(str(error), code="invalid_url", field="url") from error
    return storable(url)


def _clean_method(method: str) -> str:
    if method and method.upper() not in METHODS:
        raise DomainError("Choose POST or GET.", code="invalid_method", field="method")
    return method.upper()


def _storable(params: Mapping[str, str]) -> dict[str, str]:
    return {storable(name): storable(value) for name, value in params.items()}


def _differs(again: Replay, source: WebhookDelivery) -> bool:
    same_url = bare_url(again.url) == source.url
    if not same_url or again.method != source.method or again.params != source.params:
        return True
    # What was not kept cannot be sent as it was.
    return HIDDEN in again.params.values()


def _name(actor: Actor) -> str:
    return describe(actor)[1][:254]


def _bucket(account: Account) -> Bucket:
    limit = settings.TRUST.webhook_replays_minute
    return Bucket(kind="webhook_replay", subject=account.auth_id, windows=(Window(limit, MINUTE),))


def _range_bucket(account: Account) -> Bucket:
    limit = settings.TRUST.webhook_range_replays_hour
    return Bucket(kind="webhook_range", subject=account.auth_id, windows=(Window(limit, HOUR),))


def _told(again: Replay) -> dict[str, Any]:
    return {"url": bare_url(again.url), "method": again.method, "edited": again.edited}


def _record(
    action: str,
    account: Account,
    actor: Actor,
    data: dict[str, Any],
    ip: str,
    *,
    source: WebhookDelivery | None = None,
) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=account,
        object_type="webhook" if source else "",
        object_id=str(source.delivery) if source else "",
        data=data,
        ip=ip,
    )
