"""What customers say about the quality of their calls."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from console.accounts.models import Account, Subaccount
from console.core import clock
from console.core.errors import NotFound
from console.records.models import Cdr
from sandbox.calls.models import Call, CallFeedback
from sandbox.calls.wishes import wrong

ISSUES: Final = frozenset(
    {
        *("AUDIO_LAG", "BROKEN_AUDIO", "CALL_DROPPED", "CALLERID_ISSUES", "DIGITS_NOT_CAPTURED"),
        *("ECHO", "HIGH_CONNECT_TIME", "LOW_AUDIO_LEVEL", "ONE_WAY_AUDIO", "OTHERS"),
        "ROBOTIC_AUDIO",
    }
)
"""compat/rest.md, Call feedback."""


def give(
    *,
    account: Account,
    call_uuid: UUID,
    rating: Decimal | None = None,
    issues: Sequence[str] = (),
    notes: str = "",
    subaccount: Subaccount | None = None,
) -> CallFeedback:
    """Keeps what is said of a call of the account, in the place of what was said before.

    Raises NotFound, and DomainError `invalid_parameter`. Up to five queries.
    """
    if rating is not None and not (1 <= rating <= 5 and rating == round(rating, 1)):
        raise wrong("rating", "It is a number from 1 to 5, with one decimal.")
    named = [issue.strip().upper() for issue in issues]
    if unknown := set(named) - ISSUES:
        raise wrong("issues", f"{min(unknown)[:40]} is not one of them.")
    if not _is_known(account, subaccount, call_uuid):
        raise NotFound
    found, _ = CallFeedback.objects.for_account(account).update_or_create(
        account=account,
        call_uuid=call_uuid,
        defaults={"rating": rating, "issues": named, "notes": notes[:1000], "at": clock.now()},
    )
    return found


def _is_known(account: Account, subaccount: Subaccount | None, call_uuid: UUID) -> bool:
    records = Cdr.objects.for_account(account, subaccount)
    if records.filter(call_uuid=call_uuid).exists():
        return True
    calls = Call.objects.for_account(account, subaccount).filter(platform=False)
    return calls.filter(call_uuid=call_uuid).exists()
