"""Looking sessions up: one, and the list with its filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock
from console.core.errors import NotFound
from sandbox.verification.models import SessionAttempt, SessionState, VerifySession

ALIAS = "default"
"""The name of the one Verify application that each account has."""
SHOWN_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; "" and None stand for all. Times by name of the comparison."""

    status: str = ""
    country: str = ""
    alias: str = ""
    app_uuid: UUID | None = None
    recipient: str = ""
    brand_name: str = ""
    app_hash: str = ""
    times: tuple[tuple[str, datetime], ...] = ()


def find_session(
    *,
    account: Account,
    session_uuid: UUID,
    subaccount: Subaccount | None = None,
    attempts: bool = False,
) -> VerifySession:
    """The session in the caller's scope (one query, with its attempts two); raises NotFound."""
    mine = VerifySession.objects.for_account(account, subaccount)
    facts = mine.select_related("account", "subaccount")
    if attempts:
        facts = facts.prefetch_related(_attempts(account))
    found = facts.filter(public_id=session_uuid).first()
    if found is None:
        raise NotFound
    return found


def list_sessions(
    *, account: Account, filters: Filters, subaccount: Subaccount | None = None
) -> TenantQuerySet[VerifySession]:
    """Sessions of the last ninety days, newest first, with their attempts (two queries)."""
    now = clock.now()
    rows = VerifySession.objects.for_account(account, subaccount)
    rows = rows.filter(created_at__gt=now - timedelta(days=SHOWN_DAYS))
    if filters.alias and filters.alias != ALIAS:
        rows = rows.none()
    if filters.status == SessionState.IN_PROGRESS:
        rows = rows.filter(state=filters.status, expires_at__gt=now)
    elif filters.status == SessionState.EXPIRED:
        rows = rows.exclude(state=SessionState.VERIFIED).exclude(
            state=SessionState.IN_PROGRESS, expires_at__gt=now
        )
    elif filters.status:
        rows = rows.filter(state=filters.status)
    exact = {
        "region": filters.country.upper(),
        "app_uuid": filters.app_uuid,
        "e164": filters.recipient,
        "brand_name": filters.brand_name,
        "app_hash": filters.app_hash,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    for how, moment in filters.times:
        rows = rows.filter(_made(how, moment))
    return rows.order_by("-created_at", "-pk").prefetch_related(_attempts(account))


def _made(how: str, moment: datetime) -> Q:
    """A plain time means that whole second: rows have microseconds."""
    if how == "exact":
        return Q(created_at__gte=moment, created_at__lt=moment + timedelta(seconds=1))
    return Q(**{f"created_at__{how}": moment})


def _attempts(account: Account) -> Prefetch[str]:
    return Prefetch("attempts", SessionAttempt.objects.for_account(account))
