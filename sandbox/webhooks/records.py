"""Writing down every try: before it is sent, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from console.accounts.models import Account, Subaccount
from sandbox.webhooks.models import DeliveryState, Origin, Replay, WebhookDelivery
from sandbox.webhooks.policy import SHOWN_BODY, Attempt
from sandbox.webhooks.signatures import NONCE_HEADER

HIDDEN = "••••"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request to a customer, by whom and why; `redact` names parameters kept as dots."""

    account: Account
    subaccount: Subaccount | None
    url: str
    method: str
    params: Mapping[str, str] = field(repr=False)
    purpose: str
    delivery: UUID
    call_uuid: UUID | None = None
    application: str = ""
    redact: Collection[str] = ()
    replay: Replay | None = None
    event_at: datetime | None = None
    sequence: int = 0

    @property
    def origin(self) -> Origin:
        """What its tries are made for."""
        return Origin.REPLAY if self.replay else Origin.TRY


class Recorder:
    """The client's watcher: an insert before each try, an update after it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.row: WebhookDelivery | None = None

    def started(self, attempt: Attempt) -> None:
        """Writes the try down before anything is sent (one query)."""
        job = self._job
        self.row = WebhookDelivery.objects.create(
            account=job.account,
            subaccount=job.subaccount,
            application=job.application,
            call_uuid=job.call_uuid,
            purpose=job.purpose,
            delivery=job.delivery,
            attempt=attempt.number,
            origin=Origin.DOUBLE if attempt.double else job.origin,
            replay=job.replay,
            nonce=attempt.headers.get(NONCE_HEADER, ""),
            fault=attempt.fault[:200],
            method=job.method,
            url=storable(job.url.partition("#")[0])[:2048],
            headers={key: storable(value) for key, value in attempt.headers.items()},
            params=_shown(job.params, hidden=job.redact),
            started_at=attempt.started_at,
        )

    def finished(self, attempt: Attempt) -> None:
        """Writes down what came back (one query)."""
        assert self.row is not None
        WebhookDelivery.objects.filter(pk=self.row.pk).update(
            state=DeliveryState.DELIVERED if attempt.ok else DeliveryState.FAILED,
            status=attempt.status,
            error=attempt.error or "",
            sentence=attempt.sentence[:400],
            response_body=storable(attempt.body[:SHOWN_BODY].decode("utf-8", "replace")),
            elapsed_ms=attempt.elapsed_ms,
        )


def storable(text: str) -> str:
    """Text that both databases take: no NUL and no lone surrogate."""
    clean = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return clean.encode("utf-8", "replace").decode("utf-8")


def _shown(params: Mapping[str, str], *, hidden: Collection[str]) -> dict[str, str]:
    return {
        storable(key): HIDDEN if key in hidden else storable(value) for key, value in params.items()
    }
