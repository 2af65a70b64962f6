"""Asking customers' servers for documents, and telling them what happened (HOOK-01…04)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q

from console.accounts.models import Account, AccountState, Subaccount
from console.accounts.services.tokens import signing_tokens
from console.core import clock, outbox, randomness
from sandbox.webhooks import client, config, faults, notices, schedule
from sandbox.webhooks.limits import HostBusyError, place_for
from sandbox.webhooks.models import (
    DeliveryQuerySet,
    DeliveryState,
    Origin,
    Purpose,
    WebhookDelivery,
)
from sandbox.webhooks.notifying import NOTIFY, Notice, notify, notify_many
from sandbox.webhooks.policy import (
    MAX_ANSWER,
    Attempt,
    ErrorClass,
    FetchResult,
    OutgoingRequest,
)
from sandbox.webhooks.records import Job, Recorder
from sandbox.webhooks.resolver import SYSTEM_RESOLVER, Resolver
from sandbox.webhooks.stopped import bare_url, disable_url, enable_url, is_disabled
from sandbox.webhooks.targets import retry_wish

__all__ = ["NOTIFY", "Notice", "deliver", "disable_url", "enable_url", "fetch_document", "notify"]
__all__ += ["notify_many", "send"]
_SILENT = (AccountState.CLOSING, AccountState.CLOSED)
GONE = 410
# What tests put another in place of; the system's own otherwise.
resolver: Resolver = SYSTEM_RESOLVER


def fetch_document(
    *,
    account: Account,
    url: str,
    params: Mapping[str, str],
    purpose: Purpose,
    method: str = "POST",
    subaccount: Subaccount | None = None,
    call_uuid: UUID | None = None,
    application: str = "",
    delivery: UUID | None = None,
    redact: Collection[str] = (),
    give_up_at: datetime | None = None,
    max_bytes: int = MAX_ANSWER,
) -> FetchResult:
    """Asks a customer's server for a document, waiting for it; for call control (HOOK-03).

    To be called from an outbox handler on the queue `webhooks`, outside any transaction. One
    immediate retry on a failed connection or a 5xx unless the URL's settings say otherwise, 15 s
    in all by default. What the server does wrong is in the result, never raised. Each try is one
    row; pass the same `delivery` when the handler runs again, and the numbering goes on.

    While too many requests are under way it raises HostBusyError, an `outbox.Later`: let it pass
    and the row runs again shortly; from `give_up_at` on it gives a failed result instead.
    About 10 queries.
    """
    job = Job(
        account=account,
        subaccount=subaccount,
        url=url,
        method=method.upper(),
        params=params,
        purpose=purpose,
        delivery=delivery or randomness.new_uuid(),
        call_uuid=call_uuid,
        application=application,
        redact=redact,
    )
    try:
        return send(job, wants_body=True, max_bytes=max_bytes)
    except HostBusyError:
        if give_up_at is None or clock.now() < give_up_at:
            raise
        return FetchResult((_gave_up(job),))


def deliver(payload: Mapping[str, Any]) -> None:
    """Makes the next try of a notification; raises `outbox.Later` when another is to follow.

    Running twice does no harm: a delivery that succeeded is not sent again.
    """
    job = _job_of(payload)
    if job is None:
        return
    tries = _of_delivery(job)
    if tries.filter(_SETTLED).exists() or is_disabled(account=job.account, url=job.url):
        return
    last = send(job, wants_body=False).last
    if last.ok:
        return
    if last.status == GONE:
        disable_url(account=job.account, url=job.url)
    wait = _wait(job, last)
    this = tries.filter(attempt=last.number)
    if wait is None:
        this.update(state=DeliveryState.DEAD)
        notices.plan(account=job.account)
        return
    this.update(retry_at=clock.now() + wait)
    raise outbox.Later(wait, last.sentence)


# A replay that was changed proves nothing about the request itself.
_SETTLED = Q(state__in=(DeliveryState.DELIVERED, DeliveryState.DEAD)) & (
    Q(origin=Origin.TRY) | Q(origin=Origin.REPLAY, replay__edited=False)
)


def _wait(job: Job, last: Attempt) -> timedelta | None:
    """How long until the next try of a notification; None when there is to be none (HOOK-04)."""
    if last.status == GONE or last.error == ErrorClass.NOT_ALLOWED:
        return None
    # Tries that our own worker did not survive are not held against the customer's server.
    failures = _of_delivery(job).filter(origin=Origin.TRY).exclude(status=None, error="")
    made = failures.count()
    if not retry_wish(job.url).allows(made=made, kind=last.retry_kind):
        return None
    return schedule.wait_after(made, retry_after=last.retry_after, now=clock.now())


def send(job: Job, *, wants_body: bool, max_bytes: int = MAX_ANSWER) -> FetchResult:
    """Sends a job now, each try a row; the numbering goes on after earlier tries (9 queries).

    Only a fetch (`wants_body`) that is no replay is retried at once. Raises HostBusyError.
    """
    host = (_host(job.url) or "?")[:255]
    tokens = signing_tokens(job.account, job.subaccount)
    request = OutgoingRequest(
        url=job.url,
        method=job.method,
        params=job.params,
        tokens=tuple(tokens.own),
        main_tokens=tuple(tokens.main),
        delivery_id=str(job.delivery),
        first_attempt=_tries(job) + 1,
        max_bytes=max_bytes,
        wants_body=wants_body,
        retry=wants_body and job.replay is None,
        event_at=job.event_at,
        sequence=job.sequence,
        owner=job.account.auth_id,
    )
    dice = faults.dice_for(job, fetches=wants_body)
    since = None if wants_body or job.replay else job.event_at
    with place_for(account=job.account, host=host, since=since):
        _lend_connection()
        return client.fetch(
            request,
            policy=config.current_policy(),
            resolver=resolver,
            watcher=Recorder(job),
            dice=dice,
        )


def _lend_connection() -> None:
    # A customer's server may take 40 s; meanwhile the pool's connection serves someone else.
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


def _of_delivery(job: Job) -> DeliveryQuerySet:
    return WebhookDelivery.objects.unscoped("the worker's own").filter(delivery=job.delivery)


def _tries(job: Job) -> int:
    return int(_of_delivery(job).aggregate(last=Max("attempt"))["last"] or 0)


def _gave_up(job: Job) -> Attempt:
    attempt = Attempt(
        number=_tries(job) + 1,
        started_at=clock.now(),
        url=bare_url(job.url),
        method=job.method,
        headers={},
        error=ErrorClass.NO_CONNECTION,
        sentence="Too many requests to this server were under way already; it was not called.",
    )
    recorder = Recorder(job)
    recorder.started(attempt)
    recorder.finished(attempt)
    return attempt


def _job_of(payload: Mapping[str, Any]) -> Job | None:
    """The job of an outbox row; None when its account is closed or gone (PRIV-02)."""
    account = Account.objects.filter(pk=payload["account"]).first()
    if account is None or account.state in _SILENT:
        return None
    subaccount = None
    if payload["subaccount"] is not None:
        # One deleted meanwhile has no token left; the main account's still signs.
        owners = Subaccount.objects.for_account(account)
        subaccount = owners.filter(pk=payload["subaccount"]).first()
    return Job(
        account=account,
        subaccount=subaccount,
        url=payload["url"],
        method=payload["method"],
        params=payload["params"],
        purpose=payload["purpose"],
        delivery=UUID(payload["delivery"]),
        call_uuid=_uuid(payload["call_uuid"]),
        application=payload.get("application") or "",
        redact=payload["redact"],
        event_at=clock.parse_moment(payload.get("event_at", "")),
        sequence=payload.get("sequence", 0),
    )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
