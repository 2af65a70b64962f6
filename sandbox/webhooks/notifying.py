"""Writing down that a customer's server is to be told (HOOK-04): a row with its cause (law 1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from console.accounts.models import Account, Subaccount
from console.core import clock, outbox, randomness
from console.core.models import OutboxRow, Queue
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.records import storable

NOTIFY: Final = "webhooks.notify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a server is to be told, as `notify` takes it; `delivery` is the id it goes under."""

    account: Account
    url: str
    params: Mapping[str, str] = field(repr=False)
    purpose: Purpose
    method: str = "POST"
    subaccount: Subaccount | None = None
    call_uuid: UUID | None = None
    application: str = ""
    redact: Collection[str] = ()
    sequence: int = 0
    dedupe_key: str = ""
    delivery: UUID = field(default_factory=randomness.new_uuid)

    @property
    def payload(self) -> dict[str, Any]:
        """As its outbox row carries it; now is the time of the event."""
        return {
            "delivery": str(self.delivery),
            "account": self.account.pk,
            "subaccount": self.subaccount.pk if self.subaccount else None,
            "url": storable(self.url),
            "method": self.method.upper(),
            "params": {storable(key): storable(value) for key, value in self.params.items()},
            "purpose": str(self.purpose),
            "call_uuid": str(self.call_uuid) if self.call_uuid else None,
            "application": self.application,
            "redact": sorted(self.redact),
            "event_at": clock.now().isoformat(),
            "sequence": self.sequence,
        }

    @property
    def row_key(self) -> str:
        """The key of its outbox row; empty for none."""
        return f"{NOTIFY}:{self.dedupe_key}" if self.dedupe_key else ""


def notify(
    *,
    account: Account,
    url: str,
    params: Mapping[str, str],
    purpose: Purpose,
    method: str = "POST",
    subaccount: Subaccount | None = None,
    call_uuid: UUID | None = None,
    application: str = "",
    redact: Collection[str] = (),
    sequence: int = 0,
    dedupe_key: str = "",
    delay: timedelta = timedelta(0),
) -> UUID | None:
    """Sees to it that a customer's server is told; call it in the transaction of the cause.

    Gives the delivery's id; None when there is no URL or `dedupe_key` was used before. One query.
    Signed when it is sent, by the tokens that live then. Tried ten times over about three days
    (HOOK-04), or as `rc` and `rp` in the URL's fragment say; any 2xx is a success. `params` must
    hold no secret of the platform. `application` is the app id, for its fault setting. Order is not
    promised: `sequence`, rising over the events of one thing, and the time of this call go along.
    """
    if not url:
        return None
    notice = Notice(
        account=account,
        url=url,
        params=params,
        purpose=purpose,
        method=method,
        subaccount=subaccount,
        call_uuid=call_uuid,
        application=application,
        redact=redact,
        sequence=sequence,
        dedupe_key=dedupe_key,
    )
    row = outbox.enqueue(
        kind=NOTIFY,
        queue=Queue.WEBHOOKS,
        payload=notice.payload,
        dedupe_key=notice.row_key,
        delay=delay,
    )
    return notice.delivery if row else None


def notify_many(notices: Sequence[Notice]) -> None:
    """As `notify` for many whose keys are fresh; one query for all, none for none."""
    now = clock.now()
    rows = [
        OutboxRow(
            kind=NOTIFY,
            queue=Queue.WEBHOOKS,
            payload=notice.payload,
            dedupe_key=notice.row_key,
            next_at=now,
        )
        for notice in notices
    ]
    if rows:
        outbox.enqueue_many(rows)
