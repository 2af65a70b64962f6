"""Reading deliveries for the console: a page by key, one try, its neighbours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from console.accounts.models import Account
from console.core import clock
from console.core.errors import NotFound
from sandbox.webhooks.models import DeliveryState, DisabledUrl, WebhookDelivery

PAGE_SIZE = 50
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """What the list is narrowed to; empty fields narrow nothing. `failed` takes given-up tries.

    `url` is any part of the URL; `since` and `until` are aware, `until` is exclusive.
    """

    purpose: str = ""
    outcome: str = ""
    call_uuid: UUID | None = None
    url: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> Q:
        """The filter as a condition on rows."""
        wanted = Q()
        if self.purpose:
            wanted &= Q(purpose=self.purpose)
        if self.outcome == DeliveryState.FAILED:
            wanted &= Q(state__in=[DeliveryState.FAILED, DeliveryState.DEAD])
        elif self.outcome:
            wanted &= Q(state=self.outcome)
        if self.call_uuid:
            wanted &= Q(call_uuid=self.call_uuid)
        if self.url:
            wanted &= Q(url__icontains=self.url)
        if self.since:
            wanted &= Q(started_at__gte=self.since)
        if self.until:
            wanted &= Q(started_at__lt=self.until)
        return wanted

    def words(self) -> dict[str, str]:
        """What is set, as text, for the audit log."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Page:
    """Tries, newest first; `older` and `newer` are keys of the neighbouring pages or ""."""

    rows: list[WebhookDelivery]
    older: str = ""
    newer: str = ""


def list_deliveries(
    *,
    account: Account,
    wanted: DeliveryFilter,
    before: str = "",
    after: str = "",
    size: int = PAGE_SIZE,
) -> Page:
    """A page by key (one query, by the index `delivery_of_account`); bodies are left out.

    `before` and `after` are keys from an earlier page; a key that is not one means the first page.
    """
    rows = WebhookDelivery.objects.for_account(account).filter(wanted.condition())
    rows = rows.defer("response_body", "params", "headers")
    back, forth = _read_key(after), _read_key(before)
    if back:
        found = list(rows.after(*back).oldest_first()[: size + 1])
        more_newer, more_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        older = rows.before(*forth) if forth else rows
        found = list(older.newest_first()[: size + 1])
        more_newer, more_older = forth is not None, len(found) > size
        found = found[:size]
    return Page(
        rows=found,
        older=_key(found[-1]) if found and more_older else "",
        newer=_key(found[0]) if found and more_newer else "",
    )


def get_delivery(*, account: Account, row_id: UUID) -> WebhookDelivery:
    """One try of the account (one query); raises NotFound for anyone else's (TEN-02)."""
    found = WebhookDelivery.objects.for_account(account).select_related("subaccount")
    row = found.filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row


def tries_of(row: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    """All tries of the same delivery, in order, bodies left out (one query)."""
    same = WebhookDelivery.objects.for_account(row.account).filter(delivery=row.delivery)
    return same.defer("response_body", "params", "headers").order_by("attempt")


def given_up(*, account: Account) -> int:
    """Notifications of the last seven days that nobody took (one query, `delivery_given_up`).

    As long as that their parameters are there, so that they can be sent again (HOOK-04).
    """
    dead = WebhookDelivery.objects.for_account(account).filter(state=DeliveryState.DEAD)
    return dead.filter(started_at__gte=clock.now() - KEPT).count()


def by_nonce(*, account: Account, nonce: str) -> WebhookDelivery | None:
    """The account's try that was signed with this nonce (one query by index), if we made it."""
    if not nonce:
        return None
    return WebhookDelivery.objects.for_account(account).filter(nonce=nonce[:20]).first()


def stopped_urls(*, account: Account) -> QuerySet[DisabledUrl]:
    """URLs that get no notifications since they answered 410 (one query)."""
    return DisabledUrl.objects.for_account(account).order_by("-disabled_at", "pk")[:20]


def _key(row: WebhookDelivery) -> str:
    return f"{row.started_at.isoformat()}_{row.pk}"


def _read_key(text: str) -> tuple[datetime, UUID] | None:
    moment, _, row_id = text.partition("_")
    try:
        parsed, found = clock.parse_moment(moment), UUID(row_id)
    except ValueError:
        return None
    return (parsed, found) if parsed else None
