"""Reading recordings for the console: a page by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from console.accounts.models import Account
from console.core import clock
from sandbox.recordings.models import Recording

PAGE_SIZE: Final = 12
"""Each row has a player and a question of its own; fifty were twice the weight of a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Recordings, newest first; `older` is the key of the next page or ""."""

    rows: list[Recording] = field(default_factory=list)
    older: str = ""


def list_recordings(
    *, account: Account, call_uuid: UUID | None = None, before: str = "", size: int = PAGE_SIZE
) -> Page:
    """A page by key (one query, by the index `recording_of_account`).

    `before` is the key of an earlier page; what is no key means the first page.
    """
    rows = Recording.objects.for_account(account).listed()
    if call_uuid is not None:
        rows = rows.filter(call_uuid=call_uuid)
    key = _read_key(before)
    if key is not None:
        rows = rows.before(*key)
    found = list(rows.newest_first()[: size + 1])
    last = found[size - 1] if len(found) > size else None
    older = f"{last.created_at.isoformat()}_{last.pk}" if last else ""
    return Page(found[:size], older)


def _read_key(text: str) -> tuple[datetime, UUID] | None:
    moment, _, row_id = text.partition("_")
    try:
        parsed, found = clock.parse_moment(moment), UUID(row_id)
    except ValueError:
        return None
    return (parsed, found) if parsed else None
